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
import java.util.concurrent.CompletableFuture;

import io.etcd.jetcd.Client;

/**
 * Many watchers of the same keys.
 */
final class WatchWork implements Work {

	static final String PREFIX = "watched/";

	private static final List<Subject> SUBJECTS = List.of(Subject.STARTER, Subject.STARTER_DIRECT, Subject.JETCD);

	private static final int WATCHERS = 100;

	private static final int EVENTS = 500;

	// Share of the CPU time of a process that its JIT compilers take
	private static final double WARM_PERCENT = 5;

	@Override
	public String name() {
		return "watch";
	}

	@Override
	public Report run(Laboratory laboratory) throws Exception {
		Series series = new Series();
		try (Client writer = JetcdStore.client(laboratory.access())) {
			for (int round = 0; round < laboratory.settings().rounds(); round++) {
				for (Subject subject : Laboratory.rotated(SUBJECTS, round)) {
					Figures figures = measure(laboratory, subject, writer);
					series.add(subject.key(), name(), figures);
					laboratory.log("round %d, %s, watch: %s".formatted(round + 1, subject.label(), figures.format()));
				}
			}
		}
		return report(series);
	}

	private Figures measure(Laboratory laboratory, Subject subject, Client writer) throws Exception {
		try (Fork fork = laboratory.fork(List.of(subject.artifact()), WatchProcess.class, subject,
				laboratory.access().format(), laboratory.settings().scale(WATCHERS))) {
			int events = laboratory.settings().scale(EVENTS);
			Figures figures = deliver(fork, writer, events);
			for (int i = 0; i < 2 * laboratory.settings().maxWarmUps() && figures.get("jit") > WARM_PERCENT; i++) {
				figures = deliver(fork, writer, events);
			}
			return deliver(fork, writer, events);
		}
	}

	private Figures deliver(Fork fork, Client writer, int events) throws Exception {
		fork.ask("begin", events);
		CompletableFuture<?>[] puts = new CompletableFuture<?>[events];
		for (int i = 0; i < events; i++) {
			puts[i] = writer.getKVClient().put(Bytes.of(PREFIX + i % 10), Bytes.of("v".repeat(Keys.VALUE_SIZE)));
		}
		CompletableFuture.allOf(puts).get();
		return fork.ask("finish", events);
	}

	private Report report(Series series) {
		Report report = new Report(name(), "Watch");
		report.bar("events lost, doubled or out of order", series.get(Subject.STARTER.key(), name(), "errors").max(), 0,
				"");
		report.bar("CPU per event: starter / jetcd", series.get(Subject.STARTER.key(), name(), "cpu").median()
				/ series.get(Subject.JETCD.key(), name(), "cpu").median(), 1, "");
		report
			.text("%d watchers of the same keys see %d events each, %,d in all, written by another process. ".formatted(
					WATCHERS, EVENTS, WATCHERS * EVENTS) + "Each round starts a process for each subject; medians and,"
					+ " in brackets, the smallest and the largest of all rounds.");
		report.table(List.of("", "CPU, µs/event", "allocated, bytes/event", "lost, doubled, out of order"),
				SUBJECTS.stream()
					.map((subject) -> List.of(subject.label(), series.get(subject.key(), name(), "cpu").format(),
							series.get(subject.key(), name(), "allocated").format(),
							series.get(subject.key(), name(), "errors").format()))
					.toList());
		return report;
	}

}
