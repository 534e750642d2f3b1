/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.etcdrelation.benchmark;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Relations in directories that do not change.
 */
final class RefreshWork implements Work {

	private static final int MANY = 1000;

	// Until the code that reads is compiled
	private static final int WARM_UPS = 2;

	@Override
	public String name() {
		return "refresh";
	}

	@Override
	public Report run(Laboratory laboratory) throws Exception {
		Series series = new Series();
		measure(laboratory, 1, series);
		int many = laboratory.settings().scale(MANY);
		measure(laboratory, many, series);
		return report(series, String.valueOf(many));
	}

	private void measure(Laboratory laboratory, int count, Series series) throws Exception {
		Settings settings = laboratory.settings();
		// Two or three times the interval at which directories are read by default
		Duration idle = settings.duration().multipliedBy(8);
		try (Fork fork = laboratory.fork(List.of("etcd-relation-starter"), RelationsProcess.class,
				laboratory.access().format(), count, laboratory.directory().resolve("relations-" + count))) {
			fork.ask("use");
			for (int i = 0; i < WARM_UPS; i++) {
				fork.ask("refresh");
			}
			for (int i = 0; i < settings.rounds(); i++) {
				series.add("refresh", String.valueOf(count), fork.ask("refresh"));
			}
			series.add("idle", String.valueOf(count), fork.ask("idle", idle.toMillis()));
		}
		laboratory.log("%d relations: refresh %s ms, idle %s %%".formatted(count,
				series.get("refresh", String.valueOf(count), "cpu").format(),
				series.get("idle", String.valueOf(count), "percent").format()));
	}

	private Report report(Series series, String many) {
		Report report = new Report(name(), "Refresh");
		report.bar("refresh of 1,000 unchanged directories, CPU", series.get("refresh", many, "cpu").median(), 100,
				"ms");
		report.bar("idle CPU with 1,000 directories, of a core", series.get("idle", many, "percent").median(), 0.5,
				"%");
		report
			.text("Each directory has four files and a connection that was used once. Idle means that the application "
					+ "does nothing of its own; the starter reads each directory every ten seconds.");
		report.table(List.of("relations", "CPU of a refresh of all, ms", "idle CPU, percent of a core"),
				Stream.of("1", many)
					.map((count) -> List.of(count, series.get("refresh", count, "cpu").format(),
							Statistics.format(series.get("idle", count, "percent").median())))
					.toList());
		return report;
	}

}
