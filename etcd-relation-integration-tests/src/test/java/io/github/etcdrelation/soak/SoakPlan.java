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

/**
 * What is done when.
 *
 * @param rounds how many rounds there are, each with a rotation and a sample
 * @param round how long one takes at least
 * @param faultEvery every which round has a fault
 * @param authorityEvery every which round replaces the authority, 0 for none
 * @param freeze how long a member is frozen or cut
 * @param down how long a member that was killed stays away
 * @param rate how many steps of the load there are in a second
 * @param seed decides about all that is random
 */
record SoakPlan(int rounds, Duration round, int faultEvery, int authorityEvery, Duration freeze, Duration down,
		int rate, long seed) {

	static SoakPlan ofMinutes(int minutes, int rate, long seed) {
		return new SoakPlan(minutes, Duration.ofMinutes(1), 5, 10, Duration.ofSeconds(20), Duration.ofSeconds(6), rate,
				seed);
	}

	boolean hasFault(int round) {
		return round % this.faultEvery == Math.min(3, this.faultEvery) % this.faultEvery;
	}

	boolean hasNewAuthority(int round) {
		return this.authorityEvery > 0 && round % this.authorityEvery == 0;
	}

}
