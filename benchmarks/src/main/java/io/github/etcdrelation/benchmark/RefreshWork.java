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

import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;

import io.github.etcdrelation.test.LocalEtcd;

/**
 * Relations in directories that do not change.
 */
final class RefreshWork implements Work {

	private static final int MANY = 1000;

	// Until the code that reads is compiled
	private static final int WARM_UPS = 2;

	// So many that they take long: CPU time is counted in hundredths of a second
	private static final int REFRESHES = 10_000;

	private static final int IDLE_TIMES = 3;

	// What connections do after their last use, such as to ping etcd once, is over then
	private static final long SETTLE_MILLIS = 35_000;

	private static final String NO_ETCD = "no etcd";

	private static final int WATCHES = 100;

	private static final int CALLS = 20_000;

	private static final String WATCHING = "1, three members, " + WATCHES + " quiet watches";

	@Override
	public String name() {
		return "refresh";
	}

	@Override
	public Report run(Laboratory laboratory) throws Exception {
		Series series = new Series();
		try (Fork fork = laboratory.fork(List.of("spring-boot-starter"), Idleness.class)) {
			beIdle(laboratory, fork, NO_ETCD, series);
		}
		watch(laboratory, series);
		measure(laboratory, 1, series);
		int many = laboratory.settings().scale(MANY);
		measure(laboratory, many, series);
		return report(series, String.valueOf(many));
	}

	private void watch(Laboratory laboratory, Series series) throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().members(3).mutualTls().start()) {
			Access access = Laboratory.write(etcd, etcd.getClientCredentials(),
					Files.createDirectories(laboratory.directory().resolve("watching")));
			try (Fork fork = laboratory.fork(List.of("etcd-relation-starter"), RelationsProcess.class, access.format(),
					1)) {
				// An application that idles has worked before
				fork.ask("work", laboratory.settings().scale(CALLS));
				fork.ask("watch", WATCHES);
				beIdle(laboratory, fork, WATCHING, series);
			}
		}
	}

	private void measure(Laboratory laboratory, int count, Series series) throws Exception {
		String label = String.valueOf(count);
		try (Fork fork = laboratory.fork(List.of("etcd-relation-starter"), RelationsProcess.class,
				laboratory.access().format(), count, laboratory.directory().resolve("relations-" + count))) {
			int times = Math.max(1, laboratory.settings().scale(REFRESHES) / count);
			fork.ask("use");
			for (int i = 0; i < WARM_UPS; i++) {
				fork.ask("refresh", times);
			}
			for (int i = 0; i < laboratory.settings().rounds(); i++) {
				series.add("refresh", label, fork.ask("refresh", times));
			}
			laboratory
				.log("%d relations: refresh %s ms".formatted(count, series.get("refresh", label, "cpu").format()));
			beIdle(laboratory, fork, label, series);
		}
	}

	private void beIdle(Laboratory laboratory, Fork fork, String label, Series series) throws Exception {
		Settings settings = laboratory.settings();
		// More than twice the interval at which directories are read by default
		long millis = settings.duration().toMillis() * (settings.smoke() ? 1 : 8);
		fork.ask("idle", settings.smoke() ? millis : SETTLE_MILLIS);
		for (int i = 0; i < (settings.smoke() ? 1 : IDLE_TIMES); i++) {
			series.add("idle", label, fork.ask("idle", millis));
		}
		laboratory.log("%s: idle %s %%".formatted(label, series.get("idle", label, "percent").format()));
	}

	private Report report(Series series, String many) {
		Report report = new Report(name(), "Refresh");
		double idle = series.get("idle", many, "percent").median();
		report.bar("refresh of 1,000 unchanged directories, CPU", series.get("refresh", many, "cpu").median(), 100,
				"ms");
		report.bar("idle CPU with 1,000 directories, of a core", idle, 0.5, "%");
		report.bar("the same beyond that of an application without etcd",
				idle - series.get("idle", NO_ETCD, "percent").median(), 0.5, "%");
		report.bar("idle CPU with three members and 100 quiet watches, beyond that of an application without etcd",
				series.get("idle", WATCHING, "percent").median() - series.get("idle", NO_ETCD, "percent").median(), 0.3,
				"%");
		report
			.text("Each directory has four files and a connection that was used once. Idle means that the application "
					+ "does nothing of its own; the starter reads each directory every ten seconds. The application with "
					+ "quiet watches has no directory and made 20,000 calls before.");
		report.table(List.of("relations", "CPU of a refresh of all, ms", "idle CPU, percent of a core"),
				Stream.of(NO_ETCD, WATCHING, "1", many)
					.map((count) -> List.of(count,
							isWithoutDirectory(count) ? "" : series.get("refresh", count, "cpu").format(),
							series.get("idle", count, "percent").format()))
					.toList());
		return report;
	}

	private static boolean isWithoutDirectory(String label) {
		return label.equals(NO_ETCD) || label.equals(WATCHING);
	}

}
