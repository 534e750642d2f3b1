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

package io.github.etcdrelation;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ClientCredentials}.
 */
class ClientCredentialsTests {

	@Test
	void isCompleteWhenAllPartsArePresent() {
		assertThat(new ClientCredentials("cert", "key", "ca").isComplete()).isTrue();
	}

	@Test
	void isNotCompleteWhenAnyPartIsAbsent() {
		assertThat(new ClientCredentials(null, "key", "ca").isComplete()).isFalse();
		assertThat(new ClientCredentials("cert", null, "ca").isComplete()).isFalse();
		assertThat(new ClientCredentials("cert", "key", null).isComplete()).isFalse();
	}

	@Test
	void toStringShowsNoContent() {
		assertThat(new ClientCredentials("SECRET-1", "SECRET-2", "SECRET-3"))
			.hasToString("ClientCredentials[clientCert=present, clientKey=present, clientCa=present]");
	}

	@Test
	void toStringTellsWhatIsAbsent() {
		assertThat(new ClientCredentials("SECRET-1", null, null))
			.hasToString("ClientCredentials[clientCert=present, clientKey=absent, clientCa=absent]");
	}

}
