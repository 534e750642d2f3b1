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

/**
 * What a round may cost.
 *
 * @param share the least share of the calls at rest
 * @param failedGets how many gets may fail
 * @param failedPuts how many puts may fail
 * @param seconds how long the slowest call and the latest event may take
 */
record Bars(double share, int failedGets, int failedPuts, double seconds) {

	void apply(Figures figures) {
		figures.expect(figures.failedGets() <= this.failedGets, "at most %d gets fail".formatted(this.failedGets))
			.expect(figures.failedPuts() <= this.failedPuts, "at most %d puts fail".formatted(this.failedPuts))
			.expect(figures.told().isEmpty(), "no error is told to a watch or lease listener");
		if (!Budget.isShort()) {
			applySpeed(figures);
		}
	}

	/**
	 * What depends on the machine having nothing else to do.
	 */
	private void applySpeed(Figures figures) {
		figures.expect(figures.share() >= this.share, "at least %.2f of the calls at rest".formatted(this.share))
			.expect(figures.slowestSeconds() <= this.seconds,
					"no call takes longer than %.1f s".formatted(this.seconds))
			.expect(figures.watchDelaySeconds() <= this.seconds,
					"no watch is later than %.1f s".formatted(this.seconds));
	}

}
