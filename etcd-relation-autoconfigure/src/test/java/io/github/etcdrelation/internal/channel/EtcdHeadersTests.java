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

import io.grpc.Metadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EtcdHeaders}.
 */
class EtcdHeadersTests {

	private static final Metadata.Key<String> OTHER = Metadata.Key.of("other", Metadata.ASCII_STRING_MARSHALLER);

	private final Metadata given = new Metadata();

	@Test
	void memberHasToHaveLeaderWhereThatIsAskedFor() {
		assertThat(EtcdHeaders.of(null, true, null).getAll(EtcdHeaders.HAS_LEADER)).containsExactly("true");
		assertThat(EtcdHeaders.of(null, false, null).keys()).isEmpty();
	}

	@Test
	void headersOfTheCallStay() {
		this.given.put(OTHER, "value");
		assertThat(EtcdHeaders.of(this.given, true, "token").getAll(OTHER)).containsExactly("value");
	}

	@Test
	void headersOfTheCallAreNotAddedTo() {
		EtcdHeaders.of(this.given, true, "token").put(OTHER, "value");
		assertThat(this.given.keys()).isEmpty();
	}

	@Test
	void tokenTakesThePlaceOfThatOfTheCall() {
		this.given.put(EtcdHeaders.TOKEN, "former");
		assertThat(EtcdHeaders.of(this.given, false, "token").getAll(EtcdHeaders.TOKEN)).containsExactly("token");
	}

	@ParameterizedTest
	@NullAndEmptySource
	void withoutTokenThatOfTheCallStays(String token) {
		this.given.put(EtcdHeaders.TOKEN, "own");
		assertThat(EtcdHeaders.of(this.given, false, token).getAll(EtcdHeaders.TOKEN)).containsExactly("own");
		assertThat(EtcdHeaders.of(null, false, token).keys()).isEmpty();
	}

}
