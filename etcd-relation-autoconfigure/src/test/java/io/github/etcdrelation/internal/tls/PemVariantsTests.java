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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.InvalidRelationDataException;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import org.bouncycastle.openssl.PKCS8Generator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.ssl.SslBundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests for {@link PemSslBundles} with PEM text in the forms that it has in use.
 */
class PemVariantsTests {

	private static final String EC_CHAIN = PemFixtures.chain(PemFixtures.EC);

	private static final String EC_KEY = PemFixtures.pkcs8(PemFixtures.EC);

	private static final String RSA_CERT = PemFixtures.chain(PemFixtures.RSA);

	private static final String RSA_KEY = PemFixtures.block("RSA PRIVATE KEY",
			PemFixtures.traditional(PemFixtures.RSA));

	private static final String CA = PemFixtures.ROOT_PEM;

	private static final String LEAF = PemFixtures.pem(PemFixtures.EC.getCertificate());

	private static final String LOWER = PemFixtures.pem(PemFixtures.LOWER.getCertificate());

	private static final String UPPER = PemFixtures.pem(PemFixtures.UPPER.getCertificate());

	private static final byte[] UNKNOWN_ALGORITHM = { 0x30, 0x0B, 2, 1, 0, 0x30, 3, 6, 1, 0x2A, 4, 1, 0 };

	private static final Map<String, UnaryOperator<String>> TRANSPORTS = transports();

	private static Map<String, UnaryOperator<String>> transports() {
		Map<String, UnaryOperator<String>> transports = new LinkedHashMap<>();
		transports.put("as it is", (pem) -> pem);
		transports.put("escaped line ends", (pem) -> pem.replace("\n", "\\n"));
		transports.put("escaped Windows line ends", (pem) -> pem.replace("\n", "\\r\\n"));
		transports.put("line ends escaped twice", (pem) -> pem.replace("\n", "\\\\n"));
		transports.put("escaped line ends before line ends", (pem) -> pem.replace("\n", "\\n\n"));
		transports.put("Windows line ends", (pem) -> pem.replace("\n", "\r\n"));
		transports.put("carriage returns", (pem) -> pem.replace('\n', '\r'));
		transports.put("blanks for line ends", (pem) -> pem.replace('\n', ' '));
		transports.put("no line ends", (pem) -> pem.replace("\n", ""));
		transports.put("no line ends and no blanks", (pem) -> pem.replaceAll("\\s", ""));
		transports.put("line ends for blanks", (pem) -> pem.replace(' ', '\n'));
		transports.put("no line ends between blocks", (pem) -> pem.replace("-----\n-----", "----------"));
		transports.put("no line end at the end", String::strip);
		transports.put("empty lines", (pem) -> pem.replace("\n", "\n\n"));
		transports.put("tabs before lines", (pem) -> pem.replaceAll("(?m)^", "\t"));
		transports.put("blanks before lines", (pem) -> pem.replaceAll("(?m)^", "        "));
		transports.put("blanks after lines", (pem) -> pem.replaceAll("(?m)$", "  "));
		transports.put("non-breaking blanks", (pem) -> pem.replaceAll("(?m)^", "\u00A0"));
		transports.put("byte order mark", (pem) -> "\uFEFF" + pem);
		transports.put("quotes", (pem) -> '"' + pem + '"');
		transports.put("single quotes", (pem) -> "'" + pem + "'");
		transports.put("JSON string", (pem) -> '"' + pem.replace("/", "\\/").replace("\n", "\\n") + '"');
		transports.put("JSON string with escaped characters",
				(pem) -> '"' + pem.replace("+", "\\u002B").replace("=", "\\u003d").replace("\n", "\\n") + '"');
		transports.put("JSON object", (pem) -> "{\"value\": \"" + pem.replace("\n", "\\n") + "\", \"other\": \"END\"}");
		transports.put("continued lines", (pem) -> pem.replace("\n", "\\\n"));
		transports.put("long lines", (pem) -> lines(pem, 200));
		transports.put("short lines", (pem) -> lines(pem, 7));
		transports.put("lines of 76", (pem) -> lines(pem, 76));
		transports.put("text around",
				(pem) -> "Certificate:\n    Data: Version: 3 (0x2)\n" + pem + "that was it -- end\n");
		transports.put("bag attributes", (pem) -> pem.replace("-----BEGIN",
				"Bag Attributes\n    localKeyID: 01 02\nsubject=CN = a\nissuer=CN = b\nKey Attributes: <No>\n-----BEGIN"));
		transports.put("the word ENCRYPTED around", (pem) -> "# was ENCRYPTED, Proc-Type: 4,ENCRYPTED\n" + pem);
		transports.put("headers in blocks",
				(pem) -> pem.replaceAll("(BEGIN .*-----)\n", "$1\nComment: one\nX-More: two\n\n"));
		transports.put("no hyphens at the end", (pem) -> pem.strip().replaceAll("-----$", ""));
		transports.put("padding lost", (pem) -> pem.replace("=", ""));
		transports.put("twice", (pem) -> pem + pem);
		return transports;
	}

