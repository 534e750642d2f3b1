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

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

import org.springframework.util.Assert;

/**
 * Named numbers that a measured process reports in one line of text.
 */
record Figures(Map<String, Double> values) {

	static Figures of(Object... namesAndValues) {
		Map<String, Double> values = new LinkedHashMap<>();
		for (int i = 0; i < namesAndValues.length; i += 2) {
			values.put((String) namesAndValues[i], ((Number) namesAndValues[i + 1]).doubleValue());
		}
		return new Figures(values);
	}

	static Figures parse(String text) {
		return new Figures(Arrays.stream(text.split(" "))
			.map((figure) -> figure.split("=", 2))
			.collect(Collectors.toMap((pair) -> pair[0], (pair) -> Double.valueOf(pair[1]), (first, second) -> second,
					LinkedHashMap::new)));
	}

	double get(String name) {
		Double value = this.values.get(name);
		Assert.state(value != null, () -> "No figure '%s' among %s".formatted(name, this.values.keySet()));
		return value;
	}

	String format() {
		return this.values.entrySet()
			.stream()
			.map((figure) -> figure.getKey() + "=" + figure.getValue())
			.collect(Collectors.joining(" "));
	}

}
