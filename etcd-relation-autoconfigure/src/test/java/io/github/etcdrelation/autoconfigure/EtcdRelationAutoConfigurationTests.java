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

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.EtcdRelations;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.client.EtcdClientBuilderCustomizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.condition.ConditionEvaluationReport;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link EtcdRelationAutoConfiguration}.
 */
class EtcdRelationAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(EtcdRelationAutoConfiguration.class, SslAutoConfiguration.class));

	@TempDir
	private Path directory;

	@Test
	void withoutRelationThereIsNoClient() {
		this.contextRunner.run((context) -> assertThat(context).hasNotFailed()
			.doesNotHaveBean(Client.class)
			.doesNotHaveBean(EtcdRelation.class)
			.hasSingleBean(EtcdRelations.class));
	}

	@Test
	void withoutRelationNoneIsKnown() {
		this.contextRunner.run((context) -> {
			EtcdRelations relations = context.getBean(EtcdRelations.class);
			assertThat(relations.getNames()).isEmpty();
			assertThatIllegalArgumentException().isThrownBy(() -> relations.get("etcd"))
				.withMessage("No relation 'etcd', there are []");
		});
	}

	@Test
	void withoutRelationOptionalClientIsAbsent() {
		this.contextRunner.withUserConfiguration(OptionalClientConfiguration.class)
			.run((context) -> assertThat(context.getBean(OptionalClient.class).client()).isNull());
	}

	@Test
	void nameAloneIsNoRelation() {
		this.contextRunner.withPropertyValues("etcd.relation.name=main", "etcd.relation.allow-plain-text=true")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Client.class));
	}

	@Test
	void withConnectionStringThereAreRelationAndClient() {
		this.contextRunner.withPropertyValues("etcd.relation.connection-string=http://localhost:2379")
			.run((context) -> {
				assertThat(context).hasSingleBean(Client.class).hasSingleBean(EtcdRelation.class);
				assertThat(context).hasBean("etcdClient").hasBean("etcdRelation");
				EtcdRelation relation = context.getBean(EtcdRelation.class);
				assertThat(relation.getName()).isEqualTo("etcd");
				assertThat(relation.getStates()).containsExactly(RelationState.CONNECTED, RelationState.AVAILABLE);
				assertThat(relation.getConnectionString()).isEqualTo("http://localhost:2379");
				assertThat(relation.getVersion()).isNull();
				assertThat(relation.getClientCredentials()).isEqualTo(new ClientCredentials(null, null, null));
				assertThat(context.getBean(EtcdRelations.class).get("etcd")).isSameAs(relation);
			});
	}

	@Test
	void versionConnectsRelation() {
		this.contextRunner.withPropertyValues("etcd.relation.version=3.5.0").run((context) -> {
			EtcdRelation relation = context.getBean(EtcdRelation.class);
			assertThat(relation.getStates()).containsExactly(RelationState.CONNECTED);
			assertThat(context).hasSingleBean(Client.class);
		});
	}

	@Test
	void blankConnectionStringIsNone() {
		this.contextRunner.withPropertyValues("etcd.relation.connection-string= ")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Client.class));
	}

	@Test
	void connectionStringIsPassedOnAsItIs() {
		this.contextRunner.withPropertyValues("etcd.relation.connection-string=HTTP://b , http://a/,")
			.run((context) -> assertThat(context.getBean(EtcdRelation.class).getConnectionString())
				.isEqualTo("HTTP://b , http://a/,"));
	}

	@Test
	void relationWithCredentialsHasTls() {
		this.contextRunner.withPropertyValues(tls("etcd.relation")).run((context) -> {
			EtcdRelation relation = context.getBean(EtcdRelation.class);
			assertThat(relation.isConnected()).isTrue();
			assertThat(relation.isAvailable()).isTrue();
			assertThat(relation.isTlsAvailable()).isTrue();
			// Properties of tests are stripped
			assertThat(relation.getClientCredentials())
				.isEqualTo(new ClientCredentials(TestPem.CERT.strip(), TestPem.KEY.strip(), TestPem.CA.strip()));
		});
	}

	@Test
	void keyMayBeSec1() {
		this.contextRunner.withPropertyValues(tls("etcd.relation"))
			.withPropertyValues("etcd.relation.client-key=" + TestPem.sec1Key())
			.run((context) -> assertThat(context).hasSingleBean(Client.class));
	}

	@Test
	void keyMayBePkcs1() {
		this.contextRunner.withPropertyValues(tls("etcd.relation"))
			.withPropertyValues("etcd.relation.client-cert=" + TestPem.RSA_CERT,
					"etcd.relation.client-key=" + TestPem.pkcs1Key())
			.run((context) -> assertThat(context).hasSingleBean(Client.class));
	}

	@Test
	void authorityAloneIsEnoughForHttps() {
		this.contextRunner
			.withPropertyValues("etcd.relation.connection-string=https://localhost:2379",
					"etcd.relation.client-ca=" + TestPem.CA)
			.run((context) -> {
				assertThat(context).hasSingleBean(Client.class);
				assertThat(context.getBean(EtcdRelation.class).isTlsAvailable()).isFalse();
			});
	}

	@Test
	void credentialsMayBeLocations() throws Exception {
		Path key = Files.writeString(this.directory.resolve("key.pem"), TestPem.KEY);
		this.contextRunner
			.withPropertyValues("etcd.relation.connection-string=https://localhost:2379",
					"etcd.relation.client-cert=" + TestPem.base64Location(TestPem.CERT),
					"etcd.relation.client-key=file:" + key,
					"etcd.relation.client-ca= " + TestPem.base64Location(TestPem.CA))
			.run((context) -> assertThat(context.getBean(EtcdRelation.class).getClientCredentials())
				.isEqualTo(new ClientCredentials(TestPem.CERT, TestPem.KEY, TestPem.CA)));
	}

	@Test
	void credentialsMayComeFromBundle() {
		this.contextRunner
			.withPropertyValues("etcd.relation.connection-string=https://localhost:2379",
					"etcd.relation.ssl.bundle=test", "spring.ssl.bundle.pem.test.keystore.certificate=" + TestPem.CERT,
					"spring.ssl.bundle.pem.test.keystore.private-key=" + TestPem.encryptedPkcs8Key("s3cr3t"),
					"spring.ssl.bundle.pem.test.keystore.private-key-password=s3cr3t",
					"spring.ssl.bundle.pem.test.truststore.certificate=" + TestPem.CA)
			.run((context) -> assertThat(context).hasSingleBean(Client.class));
	}

	@Test
	void plainTextIsAllowedWithCredentialsWhenSaidSo() {
		this.contextRunner.withPropertyValues(tls("etcd.relation"))
			.withPropertyValues("etcd.relation.connection-string=http://localhost:2379",
					"etcd.relation.allow-plain-text=true")
			.run((context) -> assertThat(context).hasSingleBean(Client.class));
	}

	@Test
	void credentialsAreSaved() {
		Path key = this.directory.resolve("ssl/key.pem");
		Path cert = this.directory.resolve("ssl/cert.pem");
		Path ca = this.directory.resolve("ssl/ca.pem");
		this.contextRunner.withPropertyValues(tls("etcd.relation"))
			.withPropertyValues("etcd.relation.save.key=" + key, "etcd.relation.save.cert=" + cert,
					"etcd.relation.save.ca=" + ca)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(key).hasContent(TestPem.KEY);
				assertThat(cert).hasContent(TestPem.CERT);
				assertThat(ca).hasContent(TestPem.CA);
			});
	}

	@Test
	void whenDisabledNothingIsConfigured() {
		this.contextRunner
			.withPropertyValues("etcd.relation.enabled=false", "etcd.relation.connection-string=no URL",
					"etcd.relations.blue.connection-string=no URL")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(Client.class)
				.doesNotHaveBean(EtcdRelation.class)
				.doesNotHaveBean(EtcdRelations.class)
				.doesNotHaveBean(EtcdRelationProperties.class));
	}

	@Test
	void whenClientIsNotOnClassPathNothingIsConfigured() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(Client.class))
			.withPropertyValues("etcd.relation.connection-string=http://localhost:2379",
					"etcd.relations.blue.connection-string=http://localhost:2379")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(EtcdRelation.class)
				.doesNotHaveBean(EtcdRelations.class)
				.doesNotHaveBean("blueEtcdClient"));
	}

	@Test
	void whenHasUserDefinedClientBacksOff() {
		this.contextRunner.withPropertyValues("etcd.relation.connection-string=http://localhost:2379")
			.withUserConfiguration(UserClientConfiguration.class)
			.run((context) -> assertThat(context).hasSingleBean(Client.class)
				.hasBean("userClient")
				.hasSingleBean(EtcdRelation.class));
	}

	@Test
	void whenHasUserDefinedRelationBacksOff() {
		this.contextRunner.withPropertyValues("etcd.relation.connection-string=http://localhost:2379")
			.withUserConfiguration(UserRelationConfiguration.class)
			.run((context) -> assertThat(context).hasSingleBean(EtcdRelation.class)
				.hasBean("userRelation")
				.hasSingleBean(Client.class));
	}

	@Test
	void whenHasUserDefinedRelationsStarts() {
		this.contextRunner.withPropertyValues("etcd.relation.connection-string=http://localhost:2379")
			.withUserConfiguration(UserRelationsConfiguration.class)
			.run((context) -> assertThat(context).hasNotFailed().hasBean("userRelations").hasSingleBean(Client.class));
	}

	@Test
	void customizersAreAppliedInOrderAfterProperties() {
		this.contextRunner
			.withPropertyValues("etcd.relation.connection-string=http://localhost:2379",
					"etcd.relation.client.namespace=from-properties")
			.withUserConfiguration(CustomizerConfiguration.class)
			.run((context) -> {
				assertThat(context).hasSingleBean(Client.class);
				assertThat(context.getBean(Recorder.class).recorded()).containsExactly("from-properties", "first",
						"second");
			});
	}

	@Test
	void customizersAreAppliedToClientsOfFurtherRelations() {
		this.contextRunner
			.withPropertyValues("etcd.relations.blue.connection-string=http://localhost:2379",
					"etcd.relations.blue.client.namespace=blue")
			.withUserConfiguration(CustomizerConfiguration.class)
			.run((context) -> assertThat(context.getBean(Recorder.class).recorded()).containsExactly("blue", "first",
					"second"));
	}

	@Test
	void relationMayHaveAnotherName() {
		this.contextRunner
			.withPropertyValues("etcd.relation.name= main ", "etcd.relation.connection-string=http://localhost:2379")
			.run((context) -> {
				assertThat(context.getBean("etcdRelation", EtcdRelation.class).getName()).isEqualTo("main");
				assertThat(context.getBean(EtcdRelations.class).getNames()).containsExactly("main");
			});
	}

	@Test
	void furtherRelationHasBeansOfItsName() {
		this.contextRunner
			.withPropertyValues("etcd.relation.connection-string=http://default:2379",
					"etcd.relations.blue.connection-string=http://blue:2379", "etcd.relations.blue.version=3.6.0")
			.run((context) -> {
				assertThat(context).hasBean("blueEtcdRelation").hasBean("blueEtcdClient");
				EtcdRelation relation = context.getBean("blueEtcdRelation", EtcdRelation.class);
				assertThat(relation.getName()).isEqualTo("blue");
				assertThat(relation.getConnectionString()).isEqualTo("http://blue:2379");
				assertThat(relation.getVersion()).isEqualTo("3.6.0");
				assertThat(context.getBean("blueEtcdClient")).isInstanceOf(Client.class)
					.isNotSameAs(context.getBean("etcdClient"));
				EtcdRelations relations = context.getBean(EtcdRelations.class);
				assertThat(relations.getNames()).containsExactly("etcd", "blue");
				assertThat(relations.get("blue")).isSameAs(relation);
			});
	}

	@Test
	void unqualifiedInjectionGetsDefaultRelation() {
		this.contextRunner
			.withPropertyValues("etcd.relation.connection-string=http://default:2379",
					"etcd.relations.blue.connection-string=http://blue:2379",
					"etcd.relations.red.connection-string=http://red:2379")
			.withUserConfiguration(InjectionConfiguration.class)
			.run((context) -> {
				Injected injected = context.getBean(Injected.class);
				assertThat(injected.relation().getName()).isEqualTo("etcd");
				assertThat(injected.client()).isSameAs(context.getBean("etcdClient"));
			});
	}

	@Test
	void qualifiedInjectionGetsFurtherRelation() {
		this.contextRunner
			.withPropertyValues("etcd.relation.connection-string=http://default:2379",
					"etcd.relations.blue.connection-string=http://blue:2379")
			.withUserConfiguration(QualifiedInjectionConfiguration.class)
			.run((context) -> {
				Injected injected = context.getBean(Injected.class);
				assertThat(injected.relation().getName()).isEqualTo("blue");
				assertThat(injected.client()).isSameAs(context.getBean("blueEtcdClient"));
			});
	}

	@Test
	void onlyFurtherRelationIsInjectedWithoutQualifier() {
		this.contextRunner.withPropertyValues("etcd.relations.blue.connection-string=http://blue:2379")
			.withUserConfiguration(InjectionConfiguration.class)
			.run((context) -> {
				assertThat(context).hasSingleBean(Client.class).hasSingleBean(EtcdRelation.class);
				assertThat(context.getBean(Injected.class).relation().getName()).isEqualTo("blue");
			});
	}

	@Test
	void userDefinedClientIsPreferredToThatOfFurtherRelation() {
		this.contextRunner.withPropertyValues("etcd.relations.blue.connection-string=http://blue:2379")
			.withUserConfiguration(UserClientConfiguration.class)
			.run((context) -> assertThat(context.getBean(Client.class)).isSameAs(context.getBean("userClient")));
	}

	@Test
	void furtherRelationMayHaveAnotherName() {
		this.contextRunner
			.withPropertyValues("etcd.relations.blue.name=azure",
					"etcd.relations.blue.connection-string=http://blue:2379")
			.run((context) -> {
				assertThat(context).hasBean("azureEtcdRelation")
					.hasBean("azureEtcdClient")
					.doesNotHaveBean("blueEtcdRelation");
				assertThat(context.getBean(EtcdRelations.class).getNames()).containsExactly("azure");
			});
	}

	@Test
	void furtherRelationMayHaveDefaultNameWhenThereIsNoDefaultRelation() {
		this.contextRunner.withPropertyValues("etcd.relations.etcd.connection-string=http://localhost:2379")
			.run((context) -> {
				assertThat(context).hasNotFailed().hasSingleBean(Client.class);
				assertThat(context.getBean(EtcdRelation.class).getName()).isEqualTo("etcd");
			});
	}

	@Test
	void furtherRelationMayBeDisabled() {
		this.contextRunner
			.withPropertyValues("etcd.relations.blue.enabled=false", "etcd.relations.blue.connection-string=no URL")
			.run((context) -> {
				assertThat(context).hasNotFailed().doesNotHaveBean("blueEtcdClient");
				assertThat(context.getBean(EtcdRelations.class).getNames()).isEmpty();
			});
	}

	@Test
	void furtherRelationWithoutDataIsNotConnected() {
		this.contextRunner.withPropertyValues("etcd.relations.blue.enabled=true").run((context) -> {
			assertThat(context).hasBean("blueEtcdClient");
			assertThat(context.getBean("blueEtcdRelation", EtcdRelation.class).getStates()).isEmpty();
		});
	}

	@Test
	void furtherRelationsMayDifferInTls() {
		this.contextRunner.withPropertyValues("etcd.relation.connection-string=http://localhost:2379")
			.withPropertyValues(tls("etcd.relations.blue"))
			.run((context) -> {
				assertThat(context.getBean(EtcdRelation.class).isTlsAvailable()).isFalse();
				assertThat(context.getBean("blueEtcdRelation", EtcdRelation.class).isTlsAvailable()).isTrue();
			});
	}

	@Test
	void sourceReplacesProperties() {
		this.contextRunner.withPropertyValues("etcd.relation.connection-string=no URL, and never looked at")
			.withBean(RelationSource.class, () -> source("etcd", "http://source:2379"))
			.run((context) -> assertThat(context.getBean(EtcdRelation.class).getConnectionString())
				.isEqualTo("http://source:2379"));
	}

	@Test
	void sourceAloneIsRelation() {
		this.contextRunner.withBean(RelationSource.class, () -> source("etcd", "http://source:2379")).run((context) -> {
			assertThat(context).hasSingleBean(Client.class);
			assertThat(context.getBean(EtcdRelation.class).getConnectionString()).isEqualTo("http://source:2379");
		});
	}

	@Test
	void sourceNamesRelationThatHasAnotherName() {
		this.contextRunner.withPropertyValues("etcd.relation.name=main")
			.withBean(RelationSource.class, () -> source("main", "http://source:2379"))
			.run((context) -> assertThat(context.getBean(EtcdRelation.class).getName()).isEqualTo("main"));
	}

	@Test
	void sourceReplacesPropertiesOfFurtherRelation() {
		this.contextRunner
			.withPropertyValues("etcd.relation.connection-string=http://default:2379",
					"etcd.relations.blue.connection-string=http://blue:2379")
			.withBean(RelationSource.class, () -> source("blue", "http://source:2379"))
			.run((context) -> {
				assertThat(context.getBean("blueEtcdRelation", EtcdRelation.class).getConnectionString())
					.isEqualTo("http://source:2379");
				assertThat(context.getBean("etcdRelation", EtcdRelation.class).getConnectionString())
					.isEqualTo("http://default:2379");
			});
	}

	@Test
	void sourceOfFurtherRelationIsNoDefaultRelation() {
		this.contextRunner.withPropertyValues("etcd.relations.blue.enabled=true")
			.withBean(RelationSource.class, () -> source("blue", "http://source:2379"))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(EtcdRelations.class).getNames()).containsExactly("blue");
				assertThat(context.getBean("blueEtcdRelation", EtcdRelation.class).getConnectionString())
					.isEqualTo("http://source:2379");
			});
	}

	@Test
	void severalSourcesServeTheirRelations() {
		this.contextRunner.withPropertyValues("etcd.relations.blue.enabled=true")
			.withBean("first", RelationSource.class, () -> source("blue", "http://blue:2379"))
			.withBean("second", RelationSource.class, () -> source("etcd", "http://default:2379"))
			.run((context) -> {
				EtcdRelations relations = context.getBean(EtcdRelations.class);
				assertThat(relations.get("etcd").getConnectionString()).isEqualTo("http://default:2379");
				assertThat(relations.get("blue").getConnectionString()).isEqualTo("http://blue:2379");
			});
	}

	@ParameterizedTest
	@CsvSource({
			"ETCD_RELATION_CONNECTIONSTRING,ETCD_RELATION_CLIENTCERT,ETCD_RELATION_CLIENTKEY,"
					+ "ETCD_RELATION_CLIENTCA",
			"ETCD_RELATION_CONNECTION_STRING,ETCD_RELATION_CLIENT_CERT,ETCD_RELATION_CLIENT_KEY,"
					+ "ETCD_RELATION_CLIENT_CA" })
	void relationMayBeGivenAsEnvironmentVariables(String connectionString, String cert, String key, String ca) {
		this.contextRunner
			.withInitializer(new EnvironmentVariables(Map.of(connectionString, "https://localhost:2379", cert,
					TestPem.CERT, key, TestPem.KEY, ca, TestPem.CA)))
			.run((context) -> {
				EtcdRelation relation = context.getBean(EtcdRelation.class);
				assertThat(relation.getConnectionString()).isEqualTo("https://localhost:2379");
				assertThat(relation.getClientCredentials())
					.isEqualTo(new ClientCredentials(TestPem.CERT, TestPem.KEY, TestPem.CA));
			});
	}

	@ParameterizedTest
	@CsvSource({
			"ETCD_RELATIONS_BLUE_CONNECTIONSTRING,ETCD_RELATIONS_BLUE_CLIENTCERT,ETCD_RELATIONS_BLUE_CLIENTKEY,"
					+ "ETCD_RELATIONS_BLUE_CLIENTCA",
			"ETCD_RELATIONS_BLUE_CONNECTION_STRING,ETCD_RELATIONS_BLUE_CLIENT_CERT,ETCD_RELATIONS_BLUE_CLIENT_KEY,"
					+ "ETCD_RELATIONS_BLUE_CLIENT_CA" })
	void furtherRelationMayBeGivenAsEnvironmentVariables(String connectionString, String cert, String key, String ca) {
		this.contextRunner
			.withInitializer(new EnvironmentVariables(Map.of(connectionString, "https://localhost:2379", cert,
					TestPem.CERT, key, TestPem.KEY, ca, TestPem.CA)))
			.run((context) -> {
				EtcdRelation relation = context.getBean("blueEtcdRelation", EtcdRelation.class);
				assertThat(relation.getConnectionString()).isEqualTo("https://localhost:2379");
				assertThat(relation.getClientCredentials())
					.isEqualTo(new ClientCredentials(TestPem.CERT, TestPem.KEY, TestPem.CA));
			});
	}

	@Test
	void starterMayBeDisabledByEnvironmentVariable() {
		this.contextRunner.withInitializer(new EnvironmentVariables(Map.of("ETCD_RELATION_ENABLED", "false")))
			.run((context) -> assertThat(context).doesNotHaveBean(EtcdRelations.class));
	}

	@Test
	void clientFailsWhenContextIsClosed() {
		this.contextRunner.withPropertyValues("etcd.relation.connection-string=http://localhost:2379")
			.run((context) -> {
				KV kv = context.getBean(Client.class).getKVClient();
				context.close();
				assertThat(kv.get(ByteSequence.EMPTY)).failsWithin(Duration.ofSeconds(10));
			});
	}

	@Test
	void refreshOfUnknownRelationIsRefused() {
		this.contextRunner.withPropertyValues("etcd.relation.connection-string=http://localhost:2379")
			.run((context) -> assertThatIllegalArgumentException()
				.isThrownBy(() -> context.getBean(EtcdRelations.class).refresh("blue"))
				.withMessage("No relation 'blue', there are [etcd]"));
	}

	@Test
	void conditionReportNamesRelationAndShowsNoValue() {
		this.contextRunner.withPropertyValues(tls("etcd.relation")).run((context) -> {
			String report = report(context.getSourceApplicationContext());
			assertThat(report).contains("properties of relation 'etcd'")
				.doesNotContain("localhost:2379", "-----BEGIN", TestPem.KEY.lines().skip(1).findFirst().orElseThrow());
		});
	}

	@Test
	void conditionReportTellsWhatIsMissing() {
		this.contextRunner.run((context) -> assertThat(report(context.getSourceApplicationContext()))
			.contains("neither properties below etcd.relation nor a bean of type RelationSource or "
					+ "EtcdConnectionDetails give one"));
	}

	private static String report(ConfigurableApplicationContext context) {
		StringBuilder report = new StringBuilder();
		ConditionEvaluationReport.get(context.getBeanFactory())
			.getConditionAndOutcomesBySource()
			.values()
			.forEach((outcomes) -> outcomes.forEach((outcome) -> report.append(outcome.getOutcome()).append('\n')));
		return report.toString();
	}

	private static String[] tls(String prefix) {
		return new String[] { prefix + ".connection-string=https://localhost:2379",
				prefix + ".client-cert=" + TestPem.CERT, prefix + ".client-key=" + TestPem.KEY,
				prefix + ".client-ca=" + TestPem.CA };
	}

	static RelationSource source(String name, String connectionString) {
		return new RelationSource() {

			@Override
			public String getRelationName() {
				return name;
			}

			@Override
			public RelationView read() {
				return RelationView.of(name + ":1", "etcd/0", Map.of("connection_string", connectionString));
			}

		};
	}

	private static String text(ByteSequence bytes) {
		return bytes.toString(StandardCharsets.UTF_8);
	}

	record OptionalClient(Client client) {

	}

	record Injected(EtcdRelation relation, Client client) {

	}

	record Recorder(List<String> recorded) {

	}

	@Configuration(proxyBeanMethods = false)
	static class OptionalClientConfiguration {

		@Bean
		OptionalClient optionalClient(ObjectProvider<Client> client) {
			return new OptionalClient(client.getIfAvailable());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class InjectionConfiguration {

		@Bean
		Injected injected(EtcdRelation relation, Client client) {
			return new Injected(relation, client);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class QualifiedInjectionConfiguration {

		@Bean
		Injected injected(@Qualifier("blueEtcdRelation") EtcdRelation relation,
				@Qualifier("blueEtcdClient") Client client) {
			return new Injected(relation, client);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UserClientConfiguration {

		@Bean
		Client userClient() {
			return Client.builder().endpoints("http://user:2379").build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UserRelationConfiguration {

		@Bean
		EtcdRelation userRelation(EtcdRelations relations) {
			return relations.get("etcd");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UserRelationsConfiguration {

		@Bean
		EtcdRelations userRelations() {
			return mock(EtcdRelations.class);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CustomizerConfiguration {

		private final Recorder recorder = new Recorder(new ArrayList<>());

		@Bean
		Recorder recorder() {
			return this.recorder;
		}

		@Bean
		@Order(2)
		EtcdClientBuilderCustomizer second() {
			return (builder) -> {
				this.recorder.recorded().add(text(builder.namespace()));
				builder.namespace(ByteSequence.from("second", StandardCharsets.UTF_8));
				this.recorder.recorded().add(text(builder.namespace()));
			};
		}

		@Bean
		@Order(1)
		EtcdClientBuilderCustomizer first() {
			return (builder) -> {
				this.recorder.recorded().add(text(builder.namespace()));
				builder.namespace(ByteSequence.from("first", StandardCharsets.UTF_8));
			};
		}

	}

}
