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

package io.github.etcdrelation.internal.channel;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.etcdrelation.fuzz.Hostile;

/**
 * Input: a connection string.
 */
class ConnectionStringFuzzTests {

	@FuzzTest
	void parse(byte[] input) {
		String text = Hostile.text(input);
		for (boolean secure : new boolean[] { false, true }) {
			Hostile.accepts(() -> {
				Endpoints endpoints = Endpoints.parse(text, secure);
				Hostile.require(Endpoints.parse(endpoints.toString(), secure).equals(endpoints),
						"What was parsed is not parsed to the same");
				endpoints.getMembers().forEach(Endpoint::isLiteral);
			});
		}
		Hostile.accepts(() -> Endpoints.parse(Hostile.withSecret(text)));
		Hostile.accepts(() -> Endpoints.parse(text + "://root:" + Hostile.SECRET + "@" + text));
		Hostile.accepts(() -> Endpoints.parse("https://root:" + Hostile.SECRET.substring(0, 12) + "@" + text),
				Hostile.SECRET.substring(0, 12));
	}

}
