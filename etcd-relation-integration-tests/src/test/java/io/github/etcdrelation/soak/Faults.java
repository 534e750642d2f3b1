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

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import io.github.etcdrelation.faults.FaultCluster;

/**
 * Faults of single members, each kind once before one comes again.
 */
final class Faults {

	private final FaultCluster cluster;

	private final SoakPlan plan;

	private final Counters counters;

	private final Random random;

	private final List<Kind> next = new ArrayList<>();

	Faults(FaultCluster cluster, SoakPlan plan, Counters counters) {
		this.cluster = cluster;
		this.plan = plan;
		this.counters = counters;
		this.random = new Random(plan.seed());
	}

	/**
	 * Let one member fail, do something meanwhile, and mend it.
	 * @return what it was
	 */
	String run(Step meanwhile) throws Exception {
		if (this.next.isEmpty()) {
			this.next.addAll(List.of(Kind.values()));
			if (!this.cluster.hasNetwork()) {
				this.next.remove(Kind.CUT);
			}
			Collections.shuffle(this.next, this.random);
		}
		Kind kind = this.next.remove(0);
		int leader = this.cluster.leader();
		int member = this.random.nextInt(FaultCluster.SIZE);
		this.cluster.setBad(member);
		long begin = System.nanoTime();
		begin(kind, member);
		try {
			meanwhile.run();
			Duration length = (kind == Kind.KILL) ? this.plan.down() : this.plan.freeze();
			if (kind != Kind.RESTART) {
				TimeUnit.NANOSECONDS.sleep(length.toNanos() - (System.nanoTime() - begin));
			}
		}
		finally {
			end(kind, member);
		}
		String description = "%s of %s".formatted(kind.name().toLowerCase(Locale.ROOT),
				(member == leader) ? "the leader" : "a follower");
		this.counters.add(Counters.FAULTS);
		this.counters.add("faults: " + description);
		return description;
	}

	private void begin(Kind kind, int member) {
		switch (kind) {
			case FREEZE -> this.cluster.member(member).pause();
			case KILL -> this.cluster.member(member).kill();
			case RESTART -> this.cluster.member(member).restart();
			case CUT -> this.cluster.cut(member);
		}
	}

	private void end(Kind kind, int member) {
		switch (kind) {
			case FREEZE -> this.cluster.member(member).resume();
			case KILL -> this.cluster.member(member).start();
			case RESTART -> {
			}
			case CUT -> this.cluster.heal(member);
		}
	}

	private enum Kind {

		FREEZE, KILL, RESTART, CUT

	}

	/**
	 * Something that may fail.
	 */
	interface Step {

		void run() throws Exception;

	}

}
