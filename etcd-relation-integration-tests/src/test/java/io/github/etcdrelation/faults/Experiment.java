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
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One application under full load, and what a fault costs it compared with its rest.
 */
final class Experiment implements AutoCloseable {

	private int lostLeases;

	private static final Duration BACK_LIMIT = Duration.ofSeconds(10);

	private static final long BACK_CALLS = 10;

	private final FaultCluster cluster;

	private final Application application;

	private final Workload workload;

	private final Figures figures;

	private long begin;

	private long end;

	private long restBegin;

	private long restEnd;

	Experiment(FaultCluster cluster, Path directory, String round) throws Exception {
		this(cluster, new Application(directory.resolve("etcd"), cluster.etcd().getConnectionString(),
				cluster.etcd().getClientCredentials()), round);
	}

	Experiment(FaultCluster cluster, Application application, String round) throws Exception {
		this(cluster, application, new Workload(cluster, application.client(), 8, 6, 3, Duration.ZERO), round);
	}

	Experiment(FaultCluster cluster, Application application, Workload workload, String round) {
		this.cluster = cluster;
		this.application = application;
		this.workload = workload;
		this.figures = new Figures(round);
	}

	Figures figures() {
		return this.figures;
	}

	Workload workload() {
		return this.workload;
	}

	Application application() {
		return this.application;
	}

	/**
	 * Let it run undisturbed and take this for its rest.
	 * @param bad the members that the fault will be about
	 */
	Experiment rest(Integer... bad) throws Exception {
		this.cluster.setBad(bad);
		pass(Budget.warmUp());
		this.restBegin = System.nanoTime();
		pass(Budget.rest());
		this.restEnd = System.nanoTime();
		return this;
	}

	/**
	 * Let a fault last, then end it.
	 */
	Experiment disturb(Action fault, Duration duration, Action heal) throws Exception {
		this.begin = System.nanoTime();
		try {
			fault.run();
			pass(duration);
		}
		finally {
			this.end = System.nanoTime();
			heal.run();
		}
		return this;
	}

	/**
	 * Wait until a member that was bad has calls again.
	 */
	Experiment awaitBack(int member) throws Exception {
		long healed = System.nanoTime();
		long calls = this.cluster.calls(member);
		int growing = 0;
		while (growing < 2 && System.nanoTime() - healed < BACK_LIMIT.toNanos()) {
			pass(Duration.ofMillis(200));
			long now = this.cluster.calls(member);
			// One call may have been there all the time, or come from a probe
			growing = (calls >= 0 && now >= calls + BACK_CALLS) ? growing + 1 : 0;
			calls = now;
		}
		double seconds = (System.nanoTime() - healed) / 1e9;
		this.figures.back(seconds)
			.expect(Budget.isShort() || seconds <= 3, "the member has calls within 3 s of healing");
		return this;
	}

	/**
	 * Let it rest again, end it, hold it to the bars and to what must always hold.
	 */
	void finish(String section, Bars bars) throws Exception {
		pass(Duration.ofSeconds(1));
		long afterBegin = System.nanoTime();
		pass(Budget.rest());
		long afterEnd = System.nanoTime();
		History history = this.workload.stop();
		double before = Figures.rate(history.calls(), this.restBegin, this.restEnd);
		double after = Figures.rate(history.calls(), afterBegin, afterEnd);
		// A machine that is busy with something else from now on is slow at rest too
		double atRest = Math.min(before, Math.max(after, before / 2));
		this.figures.measure(history, this.begin, this.end, atRest)
			.told(told())
			.violations(HistoryChecker.check(history));
		bars.apply(this.figures);
		FaultReport.get().add(section, this.figures);
		assertThat(this.figures.violations()).isEmpty();
		assertThat(this.figures.broken()).as(this.figures.summary()).isEmpty();
	}

	/**
	 * Expect leases to be lost that etcd itself ends: a leader that was frozen for longer
	 * than they live takes them for expired when it goes on, and revokes so many at once.
	 */
	Experiment expectLostLeases(int lost) {
		this.lostLeases = lost;
		return this;
	}

	private List<String> told() {
		List<String> told = new ArrayList<>(this.workload.told());
		int lost = 0;
		for (Iterator<String> each = told.iterator(); each.hasNext() && lost < this.lostLeases;) {
			if (each.next().endsWith("requested lease not found")) {
				each.remove();
				lost++;
			}
		}
		return told;
	}

	static void pass(Duration duration) throws InterruptedException {
		TimeUnit.NANOSECONDS.sleep(duration.toNanos());
	}

	@Override
	public void close() {
		this.workload.close();
		this.application.close();
	}

	/**
	 * A step that may fail.
	 */
	interface Action {

		void run() throws Exception;

	}

}
