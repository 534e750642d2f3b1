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

/**
 * What is to be reached, beside what was measured.
 *
 * @param what what is compared
 * @param measured the measured value
 * @param limit the largest value that is good enough
 * @param unit the unit, empty for a ratio
 */
record Bar(String what, double measured, double limit, String unit) {

	boolean isMet() {
		return this.measured <= this.limit;
	}

	String format() {
		String suffix = this.unit.isEmpty() ? "" : " " + this.unit;
		return "| %s | %s%s | at most %s%s | %s |".formatted(this.what, Statistics.format(this.measured), suffix,
				Statistics.format(this.limit), suffix,
				Double.isFinite(this.measured) ? (isMet() ? "met" : "**not met**") : "not measured");
	}

}
