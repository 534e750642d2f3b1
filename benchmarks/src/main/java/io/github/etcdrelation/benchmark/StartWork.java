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

import java.util.List;

/**
 * From the start of a process to an application that is ready, and its first call.
 */
final class StartWork implements Work {

	private static final String PLAIN_ARTIFACT = "spring-boot-starter";

	// Rounds are short
	private static final int STARTS_PER_ROUND = 3;

	private static final String STARTER = "starter";

	private static final String JETCD = "jetcd bean, hand-written";

	private static final String PLAIN = "no etcd";

	private static final String REDIS = "data-redis starter";

	@Override
	public String name() {
		return "start";
	}

	@Override
	public Report run(Laboratory laboratory) throws Exception {
		Access access = laboratory.access();
		List<Kind> kinds = List.of(
				new Kind(STARTER, List.of(PLAIN_ARTIFACT, "etcd-relation-starter"), StartedEtcdApplication.class, true,
						access.properties()),
				new Kind(JETCD, List.of(PLAIN_ARTIFACT, "jetcd-core"), StartedJetcdApplication.class, true,
						List.of("--access=" + access.format())),
				new Kind(PLAIN, List.of(PLAIN_ARTIFACT), StartedApplication.class, false, List.of()),
				new Kind(REDIS, List.of("spring-boot-starter-data-redis"), StartedApplication.class, false, List.of()));
		Series series = new Series();
		for (int i = 0; i < laboratory.settings().rounds() * laboratory.settings().scale(STARTS_PER_ROUND); i++) {
			for (Kind kind : Laboratory.rotated(kinds, i)) {
				measure(laboratory, kind, i, series);
			}
		}
		return report(series, kinds);
	}

	private void measure(Laboratory laboratory, Kind kind, int number, Series series) throws Exception {
		long start = System.nanoTime();
		try (Fork fork = laboratory.fork(kind.artifacts(), kind.main(), kind.arguments().toArray())) {
			Figures figures = Figures.of("ready", (System.nanoTime() - start) / 1e6);
			series.add(kind.label(), "ready", figures);
			laboratory.log("start %d, %s: %s".formatted(number + 1, kind.label(), figures.format()));
			if (kind.calls()) {
				Figures first = fork.answer();
				series.add(kind.label(), "first", first);
				laboratory.log("start %d, %s: %s".formatted(number + 1, kind.label(), first.format()));
			}
		}
	}

	private Report report(Series series, List<Kind> kinds) {
		Report report = new Report(name(), "Start");
		report.bar("process start to ready: starter / hand-written jetcd bean",
				series.ratio(STARTER, JETCD, "ready", "ready").median(), 1.03, "");
		report.bar("first call after start: starter / hand-written jetcd bean",
				series.ratio(STARTER, JETCD, "first", "first").median(), 1.05, "");
		report.text("Medians and, in brackets, the smallest and the largest of all starts, which take turns. "
				+ "A ratio is the median of the ratios in the same turn.");
		report.table(List.of("", "process start to ready, ms", "first call, ms"),
				kinds.stream()
					.map((kind) -> List.of(kind.label(), series.get(kind.label(), "ready", "ready").format(),
							kind.calls() ? series.get(kind.label(), "first", "first").format() : ""))
					.toList());
		return report;
	}

	/**
	 * A kind of application.
	 *
	 * @param label what to call it
	 * @param artifacts the dependencies that it has
	 * @param main the class to run
	 * @param calls whether it calls etcd once
	 * @param arguments its arguments
	 */
	private record Kind(String label, List<String> artifacts, Class<?> main, boolean calls, List<String> arguments) {
	}

}
