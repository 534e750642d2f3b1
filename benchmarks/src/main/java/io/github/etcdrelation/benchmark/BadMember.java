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

import java.util.Locale;

/**
 * What is wrong with a member, and its role until then.
 */
enum BadMember {

	FROZEN_FOLLOWER("A follower is frozen", false, false),

	FROZEN_LEADER("The leader is frozen", false, true),

	CUT_FOLLOWER("A follower is without its peers", true, false),

	CUT_LEADER("The leader is without its peers", true, true);

	private final String label;

	private final boolean cut;

	private final boolean leader;

	BadMember(String label, boolean cut, boolean leader) {
		this.label = label;
		this.cut = cut;
		this.leader = leader;
	}

	String key() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	String label() {
		return this.label;
	}

	boolean isLeader() {
		return this.leader;
	}

	boolean isPossible(Cluster cluster) {
		return !this.cut || cluster.canCut();
	}

	void begin(Cluster cluster, int member) {
		if (this.cut) {
			cluster.cut(member);
		}
		else {
			cluster.freeze(member);
		}
	}

	void end(Cluster cluster, int member) {
		if (this.cut) {
			cluster.join(member);
		}
		else {
			cluster.thaw(member);
		}
	}

}
