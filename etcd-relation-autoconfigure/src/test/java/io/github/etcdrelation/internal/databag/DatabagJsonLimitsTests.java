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

package io.github.etcdrelation.internal.databag;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what is too much for {@link DatabagJson}.
 */
class DatabagJsonLimitsTests {

	@ParameterizedTest
	@ValueSource(strings = { "[", "{\"a\":" })
	void deepValueIsRefused(String opening) {
		String text = "{\"a\":" + opening.repeat(100_000);
		assertThat(DatabagJson.readObject(text)).isEmpty();
		assertThat(DatabagJson.readKeys(text)).isEmpty();
		assertThat(DatabagJson.readDatabag(text)).isEmpty();
		assertThat(DatabagJson.readObjects(opening.repeat(100_000))).isEmpty();
	}

	@Test
	void moreKeysThanAnyDatabagHasAreRefused() {
		String all = IntStream.range(0, 150_000).mapToObj((i) -> "\"" + i + "\":\"\"").collect(Collectors.joining(","));
		String some = IntStream.range(0, 50_000).mapToObj((i) -> "\"" + i + "\":\"\"").collect(Collectors.joining(","));
		assertThat(DatabagJson.readDatabag("{" + all + "}")).isEmpty();
		assertThat(DatabagJson.readObject("{" + all + "}")).isEmpty();
		assertThat(DatabagJson.readKeys("{" + all + "}")).isEmpty();
		assertThat(DatabagJson.readDatabag("{" + some + "}")).isPresent();
	}

	@Test
	void longNumbersAreRefused() {
		assertThat(DatabagJson.readObject("{\"a\":" + "9".repeat(100_000) + "}")).isEmpty();
	}

}
