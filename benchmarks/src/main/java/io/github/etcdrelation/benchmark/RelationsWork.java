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
import java.util.ArrayList;
import java.util.List;

import io.github.etcdrelation.test.LocalEtcd;

/**
 * Many relations in one application.
 */
final class RelationsWork implements Work {

	private static final String STARTER = "starter";

	private static final String STARTER_OF_THREE = "starter, three endpoints";

	private static final String JETCD = "jetcd clients, hand-made";

	private static final int MAX_POOLED_THREADS = 4 * Runtime.getRuntime().availableProcessors();

	// What may be given up at any time, such as Spring Boot's names of properties, is not
	// what a relation needs
	private static final List<String> NOTHING_HELD_SOFTLY = List.of("-XX:SoftRefLRUPolicyMSPerMB=0");

	// Connections to members that no call waits for are there after a while
	private static final int CONNECT_MILLIS = 5_000;

	private static final int SOME = 100;

	private static final int MANY = 1000;

	@Override
	public String name() {
		return "relations";
	}

	@Override
	public Report run(Laboratory laboratory) throws Exception {
		Series series = new Series();
		int some = laboratory.settings().scale(SOME);
		int many = laboratory.settings().scale(MANY);
		measureThreeEndpoints(laboratory, some, series);
		for (int round = 0; round < laboratory.settings().rounds(); round++) {
			for (int count : List.of(1, some, many)) {
				measure(laboratory, STARTER, count, series);
				measure(laboratory, JETCD, count, series);
			}
		}
		return report(series, some, many);
	}

	private void measureThreeEndpoints(Laboratory laboratory, int count, Series series) throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().members(3).mutualTls().start()) {
			Access access = Laboratory.write(etcd, etcd.getClientCredentials(),
					Files.createDirectories(laboratory.directory().resolve("three")));
			for (int relations : List.of(1, count)) {
				try (Fork fork = laboratory.fork(List.of("etcd-relation-starter"), NOTHING_HELD_SOFTLY,
						RelationsProcess.class, access.format(), relations)) {
					fork.ask("use");
					fork.ask("idle", laboratory.settings().scale(CONNECT_MILLIS));
					Figures used = fork.ask("use");
					series.add(STARTER_OF_THREE, "use " + relations, used);
					laboratory.log("%d, %s: %s".formatted(relations, STARTER_OF_THREE, used.format()));
				}
			}
		}
	}

	private void measure(Laboratory laboratory, String label, int count, Series series) throws Exception {
		Class<?> main = label.equals(STARTER) ? RelationsProcess.class : JetcdClientsProcess.class;
		long start = System.nanoTime();
		try (Fork fork = laboratory.fork(List.of("etcd-relation-starter"), NOTHING_HELD_SOFTLY, main,
				laboratory.access().format(), count)) {
			Figures ready = Figures.of("ready", (System.nanoTime() - start) / 1e6);
			Figures used = fork.ask("use");
			series.add(label, "ready " + count, ready);
			series.add(label, "use " + count, used);
			laboratory.log("%d, %s: %s %s".formatted(count, label, ready.format(), used.format()));
		}
	}

	private Report report(Series series, int some, int many) {
		Report report = new Report(name(), "Relations");
		report.bar("threads more than with one relation (pools grow with the cores)",
				series.get(STARTER, "use " + many, "threads").median()
						- series.get(STARTER, "use 1", "threads").median(),
				MAX_POOLED_THREADS, "threads");
		report.bar("heap per relation, of 1,000", heap(series, STARTER, many), 48, "KiB");
		report.bar("heap per relation with three endpoints", heap(series, STARTER_OF_THREE, some), 100, "KiB");
		report.bar("time for each further relation: from 100 to 1,000 / from 1 to 100",
				slope(series, STARTER, some, many) / slope(series, STARTER, 1, some), 1.25, "");
		report.text("One application, a connection with mutual TLS for each relation, each used once; then garbage is "
				+ "collected, and with it what is held softly (-XX:SoftRefLRUPolicyMSPerMB=0).");
		List<List<String>> rows = new ArrayList<>();
		for (int count : List.of(1, some, many)) {
			for (String label : List.of(STARTER, JETCD)) {
				rows.add(List.of("%,d, %s".formatted(count, label),
						series.get(label, "use " + count, "threads").format(),
						(count > 1) ? Statistics.format(heap(series, label, count)) : "",
						series.get(label, "ready " + count, "ready").format()));
			}
		}
		rows.add(List.of("%,d, %s".formatted(some, STARTER_OF_THREE),
				series.get(STARTER_OF_THREE, "use " + some, "threads").format(),
				Statistics.format(heap(series, STARTER_OF_THREE, some)), ""));
		report.table(List.of("", "threads", "heap, KiB for each further one", "process start to ready, ms"), rows);
		return report;
	}

	private static double heap(Series series, String label, int count) {
		return (series.get(label, "use " + count, "heap").median() - series.get(label, "use 1", "heap").median())
				/ (count - 1);
	}

	private static double slope(Series series, String label, int from, int to) {
		return (series.get(label, "ready " + to, "ready").median()
				- series.get(label, "ready " + from, "ready").median()) / (to - from);
	}

}
