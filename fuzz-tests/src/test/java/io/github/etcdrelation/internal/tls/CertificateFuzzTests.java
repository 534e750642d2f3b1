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

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.fuzz.Hostile;

/**
 * Input: certificates in DER, one after the other.
 */
class CertificateFuzzTests {

	@FuzzTest
	void read(byte[] input) {
		List<byte[]> contents = split(input);
		StringBuilder pem = new StringBuilder();
		contents.forEach((content) -> pem.append(PemBlock.format(PemLabel.CERTIFICATE, content)));
		String text = pem.toString();
		Hostile.accepts(() -> {
			List<X509Certificate> certificates = PemCertificates.read(PemReader.read("client-cert", text));
			CertificateChain.of(certificates);
			for (X509Certificate certificate : certificates) {
				CertificateInfo.of(certificate).describeInvalid("it", java.time.Instant.EPOCH);
				CommonName.of(certificate);
			}
		});
		Hostile
			.accepts(() -> PemSslBundles.create(new ClientCredentials(null, null, text)).getStores().getTrustStore());
		Hostile.accepts(() -> OwnCertificate.of(text, null, null).toChain());
		Hostile
			.accepts(() -> PemSslBundles.create(new ClientCredentials(text, PemSamples.KEY, PemSamples.AUTHORITY), null)
				.getStores()
				.getKeyStore());
		CommonName.ofFirst(text);
	}

	private static List<byte[]> split(byte[] input) {
		List<byte[]> contents = new ArrayList<>();
		int at = 0;
		while (at < input.length && contents.size() < 10) {
			DerElement element = DerElement.of(Arrays.copyOfRange(input, at, input.length));
			int end = (element != null) ? (int) Math.min(input.length, at + Math.max(element.end(), 1)) : input.length;
			contents.add(Arrays.copyOfRange(input, at, end));
			at = end;
		}
		return contents;
	}

}
