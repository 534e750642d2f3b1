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

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Puts together the texts of failures that differ in figures only.
 */
public final class Texts {

	private static final int LIMIT = 240;

	private Texts() {
	}

	public static String of(Throwable failure) {
		return String.valueOf((failure.getCause() != null) ? failure.getCause() : failure);
	}

	public static String normalize(String text) {
		String normal = text.replaceAll("\\s+", " ")
			.replaceAll(" trailers: Metadata\\(.*", "")
			.replaceAll("^watch \\d+", "watch")
			.replaceAll("([0-9.]{7,}|localhost):\\d+", "HOST")
			.replaceAll("\\d+(\\.\\d+)?( ?(ns|ms|s)\\b|(?= seconds))", "N$2");
		return (normal.length() > LIMIT) ? normal.substring(0, LIMIT) + "..." : normal;
	}

	/**
	 * Return how often each text is there.
	 */
	public static List<String> count(Collection<String> texts) {
		Map<String, Integer> counts = new TreeMap<>();
		texts.forEach((text) -> counts.merge(normalize(text), 1, Integer::sum));
		return counts.entrySet().stream().map((entry) -> entry.getValue() + " x " + entry.getKey()).toList();
	}

}
