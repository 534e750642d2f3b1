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

package io.github.etcdrelation.internal.provider;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import io.github.etcdrelation.internal.databag.DatabagJson;
import io.github.etcdrelation.internal.databag.EtcdClientDatabag;

/**
 * Reads the answers that are in the databag of the own application.
 */
final class PublishedAnswers {

	/**
	 * Key of the answer that is flat in the databag.
	 */
	static final String FLAT = "";

	private PublishedAnswers() {
	}

	/**
	 * Read the answers.
	 * @param databag the databag
	 * @return answers by the id of their request
	 */
	static Map<String, Map<String, String>> read(Map<String, String> databag) {
		if (!isVersion1(databag)) {
			return Map.of(FLAT, databag);
		}
		Map<String, Map<String, String>> answers = new LinkedHashMap<>();
		DatabagJson.readObjects(databag.getOrDefault(EtcdClientDatabag.REQUESTS, "[]"))
			.orElse(Collections.emptyList())
			.forEach((answer) -> answers.put(answer.getOrDefault(EtcdClientDatabag.REQUEST_ID, FLAT), answer));
		return answers;
	}

	static boolean isVersion1(Map<String, String> databag) {
		return EtcdClientDatabag.V1.equals(databag.get(EtcdClientDatabag.VERSION));
	}

}
