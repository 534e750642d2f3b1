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

package io.github.etcdrelation.internal.state;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.KeyUsage;
import io.netty.pkitesting.X509Bundle;
import net.minidev.json.JSONValue;

/**
 * PEM texts that scenarios name instead of containing them, so that they never expire:
 * <code>${own-1.crt}</code> and <code>${own-1.key}</code>, the renewed
 * <code>${own-2.crt}</code> and <code>${own-2.key}</code>, a certificate with a long
 * chain <code>${long.crt}</code>, and the authorities <code>${ca-1}</code>,
 * <code>${ca-2}</code>.
 */
final class ScenarioCertificates {

	private static final Pattern NAME = Pattern.compile("\\$\\{([a-z0-9.-]+)}");

	private static final Map<String, String> TEXTS = create();

	private ScenarioCertificates() {
	}

	/**
	 * Replace the names in a JSON text.
	 */
	static String resolve(String json) {
		return NAME.matcher(json).replaceAll((match) -> {
			String text = TEXTS.get(match.group(1));
			return Matcher.quoteReplacement((text != null) ? JSONValue.escape(text) : match.group());
		});
	}

	private static Map<String, String> create() {
		try {
			Map<String, String> texts = new HashMap<>();
			X509Bundle own = authority("Scenario CA of clients").buildSelfSigned();
			put(texts, "own-1", leaf("client").buildIssuedBy(own));
			put(texts, "own-2", leaf("client").buildIssuedBy(own));
			X509Bundle issuer = own;
			for (int i = 1; i <= 8; i++) {
				issuer = authority("Scenario intermediate " + i).buildIssuedBy(issuer);
			}
			put(texts, "long", leaf("client").buildIssuedBy(issuer));
			for (String name : new String[] { "ca-1", "ca-2" }) {
				texts.put(name, authority("Scenario " + name).buildSelfSigned().getCertificatePEM());
			}
			texts.replaceAll((name, text) -> text.replace("\r\n", "\n"));
			texts.put("ca-1.crlf", texts.get("ca-1").replace("\n", "\r\n"));
			return texts;
		}
		catch (Exception ex) {
			throw new IllegalStateException("Certificates of scenarios cannot be created", ex);
		}
	}

	private static void put(Map<String, String> texts, String name, X509Bundle bundle) {
		texts.put(name + ".crt", bundle.getCertificatePathPEM());
		texts.put(name + ".key", bundle.getPrivateKeyPEM());
	}

	private static CertificateBuilder authority(String commonName) {
		return builder(commonName).setIsCertificateAuthority(true)
			.setKeyUsage(true, KeyUsage.keyCertSign, KeyUsage.cRLSign);
	}

	private static CertificateBuilder leaf(String commonName) {
		return builder(commonName).setKeyUsage(true, KeyUsage.digitalSignature)
			.addExtendedKeyUsageClientAuth()
			// Charmed etcd refuses a certificate without basic constraints
			.addExtensionOctetString("2.5.29.19", true, new byte[] { 0x30, 0 });
	}

	private static CertificateBuilder builder(String commonName) {
		Instant now = Instant.now();
		return new CertificateBuilder().subject("CN=" + commonName)
			.notBefore(now.minus(Duration.ofDays(1)))
			.notAfter(now.plus(Duration.ofDays(365)))
			.ecp256();
	}

}
