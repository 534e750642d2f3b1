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

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The figures of all rounds, by subject and work.
 */
final class Series {

	private final Map<String, List<Figures>> figures = new LinkedHashMap<>();

	void add(String subject, String work, Figures figures) {
		this.figures.computeIfAbsent(subject + "/" + work, (key) -> new ArrayList<>()).add(figures);
	}

	Statistics get(String subject, String work, String figure) {
		return Statistics.of(all(subject, work).stream().map((figures) -> figures.get(figure)).toList());
	}

	/**
	 * Return the ratio of two subjects, each time of what was measured beside each other.
	 */
	Statistics ratio(String subject, String other, String work, String figure) {
		List<Figures> measured = all(subject, work);
		List<Figures> beside = all(other, work);
		return Statistics.of(IntStream.range(0, Math.min(measured.size(), beside.size()))
			.mapToObj((i) -> measured.get(i).get(figure) / beside.get(i).get(figure))
			.toList());
	}

	private List<Figures> all(String subject, String work) {
		return this.figures.getOrDefault(subject + "/" + work, List.of());
	}

}
