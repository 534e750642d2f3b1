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

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EtcdVersion}.
 */
class EtcdVersionTests {

	@ParameterizedTest
	@ValueSource(strings = { "3.4.25", "3.4.38", "3.5.8", "3.5.33", "3.6.0", "3.6.0-rc.1", "3.7.3", "3.10.0", "4.0.0",
			"3.5.21+git" })
	void progressOfThisVersionIsReliable(String version) {
		assertThat(EtcdVersion.hasReliableProgress(version)).isTrue();
	}

	@ParameterizedTest
	@NullAndEmptySource
	@ValueSource(strings = { "3.4.24", "3.4.0", "3.5.7", "3.5.0", "3.3.27", "3.0.0", "2.3.8", "3.5", "v3.6.0", "3.6",
			"99999.1.1", "unknown" })
	void progressOfOtherVersionIsNotReliable(String version) {
		assertThat(EtcdVersion.hasReliableProgress(version)).isFalse();
	}

}