	private static String lines(String pem, int length) {
		StringBuilder lines = new StringBuilder();
		pem.lines().reduce("", (body, line) -> {
			if (!line.startsWith("-----")) {
				return body + line;
			}
			lines.append(body.replaceAll("(.{" + length + "})", "$1\n")).append('\n').append(line).append('\n');
			return "";
		});
		return lines.toString();
	}

	static Stream<Arguments> transported() {
		return TRANSPORTS.keySet()
			.stream()
			.flatMap((transport) -> Stream.of(Arguments.of(transport, "EC"), Arguments.of(transport, "RSA")));
	}

	@ParameterizedTest(name = "{0}, {1}")
	@MethodSource("transported")
	void transportDoesNotMatter(String transport, String algorithm) throws Exception {
		UnaryOperator<String> operator = TRANSPORTS.get(transport);
		boolean rsa = algorithm.equals("RSA");
		String authorities = operator.apply(CA + PemFixtures.FOREIGN_PEM);
		SslBundle bundle = create(operator.apply(rsa ? RSA_CERT : EC_CHAIN), operator.apply(rsa ? RSA_KEY : EC_KEY),
				authorities);
		X509Bundle client = rsa ? PemFixtures.RSA : PemFixtures.EC;
		assertThat(chain(bundle)).isEqualTo(PemFixtures.path(client));
		assertThat(key(bundle)).isEqualTo(client.getKeyPair().getPrivate());
		assertThat(authorities(bundle)).containsExactlyInAnyOrder(PemFixtures.ROOT.getCertificate(),
				PemFixtures.FOREIGN.getCertificate());
		assertThat(CredentialFormat.of(authorities)).isEqualTo(CredentialFormat.PEM);
	}

	static Stream<Arguments> keys() {
		List<Arguments> keys = new ArrayList<>();
		X509Bundle ec = PemFixtures.EC;
		X509Bundle rsa = PemFixtures.RSA;
		keys.add(key("RSA as PKCS#8", rsa, PemFixtures.pkcs8(rsa)));
		keys.add(key("RSA as PKCS#8, label of PKCS#1", rsa, relabel(PemFixtures.pkcs8(rsa), "RSA PRIVATE KEY")));
		keys.add(key("RSA as PKCS#1, label of PKCS#8", rsa, relabel(RSA_KEY, "PRIVATE KEY")));
		keys.add(key("RSA encrypted", rsa, PemFixtures.encrypted(rsa)));
		keys.add(key("RSA encrypted on one line", rsa, PemFixtures.encrypted(rsa).replace('\n', ' ')));
		keys.add(key("EC encrypted with AES-128", ec, PemFixtures.encrypted(ec, PKCS8Generator.AES_128_CBC)));
		keys.add(key("EC encrypted with Triple DES", ec, PemFixtures.encrypted(ec, PKCS8Generator.PBE_SHA1_3DES)));
		keys.add(key("EC encrypted, label of another key", ec, relabel(PemFixtures.encrypted(ec), "PRIVATE KEY")));
		keys.add(key("EC not encrypted", ec, EC_KEY));
		keys.add(key("EC after its parameters", ec, PemFixtures.parameters() + sec1(ec, 256, true)));
		keys.add(key("EC after its parameters on one line", ec,
				(PemFixtures.parameters() + sec1(ec, 256, true)).replace('\n', ' ')));
		keys.add(key("EC without a curve", ec, PemFixtures.parameters() + sec1(ec, 256, false)));
		keys.add(key("EC as SEC1, label of PKCS#8", ec, relabel(sec1(ec, 256, true), "PRIVATE KEY")));
		keys.add(key("EC with its public key", ec, PemFixtures.publicKey(ec) + EC_KEY));
		keys.add(key("EC with a request", ec, PemFixtures.request(ec) + EC_KEY));
		keys.add(key("EC with DH parameters", ec, PemFixtures.block("DH PARAMETERS", new byte[] { 0x30, 0 }) + EC_KEY));
		keys.add(key("EC beside a key of OpenSSH", ec,
				PemFixtures.block("OPENSSH PRIVATE KEY", new byte[200]) + EC_KEY));
		keys.add(key("EC beside another key", ec, PemFixtures.pkcs8(PemFixtures.FOREIGN) + EC_KEY));
		X509Bundle p384 = PemFixtures.client(Algorithm.ecp384, PemFixtures.ROOT);
		keys.add(key("P-384 as PKCS#8", p384, PemFixtures.pkcs8(p384)));
		keys.add(key("P-384 as SEC1", p384, sec1(p384, 384, true)));
		keys.add(key("P-384 without a curve", p384, sec1(p384, 384, false)));
		X509Bundle p521 = PemFixtures.p521();
		keys.add(key("P-521 as PKCS#8", p521, PemFixtures.pkcs8(p521)));
		keys.add(key("P-521 as SEC1", p521, sec1(p521, 521, true)));
		keys.add(key("P-521 without a curve", p521, sec1(p521, 521, false)));
		X509Bundle ed25519 = PemFixtures.client(Algorithm.ed25519, PemFixtures.ROOT);
		keys.add(key("Ed25519", ed25519, PemFixtures.pkcs8(ed25519)));
		keys.add(key("Ed25519 encrypted", ed25519, PemFixtures.encrypted(ed25519)));
		X509Bundle ed448 = PemFixtures.client(Algorithm.ed448, PemFixtures.ROOT);
		keys.add(key("Ed448", ed448, PemFixtures.pkcs8(ed448)));
		return keys.stream();
	}

