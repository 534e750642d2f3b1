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

package io.github.etcdrelation.documentation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Replaces what differs from run to run in output that the documentation shows.
 */
final class ExampleValues {

	/**
	 * Not every version of etcd reports it.
	 */
	private static final String QUOTA = "databaseQuota";

	private static final Map<String, Object> BY_KEY = Map.ofEntries(Map.entry("memberId", "8e9e05c52164694d"),
			Map.entry("raftTerm", 2), Map.entry("databaseSize", 24576), Map.entry("databaseSizeInUse", 16384),
			Map.entry("roundTripMillis", 0.8), Map.entry("lastHeardMillisAgo", 12),
			Map.entry("lastHeard", "2026-11-27T09:00:00.412Z"), Map.entry("validFrom", "2026-11-26T09:00:00Z"),
			Map.entry("validTo", "2027-11-27T09:00:00Z"), Map.entry("certificateExpiry", "2027-11-27T09:00:00Z"),
			Map.entry("refreshes", 1), Map.entry("etcd.connected", "2026-11-27T09:00:00.100Z"),
			Map.entry("etcd.available", "2026-11-27T09:00:00.100Z"),
			Map.entry("etcd.tls.available", "2026-11-27T09:00:00.100Z"), Map.entry("time", "2026-11-27T09:00:00.100Z"));

	private static final String FINGERPRINT = "0f".repeat(32);

	private ExampleValues() {
	}

	static Object replace(Object value, Map<String, String> texts) {
		return replace("", value, texts);
	}

	private static Object replace(String key, Object value, Map<String, String> texts) {
		if (value instanceof Map<?, ?> map) {
			Map<String, Object> replaced = new LinkedHashMap<>();
			map.forEach((name, content) -> {
				if (!QUOTA.equals(name)) {
					replaced.put(texts.getOrDefault(name, (String) name), replace((String) name, content, texts));
				}
			});
			return replaced;
		}
		if (value instanceof List<?> list) {
			return list.stream().map((element) -> replace(key, element, texts)).toList();
		}
		if (BY_KEY.containsKey(key)) {
			return (value != null) ? BY_KEY.get(key) : "null";
		}
		if (value instanceof String text) {
			if (text.matches("[0-9a-f]{64}")) {
				return FINGERPRINT;
			}
			if (text.startsWith("CN=Test CA ")) {
				return "CN=etcd-ca";
			}
			return text.matches("[0-9a-f]{8,16}") ? "8e9e05c52164694d" : texts.getOrDefault(text, text);
		}
		return value;
	}

}
