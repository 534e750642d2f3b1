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

import java.time.Duration;

import org.junit.jupiter.api.Assumptions;

/**
 * How long the suite may take as a whole, {@code -Dfaults.minutes=}.
 */
final class Budget {

	private static final long START = System.nanoTime();

	private static final int MINUTES = Integer.getInteger("faults.minutes", 30);

	private Budget() {
	}

	/**
	 * Return whether only the short version is asked for.
	 */
	static boolean isShort() {
		return MINUTES < 15;
	}

	/**
	 * Leave a round out of the short version.
	 */
	static void assumeLong(String round) {
		if (isShort()) {
			FaultReport.get().note("Did not run in the short version: " + round);
			Assumptions.abort("not in the short version");
		}
	}

	static Duration warmUp() {
		return Duration.ofSeconds(isShort() ? 2 : 3);
	}

	static Duration rest() {
		return Duration.ofSeconds(isShort() ? 2 : 5);
	}

	static Duration left() {
		return Duration.ofMinutes(MINUTES).minusNanos(System.nanoTime() - START);
	}

}
