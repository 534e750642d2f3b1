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

package io.github.etcdrelation.soak;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.github.etcdrelation.RelationDirectory;
import io.github.etcdrelation.event.EtcdRelationEvent;
import io.github.etcdrelation.event.EtcdRotatedEvent;
import io.github.etcdrelation.faults.Application;
import io.github.etcdrelation.faults.Certificates;
import io.github.etcdrelation.faults.FaultCluster;
import io.github.etcdrelation.faults.LeaseLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;

/**
 * One application under mixed load, with rotations and faults, measured in each round.
 */
final class SoakRun implements AutoCloseable {

	private static final Log logger = LogFactory.getLog("figures");

	private static final int WATCHES = 12;

	private static final int WATCHES_OF_ALL = 4;

	private static final int LEASES = 20;

	private static final int DEFRAGMENT_EVERY = 5;

	private final FaultCluster cluster;

	private final SoakPlan plan;

	private final Counters counters = new Counters();

	private final SoakReport report;

	private final Meter meter;

	private final Random random;

	private final Application application;

	private final Certificates certificates;

	private final Faults faults;

	private final List<EventChecker> checkers = new ArrayList<>();

	private final List<Watch.Watcher> watchers = new ArrayList<>();

	private final List<LeaseLog> leases = new ArrayList<>();

	private final MixedLoad load;

	private long compactable;

	SoakRun(FaultCluster cluster, Path directory, Path report, SoakPlan plan) throws Exception {
		this.cluster = cluster;
		this.plan = plan;
		this.random = new Random(plan.seed() + 1);
		this.report = new SoakReport(report, plan, this.counters);
		this.meter = new Meter(
				cluster.etcd().getMembers().stream().map((member) -> member.getDataDirectory()).toList());
		RelationDirectory relation = new RelationDirectory(directory);
		relation.write(cluster.etcd().getConnectionString(), cluster.etcd().getClientCredentials());
		this.application = new Application(relation, this::count);
		this.certificates = new Certificates(cluster, relation, cluster.etcd().getConnectionString());
		this.faults = new Faults(cluster, plan, this.counters);
		Client client = this.application.client();
		long revision = get(client.getKVClient().put(bytes("soak/start"), bytes(""))).getHeader().getRevision();
		for (int i = 0; i < WATCHES; i++) {
			String watched = MixedLoad.EVENTS + ((i < WATCHES_OF_ALL) ? "" : (i - WATCHES_OF_ALL) + "/");
			EventChecker checker = new EventChecker(this.counters, 1);
			WatchOption option = WatchOption.builder().isPrefix(true).withRevision(revision + 1).build();
			this.checkers.add(checker);
			this.watchers.add(client.getWatchClient().watch(bytes(watched), option, checker));
		}
		for (int i = 0; i < LEASES; i++) {
			this.leases.add(new LeaseLog(client, 60));
		}
		this.load = new MixedLoad(client, this.counters, plan);
	}

	private void count(EtcdRelationEvent event) {
		this.counters.add("relation events: " + event.getClass().getSimpleName());
		if (event instanceof EtcdRotatedEvent) {
			this.counters.add(Counters.ROTATIONS);
		}
	}

	Counters counters() {
		return this.counters;
	}

	SoakReport report() {
		return this.report;
	}

	/**
	 * Run all rounds.
	 * @return what was not as it has to be
	 */
	List<String> run() throws Exception {
		this.load.start();
		for (int round = 1; round <= this.plan.rounds(); round++) {
			long begin = System.nanoTime();
			String remark = disturb(round);
			this.cluster.awaitWhole();
			tidy(round);
			// What was replaced has drained by then
			passUntil(begin + this.plan.round().toNanos() * 5 / 6);
			int number = round;
			Sample sample = this.load.whileHeld(() -> {
				pass(Duration.ofSeconds(1));
				return this.meter.sample(number, remark, this.counters);
			});
			this.report.add(sample);
			logger.info(sample);
			passUntil(begin + this.plan.round().toNanos());
		}
		finish();
		List<String> broken = new SoakBars(this.counters, this.report.trend()).broken();
		this.report.setBroken(broken);
		return broken;
	}

	private String disturb(int round) throws Exception {
		if (this.plan.hasFault(round)) {
			return this.faults.run(this::rotate);
		}
		if (this.plan.hasNewAuthority(round)) {
			this.certificates.replaceAuthority();
			this.counters.add(Counters.AUTHORITIES);
			return "another authority";
		}
		rotate();
		return "";
	}

	private void rotate() throws Exception {
		List<String> endpoints = new ArrayList<>(IntStream.range(0, FaultCluster.SIZE)
			.mapToObj((member) -> this.cluster.member(member).getEndpoint())
			.toList());
		Collections.shuffle(endpoints, this.random);
		this.certificates.setConnectionString(String.join(",", endpoints));
		this.certificates.replaceClient();
	}

	/**
	 * Compact what all watches have seen a round ago, so that none of them misses it.
	 */
	private void tidy(int round) {
		if (this.compactable > 0) {
			this.load.compact(this.compactable);
		}
		this.compactable = this.checkers.stream().mapToLong(EventChecker::revision).min().orElse(0);
		if (round % DEFRAGMENT_EVERY == 0) {
			this.cluster.defragment();
		}
	}

	private void finish() throws Exception {
		String endless = this.load.stop();
		if (endless != null) {
			this.counters.add(Counters.ENDLESS, endless + " does not end");
			return;
		}
		// An outcome that is open is known after another attempt
		for (Sequence sequence : this.load.sequences()) {
			sequence.write();
		}
		try {
			Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> missing() == 0);
		}
		catch (ConditionTimeoutException ex) {
			this.counters.add(Counters.LOST, missing());
		}
		for (LeaseLog lease : this.leases) {
			if (!lease.isAlive()) {
				this.counters.add(Counters.VIOLATIONS, "a kept lease is gone");
			}
			lease.told().forEach((text) -> this.counters.add(Counters.LISTENERS, text));
		}
	}

	/**
	 * Return how many numbers that were written watches have not seen yet.
	 */
	private long missing() {
		long missing = 0;
		for (int i = 0; i < WATCHES; i++) {
			String watched = MixedLoad.EVENTS + ((i < WATCHES_OF_ALL) ? "" : (i - WATCHES_OF_ALL) + "/");
			for (Sequence sequence : this.load.sequences()) {
				if (sequence.key().startsWith(watched)) {
					missing += Math.max(0, sequence.number() - this.checkers.get(i).number(sequence.key()));
				}
			}
		}
		return missing;
	}

	private static void passUntil(long nanos) {
		pass(Duration.ofNanos(Math.max(0, nanos - System.nanoTime())));
	}

	private static void pass(Duration duration) {
		try {
			TimeUnit.NANOSECONDS.sleep(duration.toNanos());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted", ex);
		}
	}

	@Override
	public void close() {
		this.load.close();
		this.watchers.forEach(Watch.Watcher::close);
		this.leases.forEach(LeaseLog::close);
		this.application.close();
	}

}
