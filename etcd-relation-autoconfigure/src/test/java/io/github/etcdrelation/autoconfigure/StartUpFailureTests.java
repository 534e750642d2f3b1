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

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationView;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests what an application that cannot start tells: the property, the remedy and no
 * secret.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartUpFailureTests {

	private static final String GARBAGE = "TUlJRXZRSUJBREFOQmdrcWhraUc5dzBCQVFFRkFBU0NCS2N3Z2dTakFnRUFBb0lCQVFD";

	private final Map<String, Object> properties = new LinkedHashMap<>();

	private final List<Class<?>> configuration = new ArrayList<>();

	@TempDir
	private Path directory;

	private CapturedOutput output;

	@BeforeEach
	void setUp(CapturedOutput output) {
		this.output = output;
		this.configuration.add(Application.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "pem:", "data:application/x-pem-file;base64,", "vault:" })
	void whatOnlyLooksLikeALocationIsNotQuoted(String scheme) {
		connection("https://a:2379");
		credentials(TestPem.CERT, scheme + GARBAGE, TestPem.CA);
		assertFails("Property 'etcd.relation.client-key' names a location that cannot be read.",
				"Check that it exists");
		assertThat(this.output).doesNotContain(GARBAGE);
	}

	@Test
	void whenConnectionStringIsNoUrl() {
		connection("https:10.0.0.1:2379");
		assertFails(
				"Property 'etcd.relation.connection-string' has an entry 'https:10.0.0.1:2379', which is not a URL.",
				"for example https://10.0.0.1:2379");
	}

	@Test
	void whenHostIsMissing() {
		connection("https://:2379");
		assertFails("Property 'etcd.relation.connection-string' has an entry 'https://:2379', which has no host.",
				"for example https://10.0.0.1:2379");
	}

	@Test
	void whenPortIsOutOfRange() {
		connection("https://a:65536");
		assertFails("Property 'etcd.relation.connection-string' has an entry 'https://a:65536', "
				+ "whose port is not between 1 and 65535.", "for example https://10.0.0.1:2379");
	}

	@Test
	void whenPortIsNoNumber() {
		connection("https://a:etcd");
		assertFails("Property 'etcd.relation.connection-string' has an entry 'https://a:etcd', "
				+ "whose port is not a number.", "for example https://10.0.0.1:2379");
	}

	@Test
	void whenSchemeIsUnknown() {
		connection("grpc://a:2379");
		assertFails("Property 'etcd.relation.connection-string' has an entry 'grpc://a:2379', "
				+ "whose scheme is neither http nor https.", "for example https://10.0.0.1:2379");
	}

	@Test
	void whenSchemesAreMixed() {
		connection("http://a:2379,https://b:2379");
		assertFails("Property 'etcd.relation.connection-string' mixes http and https",
				"Use one scheme for all endpoints.");
	}

	@Test
	void whenConnectionStringHasUserInformation() {
		connection("https://root:" + GARBAGE + "@a:2379");
		assertFails("Property 'etcd.relation.connection-string' has an entry with user information.",
				"Set client.user and client.password instead.");
	}

	@Test
	void whenCertificateHasNoKey() {
		connection("https://a:2379");
		set("client-cert", TestPem.CERT);
		set("client-ca", TestPem.CA);
		assertFails("Property 'etcd.relation.client-key' is missing, but client-cert is given.",
				"Give both, or neither");
	}

	@Test
	void whenKeyHasNoCertificate() {
		connection("https://a:2379");
		set("client-key", TestPem.KEY);
		set("client-ca", TestPem.CA);
		assertFails("Property 'etcd.relation.client-cert' is missing, but client-key is given.",
				"Give both, or neither");
	}

	@Test
	void whenHttpsHasNoTlsMaterial() {
		connection("https://a:2379");
		assertFails("Property 'etcd.relation.client-ca' is missing, but the connection string has https endpoints.",
				"Give client-cert, client-key and client-ca, or client-ca alone");
	}

	@Test
	void whenHttpsHasNoAuthority() {
		connection("https://a:2379");
		set("client-cert", TestPem.CERT);
		set("client-key", TestPem.KEY);
		assertFails("Property 'etcd.relation.client-ca' is missing",
				"Give the certificate authority of the etcd servers.");
	}

	@Test
	void whenKeyDoesNotBelongToCertificate() {
		connection("https://a:2379");
		credentials(TestPem.RSA_CERT, TestPem.KEY, TestPem.CA);
		assertFails("Property 'etcd.relation.client-key' does not belong to the certificate in client-cert.",
				"Give the certificate and the key that were issued together.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "client-cert", "client-key", "client-ca" })
	void whenValueIsNoPem(String item) {
		connection("https://a:2379");
		credentials(TestPem.CERT, TestPem.KEY, TestPem.CA);
		set(item, GARBAGE);
		assertFails("Property 'etcd.relation." + item + "' is neither PEM text nor a location.",
				"Give PEM text, or a location that begins with file:, classpath: or base64:");
	}

	@Test
	void whenKeyLostItsFirstLine() {
		connection("https://a:2379");
		credentials(TestPem.CERT, TestPem.KEY.substring(TestPem.KEY.indexOf('\n') + 1), TestPem.CA);
		assertFails("Property 'etcd.relation.client-key' has an END in line %d without a BEGIN before it."
			.formatted(TestPem.KEY.lines().count() - 1), "Give the text from its -----BEGIN on.");
	}

	@Test
	void whenKeyLostItsLastLine() {
		connection("https://a:2379");
		credentials(TestPem.CERT, TestPem.KEY.substring(0, TestPem.KEY.indexOf("-----END")), TestPem.CA);
		assertFails("Property 'etcd.relation.client-key' cannot be read: block 1 (PRIVATE KEY, line 1) has no END.",
				"Give it whole, up to its -----END PRIVATE KEY-----.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "client-cert", "client-ca" })
	void whenCertificateIsGarbage(String item) {
		connection("https://a:2379");
		credentials(TestPem.CERT, TestPem.KEY, TestPem.CA);
		set(item, "-----BEGIN CERTIFICATE-----\n" + GARBAGE + "\n-----END CERTIFICATE-----\n");
		assertFails("Property 'etcd.relation." + item
				+ "' cannot be read: block 1 (CERTIFICATE, line 1) does not hold what its label says: its content is no DER.",
				"Copy it anew, with all its lines.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY" })
	void whenKeyIsGarbage(String type) {
		connection("https://a:2379");
		credentials(TestPem.CERT, "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(type, GARBAGE, type),
				TestPem.CA);
		assertFails(
				"Property 'etcd.relation.client-key' cannot be read: block 1 (%s, line 1) does not hold what its label says: "
					.formatted(type) + "its content is no DER.",
				"Copy it anew, with all its lines.");
	}

	@Test
	void whenKeyIsNotBase64() {
		connection("https://a:2379");
		credentials(TestPem.CERT, "-----BEGIN PRIVATE KEY-----\n" + GARBAGE + "!!%%\n-----END PRIVATE KEY-----\n",
				TestPem.CA);
		assertFails(
				"Property 'etcd.relation.client-key' cannot be read: block 1 (PRIVATE KEY, line 1) has a character that is "
						+ "not base64 in line 2: a punctuation mark.",
				"Copy it anew, with all its lines.");
	}

	@Test
	void whenCertificateAndKeyAreSwapped() {
		connection("https://a:2379");
		credentials(TestPem.KEY, TestPem.CERT, TestPem.CA);
		assertFails("Property 'etcd.relation.client-cert' holds a private key, but no certificate.",
				"Swap client-cert and client-key.");
	}

	@Test
	void whenKeyIsCertificate() {
		connection("https://a:2379");
		credentials(TestPem.CERT, TestPem.CERT, TestPem.CA);
		assertFails("Property 'etcd.relation.client-key' holds a certificate, but no private key.",
				"Give the private key of the certificate as PEM");
	}

	@Test
	void whenPkcs8KeyIsEncrypted() {
		connection("https://a:2379");
		credentials(TestPem.CERT, TestPem.encryptedPkcs8Key("s3cr3t"), TestPem.CA);
		assertFails("Property 'etcd.relation.client-key' is encrypted and there is no password for it.",
				"Set client-key-password, or decrypt it");
	}

	@Test
	void whenPasswordOfKeyIsWrong() {
		connection("https://a:2379");
		credentials(TestPem.CERT, TestPem.encryptedPkcs8Key("s3cr3t"), TestPem.CA);
		set("client-key-password", "not the s3cr3t");
		assertFails("Property 'etcd.relation.client-key' is encrypted, and client-key-password does not decrypt it.",
				"Give the password that the key was encrypted with.");
	}

	@Test
	void whenPkcs1KeyIsEncrypted() {
		connection("https://a:2379");
		credentials(TestPem.RSA_CERT, TestPem.encryptedPkcs1Key(), TestPem.CA);
		assertFails(
				"Property 'etcd.relation.client-key' cannot be read: block 1 (RSA PRIVATE KEY, line 1) is encrypted in "
						+ "OpenSSL's legacy format (Proc-Type: 4,ENCRYPTED), which is not supported.",
				"Convert it with openssl pkcs8 -topk8");
	}

	@Test
	void whenFileDoesNotExist() {
		connection("https://a:2379");
		String location = "file:" + this.directory.resolve("missing.pem");
		credentials(TestPem.CERT, location, TestPem.CA);
		assertFails("Property 'etcd.relation.client-key' names a location '" + location + "' that cannot be read",
				"Check that it exists and that the application may read it.");
	}

	@Test
	void whenFileIsDirectory() {
		connection("https://a:2379");
		String location = "file:" + this.directory;
		credentials(TestPem.CERT, TestPem.KEY, location);
		assertFails("Property 'etcd.relation.client-ca' names a location '" + location + "' that is a directory.",
				"Name the file in it.");
	}

	@Test
	void whenFileMayNotBeRead() throws IOException {
		Path file = Files.writeString(this.directory.resolve("key.pem"), TestPem.KEY);
		assumeThat(file.toFile().setReadable(false)).isTrue();
		assumeThat(Files.isReadable(file)).as("readable all the same, as for root").isFalse();
		connection("https://a:2379");
		credentials(TestPem.CERT, "file:" + file, TestPem.CA);
		assertFails("Property 'etcd.relation.client-key' names a location 'file:" + file + "' that cannot be read",
				"Check that it exists and that the application may read it.");
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenReadingFileFails() {
		connection("https://a:2379");
		// Nothing is mapped at the beginning of the memory
		credentials(TestPem.CERT, "file:/proc/self/mem", TestPem.CA);
		assertFails("Property 'etcd.relation.client-key' names a location 'file:/proc/self/mem' that cannot be read",
				"Check that it exists and that the application may read it.");
	}

	@Test
	void whenFileHoldsNoPem() throws IOException {
		Path file = Files.writeString(this.directory.resolve("key.pem"), GARBAGE);
		connection("https://a:2379");
		credentials(TestPem.CERT, "file:" + file, TestPem.CA);
		assertFails("Property 'etcd.relation.client-key' names a location 'file:" + file + "' that holds no PEM.",
				"Give PEM text");
	}

	@Test
	void whenFileIsKeyStore() throws Exception {
		KeyStore store = KeyStore.getInstance("PKCS12");
		store.load(null, null);
		Path file = this.directory.resolve("client.p12");
		try (OutputStream stream = Files.newOutputStream(file)) {
			store.store(stream, "secret".toCharArray());
		}
		connection("https://a:2379");
		credentials(TestPem.CERT, "file:" + file, TestPem.CA);
		assertFails("Property 'etcd.relation.client-key' names a location 'file:" + file
				+ "' that holds no PEM, but a PKCS#12 key store.", "Convert it with openssl pkcs12");
	}

	@Test
	void whenValueIsEncodedOnceMore() {
		connection("https://a:2379");
		credentials(TestPem.CERT, TestPem.KEY, TestPem.base64Location(TestPem.CA).substring("base64:".length()));
		assertFails("Property 'etcd.relation.client-ca' is neither PEM text nor a location, "
				+ "but PEM text that is base64-encoded once more.", "a property may begin with base64:");
	}

	@Test
	void whenClassPathResourceDoesNotExist() {
		connection("https://a:2379");
		credentials(TestPem.CERT, TestPem.KEY, "classpath:missing.pem");
		assertFails("Property 'etcd.relation.client-ca' names a location 'classpath:missing.pem' that cannot be read",
				"Check that it exists and that the application may read it.");
	}

	@Test
	void whenBase64LocationIsGarbage() {
		connection("https://a:2379");
		credentials(TestPem.CERT, "base64:" + GARBAGE + "!", TestPem.CA);
		assertFails("Property 'etcd.relation.client-key' names a location that cannot be read.",
				"Check that it exists");
	}

	@Test
	void whenBase64LocationHoldsNoPem() {
		connection("https://a:2379");
		credentials(TestPem.CERT, "base64:" + GARBAGE, TestPem.CA);
		assertFails("Property 'etcd.relation.client-key' names a location that holds no PEM.", "Give PEM text");
	}

	@ParameterizedTest
	@ValueSource(strings = { "client-cert", "client-key", "client-ca" })
	void whenBundleIsGivenTogetherWithPem(String item) {
		connection("https://a:2379");
		set(item, GARBAGE);
		set("ssl.bundle", "test");
		bundle(TestPem.CERT, TestPem.KEY, TestPem.CA);
		assertFails("etcd.relation.ssl.bundle", "mutually exclusive", "'etcd.relation." + item + "'",
				"Give either an SSL bundle, or client-cert, client-key and client-ca.");
	}

	@Test
	void whenBundleIsUnknown() {
		connection("https://a:2379");
		set("ssl.bundle", "unknown");
		assertFails("Property 'etcd.relation.ssl.bundle' names an SSL bundle 'unknown' that does not exist.",
				"Define it below spring.ssl.bundle, or correct the name.");
	}

	@Test
	void whenThereAreNoBundles() {
		this.configuration.set(0, ApplicationWithoutSsl.class);
		connection("https://a:2379");
		set("ssl.bundle", "test");
		assertFails("Property 'etcd.relation.ssl.bundle' is set, but there are no SSL bundles.",
				"Define the bundle below spring.ssl.bundle.");
	}

	@Test
	void whenBundleHasNoTrustStore() {
		connection("https://a:2379");
		set("ssl.bundle", "test");
		this.properties.put("spring.ssl.bundle.pem.test.keystore.certificate", TestPem.CERT);
		this.properties.put("spring.ssl.bundle.pem.test.keystore.private-key", TestPem.KEY);
		assertFails("Property 'etcd.relation.ssl.bundle' has no trust store.",
				"Give it the certificate authority of the etcd servers.");
	}

	@Test
	void whenBundleHasUnreadableKey() {
		connection("https://a:2379");
		set("ssl.bundle", "test");
		bundle(TestPem.CERT, "-----BEGIN PRIVATE KEY-----\n" + GARBAGE + "\n-----END PRIVATE KEY-----\n", TestPem.CA);
		assertFails("Property 'etcd.relation.ssl.bundle' names an SSL bundle 'test' that cannot be read",
				"Correct its certificates, keys and passwords below spring.ssl.bundle.");
	}

	@Test
	void whenBundleHasEncryptedKeyWithoutPassword() {
		connection("https://a:2379");
		set("ssl.bundle", "test");
		bundle(TestPem.CERT, TestPem.encryptedPkcs8Key("s3cr3t"), TestPem.CA);
		assertFails("Property 'etcd.relation.ssl.bundle' names an SSL bundle 'test' that cannot be read",
				"Correct its certificates, keys and passwords below spring.ssl.bundle.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "keystore.private-key", "keystore.certificate", "truststore.certificate" })
	void whenBundleHasNoPem(String item) {
		connection("https://a:2379");
		set("ssl.bundle", "test");
		bundle(TestPem.CERT, TestPem.KEY, TestPem.CA);
		this.properties.put("spring.ssl.bundle.pem.test." + item, GARBAGE);
		assertFails("Property 'etcd.relation.ssl.bundle' names an SSL bundle 'test' that cannot be read",
				"Correct its certificates, keys and passwords below spring.ssl.bundle.");
	}

	@Test
	void whenBundleIsGivenForHttp() {
		connection("http://a:2379");
		set("ssl.bundle", "test");
		bundle(TestPem.CERT, TestPem.KEY, TestPem.CA);
		assertFails("Property 'etcd.relation.connection-string' has http endpoints, but the relation has TLS",
				"Use https endpoints, or set allow-plain-text to true.");
	}

	@Test
	void whenTwoFurtherRelationsHaveTheSameName() {
		this.properties.put("etcd.relations.blue.connection-string", "http://a:2379");
		this.properties.put("etcd.relations.red.connection-string", "http://b:2379");
		this.properties.put("etcd.relations.red.name", "blue");
		assertFails("Relations etcd.relations.blue and etcd.relations.red have the same name 'blue'.",
				"set 'etcd.relations.blue.name' or 'etcd.relations.red.name'");
	}

	@Test
	void whenTwoFurtherRelationsAreGivenTheSameName() {
		this.properties.put("etcd.relations.blue.name", "same");
		this.properties.put("etcd.relations.red.name", " same ");
		assertFails("Relations etcd.relations.blue and etcd.relations.red have the same name 'same'.",
				"set 'etcd.relations.blue.name' or 'etcd.relations.red.name'");
	}

	@Test
	void whenFurtherRelationHasDefaultName() {
		connection("http://a:2379");
		this.properties.put("etcd.relations.etcd.connection-string", "http://b:2379");
		assertFails("Relations etcd.relation and etcd.relations.etcd have the same name 'etcd'.",
				"set 'etcd.relation.name' or 'etcd.relations.etcd.name'");
	}

	@Test
	void whenDefaultRelationIsGivenNameOfFurtherRelation() {
		connection("http://a:2379");
		set("name", "blue");
		this.properties.put("etcd.relations.blue.connection-string", "http://b:2379");
		assertFails("Relations etcd.relation and etcd.relations.blue have the same name 'blue'.",
				"set 'etcd.relation.name' or 'etcd.relations.blue.name'");
	}

	@Test
	void whenFurtherRelationIsGivenDefaultName() {
		connection("http://a:2379");
		this.properties.put("etcd.relations.blue.name", "etcd");
		assertFails("Relations etcd.relation and etcd.relations.blue have the same name 'etcd'.",
				"set 'etcd.relation.name' or 'etcd.relations.blue.name'");
	}

	@Test
	void whenTwoSourcesNameTheSameRelation() {
		this.configuration.add(TwoSources.class);
		assertThat(failure()).hasStackTraceContaining(
				"There are two beans of type RelationSource for relation 'etcd': keep one of them");
	}

	@Test
	void whenParentOfFileToSaveToIsFile() throws IOException {
		Path file = Files.writeString(this.directory.resolve("file"), "x");
		connection("https://a:2379");
		credentials(TestPem.CERT, TestPem.KEY, TestPem.CA);
		save(file.resolve("key"), this.directory.resolve("cert"), this.directory.resolve("ca"));
		assertFails("Property 'etcd.relation.save.*' ", "Cannot save the key", file + " is a file, not a directory",
				"Give writable files that are not in each other's way.");
		assertThat(this.directory.resolve("cert")).doesNotExist();
	}

	@Test
	void whenFileToSaveToIsDirectory() {
		connection("https://a:2379");
		credentials(TestPem.CERT, TestPem.KEY, TestPem.CA);
		save(this.directory.resolve("key"), this.directory.resolve("cert"), this.directory);
		assertFails("Property 'etcd.relation.save.*' ", "Cannot save the certificate authority",
				this.directory + " is a directory", "Give writable files that are not in each other's way.");
	}

	@Test
	void whenFilesToSaveToAreTheSame() {
		connection("https://a:2379");
		credentials(TestPem.CERT, TestPem.KEY, TestPem.CA);
		Path file = this.directory.resolve("all.pem");
		save(file, file, file);
		assertFails("Property 'etcd.relation.save.*' ", file.toString(),
				"Give writable files that are not in each other's way.");
		assertThat(file).doesNotExist();
	}

	@ParameterizedTest
	@ValueSource(strings = { "key", "cert", "ca" })
	void whenOnlyOneFileToSaveToIsGiven(String given) {
		connection("https://a:2379");
		credentials(TestPem.CERT, TestPem.KEY, TestPem.CA);
		set("save." + given, this.directory.resolve(given).toString());
		assertFails("Property 'etcd.relation.save." + (given.equals("key") ? "cert" : "key") + "' is missing",
				"Give all three of save.*, or none.");
	}

	@Test
	void whenOneFileToSaveToIsMissing() {
		connection("https://a:2379");
		set("save.key", "key");
		set("save.cert", "cert");
		assertFails("Property 'etcd.relation.save.ca' is missing", "Give all three of save.*, or none.");
	}

	@Test
	void whenPlainTextIsNotAllowed() {
		connection("http://a:2379");
		set("allow-plain-text", "false");
		assertFails("Property 'etcd.relation.connection-string' has http endpoints, but plain text is not allowed.",
				"Use https endpoints, or set allow-plain-text to true.");
	}

	@Test
	void whenHttpHasTlsCredentials() {
		connection("http://a:2379");
		credentials(TestPem.CERT, TestPem.KEY, TestPem.CA);
		assertFails(
				"Property 'etcd.relation.connection-string' has http endpoints, "
						+ "but the relation has TLS credentials",
				"Use https endpoints, or set allow-plain-text to true.");
	}

	@Test
	void whenFurtherRelationIsInvalidNamesItsPrefix() {
		connection("http://a:2379");
		this.properties.put("etcd.relations.blue.connection-string", "https://b:2379");
		this.properties.put("etcd.relations.blue.client-cert", TestPem.CERT);
		this.properties.put("etcd.relations.blue.client-key", GARBAGE);
		this.properties.put("etcd.relations.blue.client-ca", TestPem.CA);
		assertFails("Property 'etcd.relations.blue.client-key' is neither PEM text nor a location.", "Give PEM text");
	}

	@Test
	void whenFurtherRelationHasAnotherNameNamesItsPrefix() {
		this.properties.put("etcd.relations.blue.name", "azure");
		this.properties.put("etcd.relations.blue.connection-string", "https://b:x");
		assertFails("Property 'etcd.relations.blue.connection-string' has an entry 'https://b:x'",
				"for example https://10.0.0.1:2379");
	}

	@Test
	void whenSecondOfTwoFurtherRelationsIsInvalidNamesItsPrefix() {
		this.properties.put("etcd.relations.blue.connection-string", "http://a:2379");
		this.properties.put("etcd.relations.red.connection-string", "https://b:2379");
		assertFails("Property 'etcd.relations.red.client-ca' is missing", "Give client-cert, client-key and client-ca");
	}

	@Test
	void whenDurationIsInvalid() {
		connection("http://a:2379");
		set("client.request-timeout", "soon");
		assertFails("etcd.relation.client.request-timeout", "soon");
	}

	@Test
	void whenMessageSizeIsTooLarge() {
		connection("http://a:2379");
		set("client.max-inbound-message-size", "3GB");
		assertFails("Property 'etcd.relation.client.max-inbound-message-size' is not between 1 and 2147483647 bytes.",
				"Correct the property.");
	}

	@Test
	void whenNoCallMayBeInFlight() {
		connection("http://a:2379");
		set("client.max-calls-in-flight", "0");
		assertFails("Property 'etcd.relation.client.max-calls-in-flight' is not 1 or more.", "Correct the property.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "request-timeout", "keep-alive-time", "keep-alive-timeout", "connect-timeout" })
	void whenDurationIsZero(String item) {
		connection("http://a:2379");
		set("client." + item, "0s");
		assertFails("Property 'etcd.relation.client." + item + "' is not between 1 ms and 24 days.",
				"Correct the property.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "request-timeout", "available-timeout", "drain-timeout", "keep-alive-time",
			"keep-alive-timeout", "connect-timeout" })
	void whenDurationIsNegative(String item) {
		connection("http://a:2379");
		set("client." + item, "-1s");
		assertFails("Property 'etcd.relation.client." + item + "' is not between ", "Correct the property.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "request-timeout", "available-timeout", "drain-timeout", "keep-alive-time",
			"keep-alive-timeout", "connect-timeout" })
	void whenDurationIsTooLong(String item) {
		this.properties.put("etcd.relations.blue.connection-string", "http://a:2379");
		this.properties.put("etcd.relations.blue.client." + item, "365d");
		assertFails("Property 'etcd.relations.blue.client." + item + "' is not between ", "Correct the property.");
	}

	@Test
	void whenClientIsAskedForWithoutRelation() {
		this.configuration.add(AsksForClient.class);
		assertFails("A bean of type 'io.etcd.jetcd.Client' is required, but no relation to etcd is configured.",
				"set 'etcd.relation.connection-string'", "'etcd.relation.enabled'", "ObjectProvider<Client>");
	}

	@Test
	void whenRelationIsAskedForWithoutRelation() {
		this.configuration.add(AsksForRelation.class);
		assertFails("A bean of type 'io.github.etcdrelation.EtcdRelation' is required, but no relation to etcd is "
				+ "configured.", "set 'etcd.relation.connection-string'", "ObjectProvider<EtcdRelation>");
	}

	@Test
	void whenClientIsAskedForAndStarterIsDisabled() {
		this.configuration.add(AsksForClient.class);
		connection("http://a:2379");
		set("enabled", "false");
		assertFails("A bean of type 'io.etcd.jetcd.Client' is required", "make sure that 'etcd.relation.enabled'");
	}

	@Test
	void whenOtherBeanIsMissingIsLeftToOtherAnalyzers() {
		this.configuration.add(AsksForString.class);
		assertThat(failure()).isNotNull();
		assertThat(this.output).contains("required a bean of type 'java.lang.StringBuilder'")
			.doesNotContain("relation to etcd");
	}

	private void connection(String connectionString) {
		set("connection-string", connectionString);
	}

	private void credentials(String cert, String key, String ca) {
		set("client-cert", cert);
		set("client-key", key);
		set("client-ca", ca);
	}

	private void save(Path key, Path cert, Path ca) {
		set("save.key", key.toString());
		set("save.cert", cert.toString());
		set("save.ca", ca.toString());
	}

	private void bundle(String cert, String key, String ca) {
		this.properties.put("spring.ssl.bundle.pem.test.keystore.certificate", cert);
		this.properties.put("spring.ssl.bundle.pem.test.keystore.private-key", key);
		this.properties.put("spring.ssl.bundle.pem.test.truststore.certificate", ca);
	}

	private void set(String key, String value) {
		this.properties.put("etcd.relation." + key, value);
	}

	private void assertFails(String... told) {
		Throwable failure = failure();
		assertThat(failure).as("failure").isNotNull();
		assertThat(this.output).contains("APPLICATION FAILED TO START").contains(told);
		StringWriter stackTrace = new StringWriter();
		failure.printStackTrace(new PrintWriter(stackTrace));
		assertThat(secrets()).noneMatch(this.output.getAll()::contains).noneMatch(stackTrace.toString()::contains);
	}

	/**
	 * Each line of each PEM body, and the user information of URLs.
	 */
	private List<String> secrets() {
		List<String> secrets = new ArrayList<>(List.of(GARBAGE));
		this.properties.values()
			.stream()
			.flatMap((value) -> value.toString().lines())
			.filter((line) -> line.length() > 20 && line.matches("[A-Za-z0-9+/=]+"))
			.forEach(secrets::add);
		return secrets;
	}

	private Throwable failure() {
		SpringApplication application = new SpringApplication(this.configuration.toArray(Class<?>[]::new));
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setRegisterShutdownHook(false);
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(new MapPropertySource("test", this.properties));
		application.setEnvironment(environment);
		try (ConfigurableApplicationContext context = application.run()) {
			return null;
		}
		catch (RuntimeException ex) {
			return ex;
		}
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ SslAutoConfiguration.class, EtcdRelationAutoConfiguration.class })
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(EtcdRelationAutoConfiguration.class)
	static class ApplicationWithoutSsl {

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoSources {

		@Bean
		RelationSource first() {
			return source();
		}

		@Bean
		RelationSource second() {
			return source();
		}

		private static RelationSource source() {
			return new RelationSource() {

				@Override
				public String getRelationName() {
					return "etcd";
				}

				@Override
				public RelationView read() {
					return RelationView.empty();
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AsksForClient {

		AsksForClient(Client client) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AsksForRelation {

		AsksForRelation(EtcdRelation relation) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AsksForString {

		AsksForString(StringBuilder builder) {
		}

	}

}
