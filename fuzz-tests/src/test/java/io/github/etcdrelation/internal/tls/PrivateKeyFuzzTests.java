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

import java.util.Arrays;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.fuzz.Hostile;

/**
 * Input: the number of a label and a private key in DER, encrypted or not.
 */
class PrivateKeyFuzzTests {

	private static final PemLabel[] LABELS = { PemLabel.PRIVATE_KEY, PemLabel.ENCRYPTED_PRIVATE_KEY,
			PemLabel.RSA_PRIVATE_KEY, PemLabel.EC_PRIVATE_KEY, PemLabel.ANY_PRIVATE_KEY };

	@FuzzTest
	void read(byte[] input) {
		if (input.length == 0) {
			return;
		}
		PemLabel label = LABELS[Math.floorMod(input[0] - '0', LABELS.length)];
		String text = PemBlock.format(label, Arrays.copyOfRange(input, 1, input.length));
		String[] lines = text.lines()
			.filter((line) -> line.length() > 20 && !line.startsWith("-"))
			.toArray(String[]::new);
		Hostile.accepts(() -> PemPrivateKey.read(PemReader.read("client-key", text).get(0), PemSamples.PASSWORD),
				lines);
		Hostile.accepts(() -> PemPrivateKey.read(PemReader.read("client-key", text).get(0), null), lines);
		Hostile.accepts(() -> PemSslBundles
			.create(new ClientCredentials(PemSamples.CERTIFICATE, text, PemSamples.AUTHORITY), Hostile.SECRET)
			.getStores()
			.getKeyStore(), lines);
	}

}
