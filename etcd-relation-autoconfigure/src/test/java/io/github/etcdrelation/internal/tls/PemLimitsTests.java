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

import java.util.Base64;

import io.github.etcdrelation.InvalidRelationDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for what is too much for {@link PemReader} and {@link PemPrivateKey}.
 */
class PemLimitsTests {

	// PBES2 with 2147483647 iterations of PBKDF2, and AES-256-CBC
	private static final String KEY = "MIHuMFkGCSqGSIb3DQEFDTBMMCsGCSqGSIb3DQEFDDAeBAgxMjM0NTY3OAIEf////zAMBggqhkiG9w0C"
			+ "CQUAMB0GCWCGSAFlAwQBKgQQAAAAAAAAAAAAAAAAAAAAAASBkAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
			+ "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
			+ "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" + "AA==";

	@Test
	void longTextIsRefused() {
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(() -> PemReader.read("client-ca", "-----BEGIN CERTIFICATE-----" + "A".repeat(100_000_000)))
			.withMessageStartingWith("client-ca is longer than 4194304 characters");
	}

	@Test
	void manyBlocksAreRefused() {
		String block = PemBlock.format(PemLabel.CERTIFICATE, new byte[] { 0x30, 0 });
		assertThat(PemReader.read("client-ca", block.repeat(2000))).hasSize(2000);
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(() -> PemReader.read("client-ca", block.repeat(2001)))
			.withMessageStartingWith("client-ca has more than 2000 blocks");
	}

	@Test
	@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void keyWhoseDecryptionWouldTakeMinutesIsRefused() {
		byte[] key = Base64.getDecoder().decode(KEY);
		String text = PemBlock.format(PemLabel.ENCRYPTED_PRIVATE_KEY, key);
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(() -> PemPrivateKey.read(PemReader.read("client-key", text).get(0), "password"))
			.withMessageContaining("is encrypted with more than 5000000 iterations");
	}

}
