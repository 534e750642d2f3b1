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

package io.github.etcdrelation.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Faults of all kinds in random order; whatever they cost, the history has to be correct.
 */
class RandomRoundsFaultSuite {

	private static final Log logger = LogFactory.getLog("figures");

	private static final int ROUNDS = Integer.getInteger("faults.rounds", 60);

	private static final long SEED = Long.getLong("seed", Budget.isShort() ? 1 : System.nanoTime() % 1_000_000);

	private static final int MIN_ROUNDS = 3;

	// Of the longest round, the check and the suites that follow
	private static final Duration RESERVE = Duration.ofSeconds(Budget.isShort() ? 60 : 150);

	@TempDir
	private Path temporary;

	@Test
	void historyIsCorrectAfterRandomFaults() throws Exception {
		FaultReport.get().note("Random rounds: -Dseed=" + SEED);
		try (FaultCluster cluster = FaultCluster.start();
				ClientPaths paths = ClientPaths.mixed(cluster);
				Application application = new Application(this.temporary.resolve("etcd"), paths.connectionString(),
						cluster.etcd().getClientCredentials());
				Workload workload = new Workload(cluster, application.client(), 8, 4, 3, Duration.ofMillis(10));
				Contenders contenders = new Contenders(application.client(), workload.history())) {
			Experiment.pass(Duration.ofSeconds(3));
			Setting setting = new Setting(cluster, paths,
					new Certificates(cluster, application.directory(), paths.connectionString()), new Random(SEED));
			List<Window> windows = runRounds(setting, workload);
			contenders.stop();
			History history = workload.stop();
			report(windows, history);
			finish(history, workload, contenders);
		}
	}

	private static List<Window> runRounds(Setting setting, Workload workload) throws Exception {
		List<Window> windows = new ArrayList<>();
		for (RoundKind kind : order(setting)) {
			if (windows.size() >= MIN_ROUNDS && Budget.left().compareTo(RESERVE) < 0) {
				FaultReport.get().note("Random rounds: %d of %d in the time".formatted(windows.size(), ROUNDS));
				break;
			}
			int told = workload.told().size();
			long begin = System.nanoTime();
			kind.run(setting);
			setting.cluster().awaitWhole();
			long end = System.nanoTime();
			Experiment.pass(Duration.ofSeconds(2));
			List<String> all = workload.told();
			windows.add(new Window(kind, begin, end, System.nanoTime(),
					List.copyOf(all.subList(Math.min(told, all.size()), all.size()))));
			logger.info("Round %d: %s, %.1f s".formatted(windows.size(), kind, (end - begin) / 1e9));
		}
		return windows;
	}

	private static List<RoundKind> order(Setting setting) {
		List<RoundKind> kinds = new ArrayList<>();
		for (RoundKind kind : RoundKind.values()) {
			if (kind.isPossible(setting.cluster())) {
				kinds.add(kind);
			}
			else {
				FaultReport.get().note("Did not run: %s needs root, ip and iptables".formatted(kind));
			}
		}
		List<RoundKind> order = new ArrayList<>();
		while (order.size() < ROUNDS) {
			Collections.shuffle(kinds, setting.random());
			order.addAll(kinds);
		}
		return order.subList(0, ROUNDS);
	}

	private static void report(List<Window> windows, History history) {
		double atRest = atRest(windows, history);
		Map<RoundKind, List<Window>> byKind = new EnumMap<>(RoundKind.class);
		windows.forEach((window) -> byKind.computeIfAbsent(window.kind(), (kind) -> new ArrayList<>()).add(window));
		byKind.forEach((kind, all) -> {
			Figures figures = new Figures("%d x %s".formatted(all.size(), kind));
			for (Window window : all) {
				figures.measure(history, window.begin(), window.end(), atRest).told(window.told());
			}
			FaultReport.get().add("Random rounds", figures);
		});
	}

	private static void finish(History history, Workload workload, Contenders contenders) {
		Figures figures = new Figures("all random rounds").violations(HistoryChecker.check(history));
		FaultReport.get()
			.note("Random rounds: %d calls, %d turns of locks and elections".formatted(history.calls().size(),
					history.holds().size()));
		Texts.count(contenders.failures()).forEach((text) -> FaultReport.get().note("Turns that failed: " + text));
		FaultReport.get().add("Random rounds", figures);
		assertThat(figures.violations()).isEmpty();
		assertThat(workload.told()).filteredOn((told) -> told.startsWith("watch")).isEmpty();
	}

	/**
	 * Return the median rate of the pauses that follow the rounds.
	 */
	private static double atRest(List<Window> windows, History history) {
		double[] rates = windows.stream()
			.mapToDouble((window) -> Figures.rate(history.calls(), window.end(), window.restEnd()))
			.sorted()
			.toArray();
		return rates[rates.length / 2];
	}

	private record Window(RoundKind kind, long begin, long end, long restEnd, List<String> told) {

	}

	private record Setting(FaultCluster cluster, ClientPaths paths, Certificates certificates,
			Random random) implements RoundKind.Rounds {

	}

}
