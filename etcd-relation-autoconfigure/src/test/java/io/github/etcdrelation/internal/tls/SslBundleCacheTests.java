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

package io.github.etcdrelation.internal.tls;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.autoconfigure.TestPem;
import org.junit.jupiter.api.Test;

import org.springframework.boot.ssl.SslBundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SslBundleCache}.
 */
class SslBundleCacheTests {

	private final SslBundleCache cache = new SslBundleCache(null);

	@Test
	void createsBundleOnceForTheSameCredentials() {
		SslBundle bundle = this.cache.get(new ClientCredentials(TestPem.CERT, TestPem.KEY, TestPem.CA));
		assertThat(this.cache.get(new ClientCredentials(TestPem.CERT, TestPem.KEY, TestPem.CA))).isSameAs(bundle);
	}

	@Test
	void createsAnotherBundleForOtherCredentials() {
		SslBundle bundle = this.cache.get(new ClientCredentials(TestPem.CERT, TestPem.KEY, TestPem.CA));
		assertThat(this.cache.get(new ClientCredentials(null, null, TestPem.CA))).isNotSameAs(bundle);
	}

	@Test
	void createsAnotherBundleForAnotherPassword() {
		SslBundleCache cache = new SslBundleCache("s3cr3t-wrong");
		ClientCredentials credentials = new ClientCredentials(PemFixtures.chain(PemFixtures.EC),
				PemFixtures.encrypted(PemFixtures.EC), PemFixtures.ROOT_PEM);
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(() -> cache.get(credentials));
		assertThat(cache.setKeyPassword(PemFixtures.PASSWORD)).isTrue();
		SslBundle bundle = cache.get(credentials);
		assertThat(cache.get(credentials)).isSameAs(bundle);
		assertThat(cache.setKeyPassword(PemFixtures.PASSWORD)).isFalse();
		assertThat(cache.setKeyPassword("s3cr3t-wrong")).isTrue();
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(() -> cache.get(credentials));
	}

	@Test
	void credentialsThatAreRefusedReplaceNoBundle() {
		ClientCredentials credentials = new ClientCredentials(TestPem.CERT, TestPem.KEY, TestPem.CA);
		SslBundle bundle = this.cache.get(credentials);
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(() -> this.cache.get(new ClientCredentials(TestPem.CERT, "truncated", TestPem.CA)));
		assertThat(this.cache.get(credentials)).isSameAs(bundle);
	}

}
