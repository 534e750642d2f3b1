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
import java.nio.file.Path;
import java.util.List;

/**
 * New certificates for an application that runs.
 */
final class RotationWork implements Work {

	private static final int CERTIFICATES = 20;

	private static final int ROTATIONS_PER_ROUND = 10;

	private static final int LOADED_ROTATIONS_PER_ROUND = 40;

	// Each takes the quiet period, by default ten seconds
	private static final int MAX_BUNDLE_UPDATES = 3;

	@Override
	public String name() {
		return "rotation";
	}

	@Override
	public Report run(Laboratory laboratory) throws Exception {
		Path directory = laboratory.directory().resolve(name());
		for (int i = 0; i < CERTIFICATES; i++) {
			laboratory.write(laboratory.etcd().newClientCredentials("client-" + i),
					Files.createDirectories(directory.resolve(String.valueOf(i))));
		}
		Access access = new Access(laboratory.access().endpoints(), directory);
		Series series = new Series();
		rotate(laboratory, access, series);
		updateBundle(laboratory, access, series);
		return report(series);
	}

	private void rotate(Laboratory laboratory, Access access, Series series) throws Exception {
		int rounds = laboratory.settings().rounds();
		try (Fork fork = laboratory.fork(List.of("etcd-relation-starter"), RotationProcess.class, access.format(),
				laboratory.directory().resolve("relation"), CERTIFICATES)) {
			for (int i = 0; i < laboratory.settings().scale(ROTATIONS_PER_ROUND) * rounds; i++) {
				series.add("relation", "rotate", fork.ask("rotate"));
			}
			laboratory.log("rotation: " + series.get("relation", "rotate", "first").format());
			Figures figures = fork.ask("load", laboratory.settings().scale(LOADED_ROTATIONS_PER_ROUND) * rounds,
					laboratory.settings().duration().toMillis());
			laboratory.log("rotation under load: " + figures.format());
			series.add("relation", "load", figures);
		}
	}

	private void updateBundle(Laboratory laboratory, Access access, Series series) throws Exception {
		Path directory = access.directory();
		try (Fork fork = laboratory.fork(List.of("spring-boot-starter"), BundleProcess.class,
				new Access(access.endpoints(), directory.resolve("0")).format(),
				new Access(access.endpoints(), directory.resolve("1")).format(),
				laboratory.directory().resolve("bundle"), laboratory.settings().smoke() ? "100ms" : "10s")) {
			fork.answer();
			for (int i = 0; i < Math.min(MAX_BUNDLE_UPDATES, laboratory.settings().rounds()); i++) {
				series.add("bundle", "rotate", fork.ask((i % 2 == 0) ? "second" : "first"));
			}
			laboratory.log("SSL bundle: " + series.get("bundle", "rotate", "update").format());
		}
	}

	private Report report(Series series) {
		Report report = new Report(name(), "Rotation");
		Statistics first = series.get("relation", "rotate", "first");
		double failed = series.get("relation", "load", "failed").max();
		double lost = series.get("relation", "load", "lost").max() + series.get("relation", "load", "disorder").max();
		double rest = series.get("relation", "load", "rest").median();
		double rotating = series.get("relation", "load", "rotating").median();
		report.bar("rename to first call on the new certificate, median", first.median(), 300, "ms");
		report.bar("failed writes", failed, 0, "");
		report.bar("events lost, doubled or out of order", lost, 0, "");
		report.bar("p99 of writes: while rotating / at rest", rotating / rest, 2, "");
		report.table(List.of("", "ms"),
				List.of(List.of("rename to first call on the new certificate", first.format()),
						List.of("rename to update of an SSL bundle of Spring Boot (default quiet period)",
								series.get("bundle", "rotate", "update").format())));
		report.text("Median and, in brackets, smallest and largest. With %d writers, which write one value after the "
			.formatted(Load.WRITERS)
				+ "other, and %d watchers, one certificate after the other:".formatted(Load.WATCHERS));
		report.table(List.of("writes", "failed", "lost, doubled, out of order", "p99 at rest, ms", "p99 rotating, ms"),
				List.of(List.of(Statistics.format(series.get("relation", "load", "puts").median()),
						Statistics.format(failed), Statistics.format(lost), Statistics.format(rest),
						Statistics.format(rotating))));
		return report;
	}

}
