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

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.springframework.util.Assert;

/**
 * Reads and writes of small values, many in flight and one at a time.
 */
final class CallsWork implements Work {

	private static final List<String> MODES = List.of("concurrent", "sequential");

	// Share of the CPU time of a process
	private static final double WARM_PERCENT = 10;

	// How often, in a round, the subjects take turns in each work: the more often, the
	// less a ratio depends on how fast the machine is at the moment
	private static final int TURNS = 12;

	private static final int TURNS_PER_DURATION = 4;

	@Override
	public String name() {
		return "calls";
	}

	@Override
	public Report run(Laboratory laboratory) throws Exception {
		Series series = new Series();
		writeAllKeys(laboratory.access());
		List<Subject> subjects = laboratory.settings().chosenSubjects();
		for (int round = 0; round < laboratory.settings().rounds(); round++) {
			measure(laboratory, subjects, round, series);
		}
		return report(series, subjects);
	}

	private static void writeAllKeys(Access access) throws Exception {
		CountDownLatch written = new CountDownLatch(Keys.COUNT);
		try (KeyValueStore store = JetcdStore.handMade(access)) {
			for (int key = 0; key < Keys.COUNT; key++) {
				store.start(Operation.PUT, key, (failure) -> written.countDown());
			}
			Assert.state(written.await(60, TimeUnit.SECONDS), "Keys were not written");
		}
	}

	/**
	 * Start and warm up a process for each subject, then let them take turns: how fast
	 * the machine is changes from minute to minute.
	 */
	private void measure(Laboratory laboratory, List<Subject> subjects, int round, Series series) throws Exception {
		Map<Subject, Fork> forks = new EnumMap<>(Subject.class);
		try {
			for (Subject subject : Laboratory.rotated(subjects, round)) {
				Fork fork = laboratory.fork(List.of(subject.artifact()), CallProcess.class, subject,
						laboratory.access().format());
				forks.put(subject, fork);
				for (String mode : MODES) {
					warmUp(fork, mode, laboratory.settings());
				}
			}
			for (String mode : MODES) {
				for (Operation operation : Operation.values()) {
					takeTurns(laboratory, forks, round, mode, operation, series);
				}
			}
		}
		finally {
			for (Fork fork : forks.values()) {
				fork.close();
			}
		}
	}

	private void takeTurns(Laboratory laboratory, Map<Subject, Fork> forks, int round, String mode, Operation operation,
			Series series) throws Exception {
		boolean smoke = laboratory.settings().smoke();
		int turns = smoke ? 1 : TURNS;
		long millis = laboratory.settings().duration().toMillis() / (smoke ? 1 : TURNS_PER_DURATION);
		for (int turn = 0; turn < turns; turn++) {
			for (Map.Entry<Subject, Fork> entry : Laboratory.rotated(List.copyOf(forks.entrySet()), round + turn)) {
				Subject subject = entry.getKey();
				Figures figures = entry.getValue().ask(mode, operation, millis);
				series.add(subject.key(), work(mode, operation), figures);
				laboratory.log("round %d, %s, %s %s: %s".formatted(round + 1, subject.label(), mode, operation,
						figures.format()));
			}
		}
	}

	/**
	 * Let a process work until its JIT compilers have little left to do.
	 */
	private static void warmUp(Fork fork, String mode, Settings settings) throws Exception {
		double jit = Double.MAX_VALUE;
		for (int i = 0; i < settings.maxWarmUps() && jit > WARM_PERCENT; i++) {
			jit = 0;
			for (Operation operation : Operation.values()) {
				jit = Math.max(jit, fork.ask(mode, operation, settings.duration().toMillis() / 2).get("jit"));
			}
		}
	}

	private static String work(String mode, Operation operation) {
		return mode + " " + operation;
	}

	private Report report(Series series, List<Subject> subjects) {
		Report report = new Report(name(), "Calls");
		for (Operation operation : Operation.values()) {
			String concurrent = work("concurrent", operation);
			String sequential = work("sequential", operation);
			String label = operation.name().toLowerCase(Locale.ROOT);
			ratio(report, series, label + ", 64 in flight, CPU: starter / jetcd", concurrent, "cpu", Subject.STARTER,
					Subject.JETCD, 0.70);
			ratio(report, series, label + ", 64 in flight, CPU: starter / IBM etcd-java", concurrent, "cpu",
					Subject.STARTER, Subject.ETCD_JAVA, 0.65);
			ratio(report, series, label + ", 64 in flight, CPU: starter `direct` / gRPC stub direct", concurrent, "cpu",
					Subject.STARTER_DIRECT, Subject.RAW_DIRECT, 1.10);
			// As each call of the starter has one
			ratio(report, series, label + ", 64 in flight, CPU: starter `direct` / gRPC stub direct with a deadline",
					concurrent, "cpu", Subject.STARTER_DIRECT, Subject.RAW_DEADLINE, 1.10);
			ratio(report, series, label + ", one at a time, p50: starter / gRPC stub", sequential, "p50",
					Subject.STARTER, Subject.RAW, 1.10);
			ratio(report, series, label + ", one at a time, p50: starter `direct` / gRPC stub direct", sequential,
					"p50", Subject.STARTER_DIRECT, Subject.RAW_DIRECT, 1.10);
		}
		String get = work("concurrent", Operation.GET);
		ratio(report, series, "get, allocated bytes: starter / gRPC stub", get, "allocated", Subject.STARTER,
				Subject.RAW, 1.35);
		ratio(report, series, "get, allocated bytes: starter `direct` / gRPC stub direct", get, "allocated",
				Subject.STARTER_DIRECT, Subject.RAW_DIRECT, 1.35);
		report.text(
				"Values have 256 bytes. Each round starts a process for each subject, in another order; when all are warm "
						+ "they take turns. Medians and, in brackets, the smallest and the largest of all turns of all "
						+ "rounds. A ratio is the median of the ratios in the same turn. CPU is that "
						+ "of the client's process with its garbage collector and without its JIT compilers; the last "
						+ "column shows what those used.");
		for (String mode : MODES) {
			for (Operation operation : Operation.values()) {
				table(report, series, subjects, mode, operation);
			}
		}
		return report;
	}

	private void table(Report report, Series series, List<Subject> subjects, String mode, Operation operation) {
		String work = work(mode, operation);
		report.text("## %s, %s".formatted(operation.name().toLowerCase(Locale.ROOT),
				mode.equals("concurrent") ? "64 in flight" : "one at a time"));
		List<List<String>> rows = new ArrayList<>();
		for (Subject subject : subjects) {
			List<String> row = new ArrayList<>(List.of(subject.label()));
			for (String figure : List.of("cpu", "allocated", "throughput", "p50", "p99", "jit")) {
				row.add(series.get(subject.key(), work, figure).format());
			}
			rows.add(row);
		}
		report.table(
				List.of("", "CPU, µs/call", "allocated, bytes/call", "calls/s", "p50, µs", "p99, µs", "JIT, % of CPU"),
				rows);
	}

	private static void ratio(Report report, Series series, String what, String work, String figure, Subject ours,
			Subject other, double limit) {
		report.bar(what, series.ratio(ours.key(), other.key(), work, figure).median(), limit, "");
	}

}