	private static Arguments key(String name, X509Bundle client, String key) {
		return Arguments.of(name, client, key);
	}

	private static String sec1(X509Bundle client, int bits, boolean named) {
		return PemFixtures.block("EC PRIVATE KEY", PemFixtures.sec1(client, bits, named));
	}

	private static String relabel(String pem, String label) {
		return pem.replaceAll("(BEGIN|END) [A-Z ]+", "$1 " + label);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("keys")
	void keyIsRead(String name, X509Bundle client, String key) throws Exception {
		SslBundle bundle = PemSslBundles.create(new ClientCredentials(PemFixtures.chain(client), key, CA),
				PemFixtures.PASSWORD);
		assertThat(chain(bundle)).isEqualTo(PemFixtures.path(client));
		assertThat(secret(key(bundle))).isEqualTo(secret(client.getKeyPair().getPrivate()));
	}

	@Test
	void keyForPssIsRead() throws Exception {
		KeyPair keyPair = PemFixtures.pssKeyPair();
		X509Certificate certificate = PemFixtures.pssCertificate(keyPair);
		SslBundle bundle = create(PemFixtures.pem(certificate), PemFixtures.pkcs8(keyPair.getPrivate()), CA);
		assertThat(chain(bundle)).containsExactly(certificate);
		assertThat(key(bundle)).isEqualTo(keyPair.getPrivate());
	}

	static Stream<Arguments> arrangements() {
		String root = CA;
		String foreign = PemFixtures.FOREIGN_PEM;
		X509Certificate[] path = PemFixtures.EC.getCertificatePath();
		List<X509Certificate> chain = List.of(path);
		List<X509Certificate> withRoot = List.of(PemFixtures.EC.getCertificatePathWithRoot());
		List<X509Certificate> leaf = List.of(path[0]);
		List<Arguments> arrangements = new ArrayList<>();
		arrangements.add(Arguments.of("leaf alone", LEAF, EC_KEY, leaf));
		arrangements.add(Arguments.of("with its root", EC_CHAIN + root, EC_KEY, withRoot));
		arrangements.add(Arguments.of("root first", root + UPPER + LOWER + LEAF, EC_KEY, withRoot));
		arrangements.add(Arguments.of("leaf last", UPPER + LOWER + LEAF, EC_KEY, chain));
		arrangements.add(Arguments.of("mixed", LOWER + root + LEAF + UPPER, EC_KEY, withRoot));
		arrangements.add(Arguments.of("one missing in between", LEAF + UPPER, EC_KEY, leaf));
		arrangements.add(Arguments.of("duplicates", LEAF + LEAF + LOWER + UPPER + LOWER, EC_KEY, chain));
		arrangements.add(Arguments.of("a foreign certificate", foreign + EC_CHAIN, EC_KEY, chain));
		arrangements.add(Arguments.of("key in the certificate's text too", EC_KEY + EC_CHAIN, EC_KEY, chain));
		arrangements.add(Arguments.of("key after the certificates", EC_CHAIN + EC_KEY, null, chain));
		arrangements.add(Arguments.of("key before the certificates", EC_KEY + EC_CHAIN, null, chain));
		arrangements.add(Arguments.of("key between the certificates", LEAF + EC_KEY + LOWER + UPPER, null, chain));
		arrangements.add(Arguments.of("both in both", EC_CHAIN + EC_KEY, EC_CHAIN + EC_KEY, chain));
		arrangements.add(Arguments.of("both in the key's text", null, EC_KEY + EC_CHAIN, chain));
		arrangements.add(Arguments.of("certificates in both texts", LEAF, EC_KEY + LOWER + UPPER, chain));
		arrangements.add(Arguments.of("only authorities beside the key", UPPER + LOWER, EC_KEY + LEAF, chain));
		arrangements.add(Arguments.of("request first", PemFixtures.request(PemFixtures.EC) + LEAF, EC_KEY, leaf));
		arrangements.add(Arguments.of("public key first", PemFixtures.publicKey(PemFixtures.EC) + LEAF, EC_KEY, leaf));
		arrangements.add(Arguments.of("revocation list beside it",
				LEAF + PemFixtures.block("X509 CRL", new byte[] { 0x30, 0 }), EC_KEY, leaf));
		arrangements.add(Arguments.of("label of OpenSSL 0.9", relabel(LEAF, "X509 CERTIFICATE"), EC_KEY, leaf));
		arrangements.add(Arguments.of("trusted certificate", relabel(LEAF, "TRUSTED CERTIFICATE"), EC_KEY, leaf));
		byte[] trusted = concat(PemFixtures.call(path[0]::getEncoded), new byte[] { 0x30, 2, 5, 0 });
		arrangements.add(Arguments.of("trusted certificate with its uses",
				PemFixtures.block("TRUSTED CERTIFICATE", trusted), EC_KEY, leaf));
		arrangements
			.add(Arguments.of("authority as client", LOWER, PemFixtures.pkcs8(PemFixtures.LOWER), chain.subList(1, 2)));
		X509Bundle expired = PemFixtures.renewed(PemFixtures.RSA, PemFixtures.ROOT, Duration.ofDays(-1));
		X509Bundle renewed = PemFixtures.renewed(PemFixtures.RSA, PemFixtures.ROOT, Duration.ofDays(9));
		arrangements.add(Arguments.of("renewed after the expired one",
				PemFixtures.pem(expired.getCertificate(), renewed.getCertificate()), RSA_KEY,
				PemFixtures.path(renewed)));
		arrangements.add(Arguments.of("expired alone", PemFixtures.pem(expired.getCertificate()), RSA_KEY,
				PemFixtures.path(expired)));
		X509Bundle namesake = PemFixtures.authority("Lower", Algorithm.ecp256, PemFixtures.ROOT);
		arrangements.add(Arguments.of("an authority with the same name",
				LEAF + PemFixtures.pem(namesake.getCertificate()) + LOWER + UPPER, EC_KEY, chain));
		return arrangements.stream();
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("arrangements")
	void chainIsOrdered(String name, @Nullable String cert, @Nullable String key, List<X509Certificate> chain)
			throws Exception {
		SslBundle bundle = create(cert, key, CA);
		assertThat(chain(bundle)).isEqualTo(chain);
		assertThat(key(bundle)).isNotNull();
	}

	@Test
	void authorityAloneIsEnough() {
		SslBundle bundle = create(null, null, PemFixtures.request(PemFixtures.EC) + CA + EC_KEY + CA);
		assertThat(bundle.getStores().getKeyStore()).isNull();
		assertThat(authorities(bundle)).containsExactly(PemFixtures.ROOT.getCertificate());
	}

	static Stream<Arguments> refusals() {
		List<Arguments> refusals = new ArrayList<>();
		refuseTexts(refusals);
		refuseBlocks(refusals);
		refuseKeys(refusals);
		refuseCombinations(refusals);
		return refusals.stream();
	}

	private static void refuseTexts(List<Arguments> refusals) {
		String body = body(LEAF);
		refusals.add(ca("empty", " \n", "is empty"));
		refusals.add(ca("no PEM", "certificate of etcd", "is not PEM. Give PEM text"));
		refusals.add(ca("UTF-16", new String(CA.getBytes(StandardCharsets.UTF_16LE), StandardCharsets.UTF_8),
				"is not PEM, but UTF-16 text. Save it as UTF-8"));
		refusals.add(ca("DER", binary(PemFixtures.call(PemFixtures.ROOT.getCertificate()::getEncoded)),
				"is not PEM, but binary DER. Convert it with openssl x509 -inform DER"));
		refusals.add(
				ca("DER read as ISO-8859-1", new String(PemFixtures.call(PemFixtures.ROOT.getCertificate()::getEncoded),
						StandardCharsets.ISO_8859_1), "is not PEM, but binary DER"));
		refusals.add(keyText("DER of a key", binary(PemFixtures.EC.getKeyPair().getPrivate().getEncoded()),
				"is not PEM, but binary DER"));
		refusals.add(keyText("PKCS#12", binary(store("PKCS12")),
				"is not PEM, but a PKCS#12 key store. Convert it with openssl pkcs12"));
		refusals.add(keyText("PKCS#12 as base64", Base64.getEncoder().encodeToString(store("PKCS12")),
				"is not PEM, but a PKCS#12 key store"));
		refusals.add(keyText("JKS", binary(store("JKS")), "is not PEM, but a Java key store. Convert it with keytool"));
		refusals.add(keyText("JKS as base64", Base64.getMimeEncoder().encodeToString(store("JKS")),
				"is not PEM, but a Java key store"));
		refusals.add(ca("base64 alone", body, "is not PEM, but base64 text without its BEGIN and END lines"));
		refusals.add(ca("encoded once more", Base64.getEncoder().encodeToString(CA.getBytes(StandardCharsets.UTF_8)),
				"is not PEM, but PEM text that is base64-encoded once more. Decode it once"));
		refusals.add(keyText("PuTTY", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n",
				"is not PEM, but a key in the format of PuTTY"));
		refusals.add(ca("dashes of a word processor", CA.replace("-----", "\u2013\u2013\u2014"),
				"is not PEM, but PEM text without the five hyphens before BEGIN and END"));
		refusals.add(ca("four hyphens", CA.replace("-----", "----"),
				"is not PEM, but PEM text without the five hyphens before BEGIN and END"));
		refusals.add(ca("only a marker", "-----BEGIN", "block 1 has a BEGIN in line 1 without five hyphens"));
		refusals.add(ca("no hyphens after the label", CA.replaceFirst("CERTIFICATE-----", "CERTIFICATE"),
				"block 1 has a BEGIN in line 1 without five hyphens after its label"));
		refusals.add(ca("first line lost", CA.substring(CA.indexOf('\n') + 1),
				"has an END in line %d without a BEGIN before it".formatted(CA.lines().count() - 1)));
	}

	private static void refuseBlocks(List<Arguments> refusals) {
		long lines = CA.lines().count();
		String second = "block 2 (CERTIFICATE, line %d) ".formatted(lines + 1);
		refusals.add(ca("last line lost", CA.substring(0, CA.indexOf("-----END")),
				"block 1 (CERTIFICATE, line 1) has no END. Give it whole, up to its -----END CERTIFICATE-----"));
		refusals.add(ca("END lost between two", CA.replaceAll("-----END.*\n", "") + CA,
				"block 1 (CERTIFICATE, line 1) has no END"));
		refusals.add(ca("END of another label", CA.replace("END CERTIFICATE", "END EC PRIVATE KEY"),
				"block 1 (CERTIFICATE, line 1) ends with END of EC PRIVATE KEY"));
		refusals.add(ca("END of an unknown label", CA.replace("END CERTIFICATE", "END CERTIFICAT"),
				"block 1 (CERTIFICATE, line 1) ends with END of another, unknown label"));
		refusals.add(ca("unknown label", relabel(CA, "CERTIFICAT"),
				"block 1 (unknown label, line 1) is neither known as a certificate nor as a key"));
		refusals.add(ca("no content", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
				"block 1 (CERTIFICATE, line 1) is empty"));
		refusals.add(ca("second has no content", CA + "-----BEGIN CERTIFICATE-----\n\n-----END CERTIFICATE-----\n",
				second + "is empty"));
		refusals.add(ca("second lacks a line", CA + withoutLine(UPPER, 3) + UPPER, second + "lacks 48 of its "));
		refusals.add(ca("second lacks a line, escaped", (CA + withoutLine(UPPER, 3) + UPPER).replace("\n", "\\n"),
				second + "lacks 48 of its "));
		refusals.add(ca("second lacks a line, carriage returns",
				(CA + withoutLine(UPPER, 3) + UPPER).replace('\n', '\r'), second + "lacks 48 of its "));
		refusals.add(ca("second lacks a character", CA + UPPER.replaceFirst("(?m)^MII", "MI"), second));
		refusals.add(ca("one character too many", block(body(LEAF).replaceAll("[=\n]", "").substring(0, 129)),
				"block 1 (CERTIFICATE, line 1) is cut off: its base64 text has one character too few or too many"));
		refusals.add(ca("second has a line twice", CA + twiceLine(UPPER, 3),
				second + "has 48 bytes more than it should have"));
		refusals.add(ca("punctuation", CA + UPPER.replaceFirst("(?m)^MII", "MII***"),
				second + "has a character that is not base64 in line %d: a punctuation mark".formatted(lines + 2)));
		refusals.add(ca("ellipsis", CA + UPPER.replaceFirst("(?m)^MII", "MII\u2026"), second
				+ "has a character that is not base64 in line %d: a character beyond ASCII".formatted(lines + 2)));
		refusals.add(
				ca("base64url", block("MIIB_-AB"), "is not base64 in line 2: a hyphen or underscore, as in base64url"));
		refusals.add(ca("URL encoding", block("MIIB%2B"), "is not base64 in line 2: a percent sign, as in a URL"));
		refusals.add(ca("control character", block("MIIB\u0007AAA"), "is not base64 in line 2: a control character"));
		refusals.add(ca("broken bytes", block("MIIB\uFFFDAAA"), "is not base64 in line 2: a byte that is no text"));
		refusals.add(ca("unknown escape", block("MIIB\\xAAA"), "is not base64 in line 2: a punctuation mark"));
		refusals.add(ca("incomplete escape", block("MIIB\\u00"), "is not base64 in line 2: a punctuation mark"));
		refusals.add(ca("two contents in one block", block("MAMCAQE=\nMAMCAQE="),
				"block 1 (CERTIFICATE, line 1) has the end (=) of its base64 text before line 3"));
		refusals.add(ca("backslashes lost", CA.replace("\n", "n"),
				"block 1 (CERTIFICATE, line 1) has lost the backslashes of its escaped line ends. Escape line ends as \\n"));
		refusals
			.add(ca("no DER", block(Base64.getEncoder().encodeToString("some text".getBytes(StandardCharsets.UTF_8))),
					"block 1 (CERTIFICATE, line 1) does not hold what its label says: its content is no DER"));
		refusals.add(ca("PEM in PEM", block(Base64.getEncoder().encodeToString(CA.getBytes(StandardCharsets.UTF_8))),
				"block 1 (CERTIFICATE, line 1) holds PEM text that is base64-encoded once more"));
		refusals.add(ca("no X.509", CA + block("MAMCAQE="), second + "holds no X.509 certificate"));
		refusals.add(ca("a key labeled as certificate", relabel(EC_KEY, "CERTIFICATE"),
				"block 1 (CERTIFICATE, line 1) holds no X.509 certificate"));
		refusals.add(ca("third of four is broken", CA + UPPER + withoutLine(LOWER, 3) + LEAF,
				"block 3 (CERTIFICATE, line %d) lacks".formatted((CA + UPPER).lines().count() + 1)));
	}

	private static void refuseKeys(List<Arguments> refusals) {
		String encrypted = PemFixtures.encrypted(PemFixtures.EC);
		refusals.add(keyText("encrypted", encrypted,
				"is encrypted and there is no password for it. Set client-key-password"));
		refusals.add(keyText("encrypted, another label", relabel(encrypted, "PRIVATE KEY"),
				"is encrypted and there is no password for it"));
		refusals.add(refusal("wrong password", EC_CHAIN, encrypted, CA, "wrong",
				"client-key is encrypted, and client-key-password does not decrypt it"));
		refusals.add(refusal("encrypted, with an unknown algorithm", EC_CHAIN, PemFixtures.encrypted(UNKNOWN_ALGORITHM),
				CA, PemFixtures.PASSWORD, "(ENCRYPTED PRIVATE KEY, line 1) holds no readable private key"));
		refusals.add(refusal("empty password", EC_CHAIN, encrypted, CA, "",
				"client-key is encrypted and there is no password for it"));
		refusals.add(refusal("encrypted in an unknown way", EC_CHAIN, unknownEncryption(encrypted), CA,
				PemFixtures.PASSWORD, "is encrypted with an algorithm that this Java runtime does not have"));
		refusals.add(keyText("legacy encryption", PemFixtures.legacyEncrypted(PemFixtures.RSA),
				"is encrypted in OpenSSL's legacy format (Proc-Type: 4,ENCRYPTED), which is not supported. "
						+ "Convert it with openssl pkcs8 -topk8"));
		refusals.add(
				keyText("legacy encryption on one line", PemFixtures.legacyEncrypted(PemFixtures.EC).replace('\n', ' '),
						"is encrypted in OpenSSL's legacy format"));
		refusals
			.add(keyText("legacy encryption, escaped", PemFixtures.legacyEncrypted(PemFixtures.EC).replace("\n", "\\n"),
					"is encrypted in OpenSSL's legacy format"));
		refusals.add(keyText("OpenSSH", PemFixtures.block("OPENSSH PRIVATE KEY", new byte[200]),
				"block 1 (OPENSSH PRIVATE KEY, line 1) is a private key in the format of OpenSSH. "
						+ "Convert a copy of it with ssh-keygen -p -m PKCS8"));
		refusals.add(keyText("DSA", PemFixtures.block("DSA PRIVATE KEY", new byte[200]),
				"block 1 (DSA PRIVATE KEY, line 1) is a DSA key, which TLS does not use"));
		refusals.add(keyText("PGP", PemFixtures.block("PGP PRIVATE KEY BLOCK", new byte[200]), "is a PGP key"));
		refusals.add(keyText("a certificate", LEAF, "holds a certificate, but no private key"));
		refusals.add(keyText("a public key", PemFixtures.publicKey(PemFixtures.EC),
				"holds a public key, but no private key"));
		refusals.add(keyText("a request", PemFixtures.request(PemFixtures.EC),
				"holds a certificate request (CSR), but no private key"));
		refusals.add(keyText("parameters alone", PemFixtures.parameters(), "holds EC parameters, but no private key"));
		refusals.add(keyText("PKCS#12 in PEM", PemFixtures.block("PRIVATE KEY", store("PKCS12")),
				"block 1 (PRIVATE KEY, line 1) holds a PKCS#12 key store"));
		refusals.add(keyText("certificate labeled as key", relabel(LEAF, "PRIVATE KEY"),
				"block 1 (PRIVATE KEY, line 1) holds no readable private key"));
		refusals.add(keyText("second line lost", withoutLine(EC_KEY, 2), "block 1 (PRIVATE KEY, line 1) "));
		refusals.add(
				keyText("RSA cut off", withoutLine(RSA_KEY, 10), "block 1 (RSA PRIVATE KEY, line 1) lacks 48 of its "));
		refusals.add(keyText("unknown curve", PemFixtures.block("PRIVATE KEY", unknownCurve()),
				"holds no EC key that this Java runtime can read"));
		refusals.add(keyText("unknown algorithm", PemFixtures.block("PRIVATE KEY", UNKNOWN_ALGORITHM),
				"holds no readable private key"));
		refusals.add(refusal("key in client-cert is encrypted", EC_CHAIN + encrypted, null, CA, null,
				"client-cert is encrypted and there is no password for it"));
	}

	private static void refuseCombinations(List<Arguments> refusals) {
		refusals.add(refusal("nothing", null, null, null, null, "client-ca is missing, but the connection string"));
		refusals.add(refusal("no authority", EC_CHAIN, EC_KEY, null, null, "client-ca is missing: without it"));
		refusals.add(refusal("no key", EC_CHAIN, null, CA, null, "client-key is missing, but client-cert is given"));
		refusals
			.add(refusal("no certificate", null, EC_KEY, CA, null, "client-cert is missing, but client-key is given"));
		refusals.add(refusal("swapped", EC_KEY, EC_CHAIN, CA, null,
				"client-cert holds a private key, but no certificate. Swap client-cert and client-key"));
		refusals.add(refusal("key twice", EC_KEY, EC_KEY, CA, null,
				"client-cert holds a private key, but no certificate. Give the client certificate"));
		refusals.add(refusal("request as certificate", PemFixtures.request(PemFixtures.EC), EC_KEY, CA, null,
				"client-cert holds a certificate request (CSR), but no certificate. "
						+ "Give the certificate that the authority issued"));
		refusals.add(refusal("PKCS#7", PemFixtures.block("PKCS7", new byte[] { 0x30, 0 }), EC_KEY, CA, null,
				"client-cert holds a PKCS#7 container, but no certificate. Convert it with openssl pkcs7 -print_certs"));
		refusals.add(refusal("foreign key", EC_CHAIN, PemFixtures.pkcs8(PemFixtures.FOREIGN), CA, null,
				"client-key does not belong to any certificate in client-cert"));
		refusals.add(refusal("foreign key of one certificate", LEAF, RSA_KEY, CA, null,
				"client-key does not belong to the certificate in client-cert"));
		refusals.add(refusal("only authorities", LOWER + UPPER, EC_KEY, CA, null,
				"client-cert holds only certificates of authorities, and client-key does not belong to them"));
		refusals.add(refusal("broken certificate beside the key", LEAF, EC_KEY + withoutLine(UPPER, 3), CA, null,
				"client-key cannot be read: block 2 (CERTIFICATE"));
		refusals.add(ca("a key as authority", EC_KEY,
				"holds a private key, but no certificate. Give the certificate of the authority"));
		refusals.add(ca("a request as authority", PemFixtures.request(PemFixtures.EC),
				"holds a certificate request (CSR), but no certificate"));
		refusals.add(ca("a public key as authority", PemFixtures.publicKey(PemFixtures.EC),
				"holds a public key, but no certificate"));
		refusals.add(ca("a key and a request as authority", EC_KEY + PemFixtures.request(PemFixtures.EC) + EC_KEY,
				"holds a private key and a certificate request (CSR), but no certificate"));
	}

	private static Arguments ca(String name, String ca, String message) {
		return refusal("client-ca: " + name, EC_CHAIN, EC_KEY, ca, null, message);
	}

	private static Arguments keyText(String name, String key, String message) {
		return refusal("client-key: " + name, EC_CHAIN, key, CA, null, message);
	}

	private static Arguments refusal(String name, @Nullable String cert, @Nullable String key, @Nullable String ca,
			@Nullable String password, String message) {
		return Arguments.of(name, new Given(cert, key, ca), password, message);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("refusals")
	void refusalNamesWhatIsWrong(String name, Given given, @Nullable String password, String message) {
		ClientCredentials credentials = new ClientCredentials(given.cert(), given.key(), given.ca());
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(() -> PemSslBundles.create(credentials, password))
			.withMessageContaining(message)
			.withMessageStartingWith((name.startsWith("client-")) ? name.substring(0, name.indexOf(':')) : "client-")
			.withNoCause()
			.satisfies((ex) -> assertThat(ex.getRemedy()).isNotBlank())
			.satisfies((ex) -> assertThat(contents(given)).noneMatch((content) -> ex.toString().contains(content)));
	}

	private static List<String> contents(Given given) {
		List<String> contents = new ArrayList<>();
		for (String text : Arrays.asList(given.cert(), given.key(), given.ca())) {
			if (text != null) {
				// Pieces of base64, not words
				String body = text.replaceAll("(?:BEGIN|END)[A-Z ]*|[^A-Za-z0-9+/]", " ");
				for (String piece : body.split(" +")) {
					for (int i = 0; piece.length() >= 24 && i + 6 <= piece.length(); i++) {
						contents.add(piece.substring(i, i + 6));
					}
				}
			}
		}
		return contents;
	}

	@Test
	void garbageTakesLinearTime() {
		List<String> garbage = new ArrayList<>();
		int size = 1 << 20;
		for (String piece : List.of("-", "-----", "-----BEGIN ", "-----END ", "A", " ", "\\", "\\n", ":", "a:\n",
				"-----BEGIN X-----\n-----END X-----\n", "-----BEGIN CERTIFICATE-----\n", "BEGIN CERTIFICATE", "MII")) {
			garbage.add(piece.repeat(size / piece.length()));
			garbage.add("-----BEGIN CERTIFICATE-----\n" + piece.repeat(size / piece.length())
					+ "\n-----END CERTIFICATE-----\n");
		}
		assertThat(garbage).allSatisfy((text) -> {
			long start = System.nanoTime();
			assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(() -> create(null, null, text));
			// A quadratic algorithm would take minutes
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
		});
	}

	@Test
	void manyCertificatesOnOneLineAreRead() {
		String bundle = (CA + PemFixtures.FOREIGN_PEM + UPPER).repeat(500).replace('\n', ' ');
		assertThat(authorities(create(null, null, bundle))).hasSize(3);
	}

	@Test
	void textOfOpenSslIsRead() {
		String text = openssl("x509", "-text");
		assumeThat(text).as("openssl is on the path").isNotNull();
		assertThat(text).contains("Certificate:", "-----BEGIN CERTIFICATE-----");
		assertThat(authorities(create(null, null, text))).containsExactly(PemFixtures.ROOT.getCertificate());
		String trusted = openssl("x509", "-trustout", "-addtrust", "clientAuth");
		assertThat(trusted).contains("TRUSTED CERTIFICATE");
		assertThat(authorities(create(null, null, trusted))).containsExactly(PemFixtures.ROOT.getCertificate());
	}

	private static @Nullable String openssl(String... arguments) {
		List<String> command = new ArrayList<>(List.of("openssl"));
		Collections.addAll(command, arguments);
		try {
			Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
			process.getOutputStream().write(CA.getBytes(StandardCharsets.UTF_8));
			process.getOutputStream().close();
			return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			return null;
		}
	}

	@Test
	void nothingIsMissingInThisRuntime() {
		assertThat(RuntimeModules.missingForTls()).isNull();
		assertThatNoException().isThrownBy(() -> RuntimeModules.require("client-key", "EC"));
	}

	private static SslBundle create(@Nullable String cert, @Nullable String key, @Nullable String ca) {
		return PemSslBundles.create(new ClientCredentials(cert, key, ca));
	}

	private static List<X509Certificate> chain(SslBundle bundle) throws Exception {
		return Stream.of(bundle.getStores().getKeyStore().getCertificateChain("ssl"))
			.map(X509Certificate.class::cast)
			.toList();
	}

	private static PrivateKey key(SslBundle bundle) throws Exception {
		return (PrivateKey) bundle.getStores().getKeyStore().getKey("ssl", bundle.getKey().getPassword().toCharArray());
	}

	private static Object secret(PrivateKey key) {
		// The forms of EC keys differ in what they contain besides
		return (key instanceof ECPrivateKey ec) ? ec.getS() : key;
	}

	private static List<X509Certificate> authorities(SslBundle bundle) {
		KeyStore store = bundle.getStores().getTrustStore();
		return PemFixtures.call(() -> Collections.list(store.aliases())
			.stream()
			.map((alias) -> (X509Certificate) PemFixtures.call(() -> store.getCertificate(alias)))
			.toList());
	}

	private static String body(String pem) {
		return pem.replaceAll("-----.*\n", "");
	}

	private static String block(String body) {
		return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
	}

	private static String withoutLine(String pem, int number) {
		List<String> lines = new ArrayList<>(pem.lines().toList());
		lines.remove(number - 1);
		return String.join("\n", lines) + "\n";
	}

	private static String twiceLine(String pem, int number) {
		List<String> lines = new ArrayList<>(pem.lines().toList());
		lines.add(number, lines.get(number - 1));
		return String.join("\n", lines) + "\n";
	}

	private static String binary(byte[] content) {
		return new String(content, StandardCharsets.UTF_8);
	}

	private static byte[] store(String type) {
		return PemFixtures.call(() -> {
			KeyStore store = KeyStore.getInstance(type);
			store.load(null, null);
			store.setKeyEntry("key", PemFixtures.EC.getKeyPair().getPrivate(), "secret".toCharArray(),
					PemFixtures.EC.getCertificatePath());
			ByteArrayOutputStream bytes = new ByteArrayOutputStream();
			store.store(bytes, "secret".toCharArray());
			return bytes.toByteArray();
		});
	}

	private static byte[] concat(byte[] one, byte[] other) {
		byte[] both = Arrays.copyOf(one, one.length + other.length);
		System.arraycopy(other, 0, both, one.length, other.length);
		return both;
	}

	private static String unknownEncryption(String encrypted) {
		// The object identifier of PBES2, changed
		return PemFixtures.block("ENCRYPTED PRIVATE KEY",
				replace(Base64.getMimeDecoder().decode(body(encrypted)), "2a864886f70d01050d", "2a864886f70d01057f"));
	}

	private static byte[] unknownCurve() {
		return replace(PemFixtures.EC.getKeyPair().getPrivate().getEncoded(), "2a8648ce3d030107", "2a8648ce3d03017f");
	}

	private static byte[] replace(byte[] content, String old, String replacement) {
		HexFormat hex = HexFormat.of();
		return hex.parseHex(hex.formatHex(content).replace(old, replacement));
	}

	/**
	 * Credentials that do not appear in the names of tests.
	 */
	record Given(@Nullable String cert, @Nullable String key, @Nullable String ca) {

		@Override
		public String toString() {
			return "given";
		}

	}

}
