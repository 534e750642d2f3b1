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
import java.util.Map;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.EtcdRelations;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.RelationView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EtcdConnectionDetails} that a bean gives.
 */
class EtcdConnectionDetailsTests {

	private static final String HTTP = "http://details:2379";

	private static final String HTTPS = "https://details:2379";

	private static final ClientCredentials CREDENTIALS = new ClientCredentials(TestPem.CERT, TestPem.KEY, TestPem.CA);

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(EtcdRelationAutoConfiguration.class, SslAutoConfiguration.class));

	@TempDir
	private Path directory;

	@Test
	void withoutRelationThereAreNoConnectionDetails() {
		this.contextRunner
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(EtcdConnectionDetails.class));
	}

	@Test
	void configuredRelationIsConnectionDetails() {
		this.contextRunner.withPropertyValues("etcd.relation.connection-string=http://properties:2379")
			.run((context) -> {
				assertThat(context).hasSingleBean(EtcdConnectionDetails.class)
					.hasSingleBean(RelationConnectionDetails.class);
				assertThat(context.getBean(EtcdConnectionDetails.class).getConnectionString())
					.isEqualTo("http://properties:2379");
			});
	}

	@Test
	void whenDisabledThereAreNoConnectionDetails() {
		this.contextRunner
			.withPropertyValues("etcd.relation.connection-string=http://properties:2379", "etcd.relation.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(EtcdConnectionDetails.class));
	}

	@Test
	void beanAloneMakesRelation() {
		run(new TestConnectionDetails(HTTP)).run((context) -> {
			assertThat(context).hasSingleBean(Client.class)
				.hasSingleBean(EtcdRelation.class)
				.hasSingleBean(EtcdConnectionDetails.class)
				.doesNotHaveBean(RelationConnectionDetails.class);
			EtcdRelation relation = context.getBean(EtcdRelation.class);
			assertThat(relation.getName()).isEqualTo("etcd");
			assertThat(relation.getStates()).containsExactly(RelationState.CONNECTED, RelationState.AVAILABLE);
			assertThat(relation.getConnectionString()).isEqualTo(HTTP);
			assertThat(relation.getVersion()).isNull();
		});
	}

	@Test
	void configuredInterfaceDoesNotConcernBean() {
		run(new TestConnectionDetails(HTTPS) {

			@Override
			public ClientCredentials getClientCredentials() {
				return CREDENTIALS;
			}

		}).withPropertyValues("etcd.relation.interface=etcd-client", "etcd.relation.prefix=/app/").run((context) -> {
			EtcdRelation relation = context.getBean(EtcdRelation.class);
			assertThat(relation.getStates()).containsExactly(RelationState.values());
			assertThat(relation.getClientCredentials()).isEqualTo(CREDENTIALS);
		});
	}

	@Test
	void beanOverridesProperties() {
		run(new TestConnectionDetails(HTTP) {

			@Override
			public String getVersion() {
				return "3.5.1";
			}

		}).withPropertyValues("etcd.relation.connection-string=https://properties:2379", "etcd.relation.version=3.4.0",
				"etcd.relation.client-cert=" + TestPem.CERT, "etcd.relation.client-key=" + TestPem.KEY,
				"etcd.relation.client-ca=" + TestPem.CA)
			.run((context) -> {
				EtcdRelation relation = context.getBean(EtcdRelation.class);
				assertThat(relation.getConnectionString()).isEqualTo(HTTP);
				assertThat(relation.getVersion()).isEqualTo("3.5.1");
				assertThat(relation.getClientCredentials()).isEqualTo(new ClientCredentials(null, null, null));
			});
	}

	@Test
	void beanOverridesBundleOfProperties() {
		run(new TestConnectionDetails(HTTP))
			.withPropertyValues("etcd.relation.connection-string=https://properties:2379",
					"etcd.relation.ssl.bundle=missing")
			.run((context) -> assertConnectionString(context, HTTP));
	}

	@Test
	void beanOverridesDirectory() throws Exception {
		Files.writeString(this.directory.resolve("connection_string"), "http://directory:2379");
		run(new TestConnectionDetails(HTTP)).withPropertyValues("etcd.relation.directory=" + this.directory)
			.run((context) -> assertConnectionString(context, HTTP));
	}

	@Test
	void beanOverridesServiceBinding() throws Exception {
		Path binding = Files.createDirectory(this.directory.resolve("binding"));
		Files.writeString(binding.resolve("type"), "etcd");
		Files.writeString(binding.resolve("uri"), "http://binding:2379");
		ApplicationContextRunner bound = this.contextRunner
			.withPropertyValues("SERVICE_BINDING_ROOT=" + this.directory);
		bound.run((context) -> assertConnectionString(context, "http://binding:2379"));
		bound.withBean(EtcdConnectionDetails.class, () -> new TestConnectionDetails(HTTP))
			.run((context) -> assertConnectionString(context, HTTP));
	}

	@Test
	void beanOverridesServiceBindingsThatCannotBeToldApart() throws Exception {
		for (String name : new String[] { "first", "second" }) {
			Files.writeString(Files.createDirectory(this.directory.resolve(name)).resolve("type"), "etcd");
		}
		ApplicationContextRunner bound = this.contextRunner
			.withPropertyValues("SERVICE_BINDING_ROOT=" + this.directory);
		bound.run((context) -> assertThat(context).hasFailed());
		bound.withBean(EtcdConnectionDetails.class, () -> new TestConnectionDetails(HTTP))
			.run((context) -> assertConnectionString(context, HTTP));
	}

	@Test
	void beanOverridesPropertiesThatExcludeEachOther() {
		String[] properties = { "etcd.relation.connection-string=https://properties:2379",
				"etcd.relation.ssl.bundle=bundle", "etcd.relation.client-cert=" + TestPem.CERT };
		this.contextRunner.withPropertyValues(properties).run((context) -> assertThat(context).hasFailed());
		run(new TestConnectionDetails(HTTP)).withPropertyValues(properties)
			.run((context) -> assertConnectionString(context, HTTP));
	}

	@Test
	void beanOverridesJuju() {
		run(new TestConnectionDetails(HTTP)).withPropertyValues("etcd.relation.juju.enabled=true")
			.run((context) -> assertConnectionString(context, HTTP));
	}

	@Test
	void beanOverridesRelationSource() {
		run(new TestConnectionDetails(HTTP)).withBean(RelationSource.class, () -> source("etcd"))
			.run((context) -> assertConnectionString(context, HTTP));
	}

	@Test
	void beanIsOfDefaultRelationOnly() {
		run(new TestConnectionDetails(HTTP))
			.withPropertyValues("etcd.relation.name=main", "etcd.relations.audit.connection-string=http://audit:2379")
			.run((context) -> {
				EtcdRelations relations = context.getBean(EtcdRelations.class);
				assertThat(relations.get("main").getConnectionString()).isEqualTo(HTTP);
				assertThat(relations.get("audit").getConnectionString()).isEqualTo("http://audit:2379");
			});
	}

	@Test
	void otherPropertiesHoldBesideBean() {
		run(new TestConnectionDetails(HTTP)).withPropertyValues("etcd.relation.client.request-timeout=0s")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("client.request-timeout is not between"));
	}

	@Test
	void plainTextOfBeanCanBeForbidden() {
		run(new TestConnectionDetails(HTTP)).withPropertyValues("etcd.relation.allow-plain-text=false")
			.run((context) -> assertThat(analyze(context).getDescription())
				.isEqualTo("Connection details of type '" + TestConnectionDetails.class.getName()
						+ "' cannot be used: connection-string has http endpoints, but plain text is not allowed."));
	}

	@Test
	void credentialsOfBeanAreThoseOfRelation() {
		run(new TestConnectionDetails(HTTPS) {

			@Override
			public ClientCredentials getClientCredentials() {
				return CREDENTIALS;
			}

		}).run((context) -> {
			EtcdRelation relation = context.getBean(EtcdRelation.class);
			assertThat(relation.isTlsAvailable()).isTrue();
			assertThat(relation.getClientCredentials()).isEqualTo(CREDENTIALS);
			assertThat(context.getBean(SslBundles.class).getBundle("etcd").getStores().getTrustStore()).isNotNull();
		});
	}

	@Test
	void bundleOfBeanIsNoDataOfRelation() {
		run(bundled(HTTPS, pemBundle())).run((context) -> {
			assertThat(context).hasSingleBean(Client.class);
			EtcdRelation relation = context.getBean(EtcdRelation.class);
			assertThat(relation.isAvailable()).isTrue();
			assertThat(relation.isTlsAvailable()).isFalse();
			assertThat(relation.getClientCredentials()).isEqualTo(new ClientCredentials(null, null, null));
		});
	}

	@Test
	void httpsNeedsCredentialsOrBundle() {
		run(new TestConnectionDetails(HTTPS)).run((context) -> {
			FailureAnalysis analysis = analyze(context);
			assertThat(analysis.getDescription())
				.endsWith("client-ca is missing, but the connection string has https endpoints.");
			assertThat(analysis.getAction()).startsWith("Give client-cert, client-key and client-ca");
		});
	}

	@Test
	void bundleNeedsTrustStore() {
		SslBundle bundle = SslBundle.of(new PemSslStoreBundle(new PemSslStoreDetails(null, TestPem.CERT, TestPem.KEY),
				(PemSslStoreDetails) null));
		run(bundled(HTTPS, bundle))
			.run((context) -> assertThat(analyze(context).getDescription()).contains("ssl.bundle has no trust store"));
	}

	@Test
	void bundleThatCannotBeReadIsRefusedWithoutItsContent() {
		SslBundle broken = SslBundle.of(new PemSslStoreBundle(new PemSslStoreDetails(null, "MIIBsecret", TestPem.KEY),
				new PemSslStoreDetails(null, TestPem.CA, null)));
		run(bundled(HTTPS, broken)).run((context) -> {
			FailureAnalysis analysis = analyze(context);
			assertThat(analysis.getDescription()).contains("ssl.bundle cannot be read");
			assertThat(analysis.getDescription() + analysis.getAction()).doesNotContain("MIIBsecret");
		});
	}

	@Test
	void bundleAndCredentialsAreMutuallyExclusive() {
		run(new TestConnectionDetails(HTTPS) {

			@Override
			public ClientCredentials getClientCredentials() {
				return CREDENTIALS;
			}

			@Override
			public SslBundle getSslBundle() {
				return pemBundle();
			}

		}).run((context) -> {
			FailureAnalysis analysis = analyze(context);
			assertThat(analysis.getDescription()).endsWith("ssl.bundle is given together with client credentials.");
			assertThat(analysis.getAction()).isEqualTo("Give either an SSL bundle or client credentials.");
		});
	}

	@Test
	void failureOfPropertyNamesProperty() {
		run(new TestConnectionDetails(HTTP)).withPropertyValues("etcd.relation.poll-interval=1ms")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageStartingWith("poll-interval is less than"));
	}

	@Test
	void connectionStringThatCannotBeUsedIsRefused() {
		run(new TestConnectionDetails("http://")).run((context) -> assertThat(analyze(context).getDescription())
			.contains("cannot be used: connection-string "));
	}

	@Test
	void withBlankConnectionStringRelationIsConnectedOnly() {
		run(new TestConnectionDetails(" ")).run((context) -> assertThat(context.getBean(EtcdRelation.class).getStates())
			.containsExactly(RelationState.CONNECTED));
	}

	@Test
	void beanIsReadAgainOnRefresh() {
		MutableConnectionDetails details = new MutableConnectionDetails();
		run(details).run((context) -> {
			details.connectionString = "http://other:2379";
			assertConnectionString(context, HTTP);
			context.getBean(EtcdRelations.class).refresh("etcd");
			assertConnectionString(context, "http://other:2379");
		});
	}

	private ApplicationContextRunner run(EtcdConnectionDetails connectionDetails) {
		return this.contextRunner.withBean("details", EtcdConnectionDetails.class, () -> connectionDetails);
	}

	private static void assertConnectionString(AssertableApplicationContext context, String expected) {
		assertThat(context).hasNotFailed();
		assertThat(context.getBean(EtcdRelation.class).getConnectionString()).isEqualTo(expected);
	}

	private static FailureAnalysis analyze(AssertableApplicationContext context) {
		assertThat(context).hasFailed();
		FailureAnalysis analysis = new InvalidRelationConfigurationFailureAnalyzer()
			.analyze(context.getStartupFailure());
		assertThat(analysis).isNotNull();
		return analysis;
	}

	private static EtcdConnectionDetails bundled(String connectionString, SslBundle bundle) {
		return new TestConnectionDetails(connectionString) {

			@Override
			public SslBundle getSslBundle() {
				return bundle;
			}

		};
	}

	private static SslBundle pemBundle() {
		SslBundle bundle = SslBundle.of(new PemSslStoreBundle(new PemSslStoreDetails(null, TestPem.CERT, TestPem.KEY),
				new PemSslStoreDetails(null, TestPem.CA, null)));
		return new DefaultSslBundleRegistry("test", bundle).getBundle("test");
	}

	private static RelationSource source(String name) {
		return new RelationSource() {

			@Override
			public String getRelationName() {
				return name;
			}

			@Override
			public RelationView read() {
				return RelationView.of("etcd:0", "etcd/0", Map.of("connection_string", "http://source:2379"));
			}

		};
	}

	private static class TestConnectionDetails implements EtcdConnectionDetails {

		private final String connectionString;

		TestConnectionDetails(String connectionString) {
			this.connectionString = connectionString;
		}

		@Override
		public String getConnectionString() {
			return this.connectionString;
		}

	}

	private static final class MutableConnectionDetails implements EtcdConnectionDetails {

		private volatile String connectionString = HTTP;

		@Override
		public String getConnectionString() {
			return this.connectionString;
		}

	}

}
