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

import io.etcd.jetcd.Client;
import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.EtcdRelations;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.internal.tls.PemFixtures;
import io.netty.pkitesting.X509Bundle;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests relations of the interface {@code etcd_client} whose data, or whose certificate,
 * is given as properties.
 */
@ExtendWith(OutputCaptureExtension.class)
class EtcdClientPropertiesTests {

	private static final String URIS = "https://127.0.0.1:1,https://127.0.0.1:2";

	private static final String NO_CONSTRAINTS = "client-cert' holds a certificate (CN=client) without the extension "
			+ "BasicConstraints, which the provider of an etcd_client relation refuses";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(EtcdRelationAutoConfiguration.class, SslAutoConfiguration.class))
		// What cannot be connected to is not waited for
		.withPropertyValues("etcd.relation.client.connect-timeout=100ms", "etcd.relation.client.request-timeout=200ms");

	private final ApplicationContextRunner complete = this.runner.withPropertyValues(
			"etcd.relation.interface=etcd-client", "etcd.relation.connection-string=" + URIS,
			"etcd.relation.version=3.6.13", "etcd.relation.prefix=/my/app/",
			"etcd.relation.client-cert=" + TestPem.CERT, "etcd.relation.client-key=" + TestPem.KEY,
			"etcd.relation.client-ca=" + TestPem.CA);

	@Test
	void copiedCredentialsMakeTheRelationAvailable() {
		this.complete.run((context) -> {
			EtcdRelation relation = context.getBean(EtcdRelation.class);
			assertThat(relation.getStates()).containsExactly(RelationState.values());
			assertThat(relation.getInterface()).isEqualTo("etcd_client");
			assertThat(relation.getConnectionString()).isEqualTo(URIS);
			assertThat(relation.getVersion()).isEqualTo("3.6.13");
			assertThat(relation.getUsername()).isEqualTo("test");
			assertThat(relation.getPrefix()).isEqualTo("/my/app/");
			assertCredentials(relation, TestPem.CERT, TestPem.KEY, TestPem.CA);
			assertThat(context).hasSingleBean(Client.class);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "etcd_client", "ETCD_CLIENT", "etcdClient" })
	void interfaceIsSpelledAsInJuju(String spelling) {
		this.complete.withPropertyValues("etcd.relation.interface=" + spelling)
			.run((context) -> assertThat(context.getBean(EtcdRelation.class).getInterface()).isEqualTo("etcd_client"));
	}

	@Test
	void endpointsHaveNoScheme() {
		this.complete.withPropertyValues("etcd.relation.connection-string=10.0.0.2:2379,10.0.0.1:2379")
			.run((context) -> assertThat(context.getBean(EtcdRelation.class).getConnectionString())
				.isEqualTo("https://10.0.0.2:2379,https://10.0.0.1:2379"));
	}

	@Test
	void endpointsAndUrlsMayBeMixed() {
		this.complete
			.withPropertyValues("etcd.relation.connection-string=10.0.0.2:2379,https://10.0.0.1:2379",
					"etcd.relation.version=v1")
			.run((context) -> {
				EtcdRelation relation = context.getBean(EtcdRelation.class);
				assertThat(relation.getConnectionString()).isEqualTo("https://10.0.0.2:2379,https://10.0.0.1:2379");
				assertThat(relation.getVersion()).isNull();
			});
	}

	@Test
	void blankMeansAbsent() {
		this.complete.withPropertyValues("etcd.relation.prefix= ", "etcd.relation.version= ").run((context) -> {
			EtcdRelation relation = context.getBean(EtcdRelation.class);
			assertThat(relation.getPrefix()).isNull();
			assertThat(relation.getVersion()).isNull();
			assertThat(relation.isTlsAvailable()).isTrue();
		});
		this.complete.withPropertyValues("etcd.relation.interface=")
			.run((context) -> assertThat(context.getBean(EtcdRelation.class).getInterface()).isEqualTo("etcd"));
	}

	@Test
	void prefixWithoutTheInterfaceIsReportedOnce(CapturedOutput output) {
		String warning = "Relation 'etcd': 'etcd.relation.prefix' has no effect, for the relation is of the interface etcd: "
				+ "remove it, or set 'etcd.relation.interface' to etcd-client if a provider granted it to the client "
				+ "certificate";
		this.complete.run((context) -> assertThat(context).hasNotFailed());
		this.complete.withPropertyValues("etcd.relation.interface=", "etcd.relation.client.namespace-from-prefix=true")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("has no effect");
		this.complete.withPropertyValues("etcd.relation.interface=")
			.run((context) -> context.getBean(EtcdRelations.class).refresh("etcd"));
		assertThat(output).containsOnlyOnce(warning);
	}

	@Test
	void prefixWithClassicDirectoryIsNoWarning(@TempDir Path directory, CapturedOutput output) throws Exception {
		Files.writeString(directory.resolve("connection_string"), "http://127.0.0.1:1");
		this.runner.withPropertyValues("etcd.relation.directory=" + directory, "etcd.relation.prefix=/app/")
			.run((context) -> assertThat(context.getBean(EtcdRelation.class).getInterface()).isEqualTo("etcd"));
		assertThat(output.getOut().lines().filter((line) -> line.contains("etcd.relation.prefix")))
			.singleElement(InstanceOfAssertFactories.STRING)
			.contains("INFO")
			.endsWith("Relation 'etcd': 'etcd.relation.prefix' is not used, for its data is of the interface etcd, "
					+ "whose provider grants no prefix");
	}

	@Test
	void certificateOfTheKeyIsThatOfTheUser() {
		this.complete
			.withPropertyValues("etcd.relation.client-cert=" + PemFixtures.chain(PemFixtures.EC) + TestPem.CERT)
			.run((context) -> assertThat(context.getBean(EtcdRelation.class).getUsername()).isEqualTo("test"));
		this.complete.withPropertyValues("etcd.relation.client-key=" + TestPem.RSA_KEY)
			.run((context) -> assertThat(failure(context.getStartupFailure()).getDescription())
				.startsWith("Property 'etcd.relation.client-key' does not belong to the certificate in client-cert"));
	}

	@Test
	void refusedCertificateOfBundleIsNamedByBundle() {
		X509Bundle refused = PemFixtures.unconstrained();
		this.complete
			.withPropertyValues("etcd.relation.client-cert=", "etcd.relation.client-key=",
					"etcd.relation.ssl.bundle=relation",
					"spring.ssl.bundle.pem.relation.keystore.certificate=" + PemFixtures.chain(refused),
					"spring.ssl.bundle.pem.relation.keystore.private-key=" + refused.getPrivateKeyPEM())
			.run((context) -> assertThat(failure(context.getStartupFailure()).getDescription()).startsWith(
					"Property 'etcd.relation.ssl.bundle' names an SSL bundle 'relation' that holds a certificate "
							+ "(CN=client) without the extension BasicConstraints"));
	}

	@Test
	void withoutTheInterfaceTheSamePropertiesAreClassic() {
		this.complete.withPropertyValues("etcd.relation.interface=etcd").run((context) -> {
			EtcdRelation relation = context.getBean(EtcdRelation.class);
			assertThat(relation.getInterface()).isEqualTo("etcd");
			assertThat(relation.getUsername()).isNull();
			assertThat(relation.getPrefix()).isNull();
			assertThat(relation.isTlsAvailable()).isTrue();
		});
	}

	@Test
	void encryptedKeyIsUsedWithItsPassword() {
		this.complete
			.withPropertyValues("etcd.relation.client-cert=" + PemFixtures.chain(PemFixtures.EC),
					"etcd.relation.client-key=" + PemFixtures.encrypted(PemFixtures.EC),
					"etcd.relation.client-key-password=" + PemFixtures.PASSWORD)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(EtcdRelation.class).getUsername()).isEqualTo("client");
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "client-cert", "client-key", "client-ca" })
	void missingPieceStopsTheStart(String item) {
		this.complete.withPropertyValues("etcd.relation." + item + "=")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageContaining(item + " is missing, but property 'interface' says etcd_client and "
						+ "'connection-string' is given"));
	}

	@Test
	void missingPieceHasOriginAndRemedy() {
		this.complete.withPropertyValues("etcd.relation.client-ca=").run((context) -> {
			InvalidRelationConfigurationException failure = failure(context.getStartupFailure());
			assertThat(failure.getDescription()).startsWith("Property 'etcd.relation.client-ca' is missing")
				.contains("Origin of 'etcd.relation.interface'", "Origin of 'etcd.relation.connection-string'");
			assertThat(failure.getAction()).contains("certificate authority", "tls-ca");
		});
	}

	@Test
	void connectionStringIsMissing() {
		this.complete.withPropertyValues("etcd.relation.connection-string=", "etcd.relation.prefix=/x/")
			.run((context) -> assertThat(failure(context.getStartupFailure()).getDescription())
				.startsWith("Property 'etcd.relation.connection-string' is missing, but"));
	}

	@ParameterizedTest
	@CsvSource({ "interface, etcd-client", "prefix, /my/app/" })
	void propertyWithoutSourceStopsTheStart(String item, String value) {
		this.runner
			.withPropertyValues("etcd.relation.client.connect-timeout=", "etcd.relation.client.request-timeout=",
					"etcd.relation." + item + "=" + value)
			.run((context) -> assertThat(failure(context.getStartupFailure()).getDescription())
				.startsWith("Property 'etcd.relation.connection-string' is missing, but 'etcd.relation." + item));
	}

	@Test
	void certificateThatTheProviderWouldRefuseStopsTheStart(CapturedOutput output) {
		X509Bundle refused = PemFixtures.unconstrained();
		this.complete
			.withPropertyValues("etcd.relation.client-cert=" + PemFixtures.chain(refused),
					"etcd.relation.client-key=" + refused.getPrivateKeyPEM())
			.run((context) -> {
				InvalidRelationConfigurationException failure = failure(context.getStartupFailure());
				assertThat(failure.getDescription()).contains(NO_CONSTRAINTS);
				assertThat(failure.getAction()).isEqualTo("Have it issued with basicConstraints=CA:FALSE");
			});
	}

	@Test
	void httpEndpointsAreRefused() {
		this.complete.withPropertyValues("etcd.relation.connection-string=http://127.0.0.1:1")
			.run((context) -> assertThat(failure(context.getStartupFailure()).getDescription())
				.contains("has http endpoints, but the relation has TLS credentials"));
	}

	@Test
	void sslBundleSuppliesCertificateAndKey() {
		ApplicationContextRunner bundle = this.complete
			.withPropertyValues("etcd.relation.client-cert=", "etcd.relation.client-key=",
					"etcd.relation.ssl.bundle=relation")
			.withPropertyValues(bundle("relation"));
		bundle.run((context) -> {
			EtcdRelation relation = context.getBean(EtcdRelation.class);
			assertThat(relation.getUsername()).isEqualTo("test");
			assertCredentials(relation, TestPem.CERT, TestPem.KEY, TestPem.CA);
		});
		bundle
			.withPropertyValues("etcd.relation.client-ca=",
					"spring.ssl.bundle.pem.relation.truststore.certificate=" + TestPem.CA)
			.run((context) -> assertCredentials(context.getBean(EtcdRelation.class), TestPem.CERT, TestPem.KEY,
					TestPem.CA));
		bundle.withPropertyValues("etcd.relation.client-ca=")
			.run((context) -> assertThat(failure(context.getStartupFailure()).getDescription())
				.startsWith("Property 'etcd.relation.client-ca' is missing"));
	}

	@Test
	void sslBundleWithoutKeyStopsTheStart() {
		this.complete
			.withPropertyValues("etcd.relation.client-cert=", "etcd.relation.client-key=",
					"etcd.relation.ssl.bundle=trusting",
					"spring.ssl.bundle.pem.trusting.truststore.certificate=" + TestPem.CA)
			.run((context) -> assertThat(failure(context.getStartupFailure()).getDescription())
				.startsWith("Property 'etcd.relation.ssl.bundle' names an SSL bundle without a private key"));
	}

	@Test
	void sslBundleAndCertificateAreExclusive() {
		this.complete.withPropertyValues("etcd.relation.ssl.bundle=relation")
			.withPropertyValues(bundle("relation"))
			.run((context) -> assertThat(failure(context.getStartupFailure()).getDescription()).startsWith(
					"Property 'etcd.relation.ssl.bundle' and property 'etcd.relation.client-cert' are mutually exclusive"));
	}

	@Test
	void furtherRelationHasTheSameProperties() {
		this.runner
			.withPropertyValues("etcd.relation.client.connect-timeout=", "etcd.relation.client.request-timeout=",
					"etcd.relations.audit.interface=etcd-client", "etcd.relations.audit.connection-string=" + URIS,
					"etcd.relations.audit.prefix=/audit/", "etcd.relations.audit.client.namespace-from-prefix=true",
					"etcd.relations.audit.client-cert=" + TestPem.CERT,
					"etcd.relations.audit.client-key=" + TestPem.KEY, "etcd.relations.audit.client-ca=" + TestPem.CA)
			.run((context) -> {
				EtcdRelation relation = context.getBean("auditEtcdRelation", EtcdRelation.class);
				assertThat(relation.getInterface()).isEqualTo("etcd_client");
				assertThat(relation.getPrefix()).isEqualTo("/audit/");
				assertThat(context).hasBean("auditEtcdClient");
			});
	}

	@Test
	void namespaceAndPrefixAreExclusive() {
		this.complete
			.withPropertyValues("etcd.relation.client.namespace-from-prefix=true", "etcd.relation.client.namespace=a/")
			.run((context) -> assertThat(failure(context.getStartupFailure()).getDescription()).startsWith(
					"Property 'etcd.relation.client.namespace-from-prefix' is true, but 'client.namespace' is given"));
	}

	@Test
	void namespaceFromUnknownPrefixStopsTheCreationOfTheClient() {
		this.complete.withPropertyValues("etcd.relation.client.namespace-from-prefix=true", "etcd.relation.prefix=")
			.run((context) -> {
				InvalidRelationConfigurationException failure = failure(context.getStartupFailure());
				assertThat(failure.getDescription())
					.startsWith(
							"Property 'etcd.relation.client.namespace-from-prefix' is true, but no prefix is known: "
									+ "property 'prefix' is not set")
					.contains("Origin of 'etcd.relation.client.namespace-from-prefix'");
				assertThat(failure.getAction()).startsWith("Set 'prefix' to the prefix that the application requests");
			});
		this.runner
			.withPropertyValues("etcd.relations.audit.connection-string=http://127.0.0.1:1",
					"etcd.relations.audit.client.namespace-from-prefix=true", "etcd.relation.client.connect-timeout=",
					"etcd.relation.client.request-timeout=")
			.run((context) -> assertThat(failure(context.getStartupFailure()).getDescription())
				.startsWith("Property 'etcd.relations.audit.client.namespace-from-prefix' is true, but no prefix"));
	}

	@Test
	void classicDirectoryDoesNotUseTheOwnCertificate(@TempDir Path directory, CapturedOutput output) throws Exception {
		Files.writeString(directory.resolve("connection_string"), "http://127.0.0.1:1");
		this.runner
			.withPropertyValues("etcd.relation.directory=" + directory, "etcd.relation.client-cert=" + TestPem.CERT,
					"etcd.relation.client-key=" + TestPem.KEY)
			.run((context) -> {
				EtcdRelation relation = context.getBean(EtcdRelation.class);
				assertThat(relation.getInterface()).isEqualTo("etcd");
				assertThat(relation.getClientCredentials()).isEqualTo(new ClientCredentials(null, null, null));
				Files.writeString(directory.resolve("version"), "3.6.13");
				context.getBean(EtcdRelations.class).refresh("etcd");
			});
		assertThat(output).containsOnlyOnce("Relation 'etcd': 'etcd.relation.client-cert' and "
				+ "'etcd.relation.client-key' are not used, for its data is of the interface etcd, whose provider hands "
				+ "over the client certificate and its key");
		this.runner
			.withPropertyValues("etcd.relation.directory=" + directory, "etcd.relation.client-cert=" + TestPem.CERT,
					"etcd.relation.interface=etcd")
			.run((context) -> assertThat(failure(context.getStartupFailure()).getDescription()).startsWith(
					"Property 'etcd.relation.directory' and the properties that give the relation's data are mutually"));
	}

	private static void assertCredentials(EtcdRelation relation, String cert, String key, String ca) {
		ClientCredentials credentials = relation.getClientCredentials();
		assertThat(credentials.clientCert()).isEqualToIgnoringWhitespace(cert);
		assertThat(credentials.clientKey()).isEqualToIgnoringWhitespace(key);
		assertThat(credentials.clientCa()).isEqualToIgnoringWhitespace(ca);
	}

	private static String[] bundle(String name) {
		return new String[] { "spring.ssl.bundle.pem." + name + ".keystore.certificate=" + TestPem.CERT,
				"spring.ssl.bundle.pem." + name + ".keystore.private-key=" + TestPem.KEY };
	}

	private static InvalidRelationConfigurationException failure(Throwable failure) {
		assertThat(failure).isNotNull();
		Throwable cause = failure;
		while (cause != null && !(cause instanceof InvalidRelationConfigurationException)) {
			cause = cause.getCause();
		}
		assertThat(cause).as("cause of %s", failure).isNotNull();
		return (InvalidRelationConfigurationException) cause;
	}

}
