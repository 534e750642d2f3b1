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

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CredentialProof}.
 */
class CredentialProofTests {

	private final CredentialProof proof = new CredentialProof();

	@Test
	void memberThatRestartsIsAskedEachSecondHoweverOftenItRefusedBefore() {
		this.proof.propose(security());
		for (int i = 0; i < 5; i++) {
			this.proof.refused(ConnectFailure.passing("bad certificate"), true);
		}
		this.proof.hurry();
		assertThat(this.proof.isDue(System.nanoTime(), false)).isTrue();
		this.proof.refused(ConnectFailure.passing("connection refused"), false);
		assertThat(this.proof.isDue(System.nanoTime() + Duration.ofMillis(1100).toNanos(), false)).isTrue();
	}

	@Test
	void memberThatRestartsIsAskedSoonerWhileNoneServes() {
		this.proof.propose(security());
		for (int i = 0; i < 5; i++) {
			this.proof.refused(ConnectFailure.passing("connection refused"), false);
		}
		long now = System.nanoTime();
		long soon = now + Duration.ofMillis(250).toNanos();
		assertThat(this.proof.isDue(now, true)).isFalse();
		assertThat(this.proof.isDue(soon, false)).isFalse();
		assertThat(this.proof.isDue(soon, true)).isTrue();
	}

	private static TransportSecurity security() {
		Duration second = Duration.ofSeconds(1);
		return new TransportSecurity(ChannelTarget.plainText(Endpoints.parse("http://127.0.0.1:2379")),
				new ChannelSettings(second, second, second, second, second, second, 1, true, 1, "etcd.relation"));
	}

}
