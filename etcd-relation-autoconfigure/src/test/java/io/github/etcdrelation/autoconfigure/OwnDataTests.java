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

package io.github.etcdrelation.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.tls.ExposedFiles;
import io.github.etcdrelation.internal.tls.SslBundleCache;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests how an own certificate and its key are read while their files are renewed.
 */
class OwnDataTests {

	@TempDir
	private Path directory;

	private final AtomicLong now = new AtomicLong();

	private final SslBundleCache sslBundles = new SslBundleCache(null);

	private final EtcdRelationProperties properties = new EtcdRelationProperties();

	private Path cert;

	private Path key;

	private OwnData ownData;

	@BeforeEach
	void setUp() throws Exception {
		this.cert = Files.writeString(this.directory.resolve("tls.crt"), EtcdClientPem.CERT);
		this.key = Files.writeString(this.directory.resolve("tls.key"), EtcdClientPem.KEY);
		this.properties.setClientCert(this.cert.toUri().toString());
		this.properties.setClientKey(this.key.toUri().toString());
		this.ownData = new OwnData(() -> OwnData.of(this.properties),
				new OwnPair(new PropertyDatabag(new ExposedFiles()),
						(pair) -> OwnSide.isMatching(pair, this.sslBundles), this.now::get),
				null, () -> null);
	}

	@Test
	void pairThatIsRenewedFileByFileIsNotMixed() throws Exception {
		assertOwnData(EtcdClientPem.CERT, EtcdClientPem.KEY);
		Files.writeString(this.cert, EtcdClientPem.RENEWED_CERT);
		assertOwnData(EtcdClientPem.CERT, EtcdClientPem.KEY);
		later(900);
		assertOwnData(EtcdClientPem.CERT, EtcdClientPem.KEY);
		Files.writeString(this.key, EtcdClientPem.RENEWED_KEY);
		assertOwnData(EtcdClientPem.RENEWED_CERT, EtcdClientPem.RENEWED_KEY);
	}

	@Test
	void pairThatDoesNotMatchInTheEndIsPassedOn() throws Exception {
		assertOwnData(EtcdClientPem.CERT, EtcdClientPem.KEY);
		Files.writeString(this.cert, EtcdClientPem.RENEWED_CERT);
		assertOwnData(EtcdClientPem.CERT, EtcdClientPem.KEY);
		later(1000);
		assertOwnData(EtcdClientPem.RENEWED_CERT, EtcdClientPem.KEY);
		Files.writeString(this.key, EtcdClientPem.RENEWED_KEY);
		assertOwnData(EtcdClientPem.RENEWED_CERT, EtcdClientPem.RENEWED_KEY);
		// The next renewal is waited for again
		Files.writeString(this.key, EtcdClientPem.KEY);
		assertOwnData(EtcdClientPem.RENEWED_CERT, EtcdClientPem.RENEWED_KEY);
	}

	@Test
	void fileThatIsAwayForMomentIsKept() throws Exception {
		assertOwnData(EtcdClientPem.CERT, EtcdClientPem.KEY);
		Files.delete(this.key);
		assertOwnData(EtcdClientPem.CERT, EtcdClientPem.KEY);
		later(1000);
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(this.ownData::get)
			.withMessageContaining("client-key names a location");
		Files.writeString(this.key, EtcdClientPem.KEY);
		assertOwnData(EtcdClientPem.CERT, EtcdClientPem.KEY);
	}

	@Test
	void otherLocationsAreUsedAtOnce() {
		assertOwnData(EtcdClientPem.CERT, EtcdClientPem.KEY);
		EtcdRelationProperties latest = new EtcdRelationProperties();
		latest.setClientCert(EtcdClientPem.RENEWED_CERT);
		latest.setClientKey(this.properties.getClientKey());
		assertThat(this.ownData.update(() -> OwnData.of(latest))).isTrue();
		assertThat(this.ownData.update(() -> OwnData.of(latest))).isFalse();
		assertOwnData(EtcdClientPem.RENEWED_CERT, EtcdClientPem.KEY);
	}

	@Test
	void nothingIsReadToSeeWhetherAnythingIsGiven() {
		OwnPair unread = new OwnPair(null, null, null);
		assertThat(new OwnData(() -> OwnData.of(this.properties), unread, null, () -> null).isGiven()).isTrue();
		assertThat(new OwnData(() -> OwnData.of(new EtcdRelationProperties()), unread, null, () -> null).isGiven())
			.isFalse();
	}

	private void later(long milliseconds) {
		this.now.addAndGet(Duration.ofMillis(milliseconds).toNanos());
	}

	private void assertOwnData(String expectedCert, String expectedKey) {
		assertThat(this.ownData.get()).isEqualTo(Map.of("client_cert", expectedCert, "client_key", expectedKey));
	}

}
