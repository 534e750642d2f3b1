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

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.autoconfigure.provider.EtcdProviderProperties;
import io.github.etcdrelation.internal.registry.RelationRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.BeanWrapperImpl;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that each property that the metadata names can be given as an environment
 * variable.
 */
class EnvironmentVariableTests {

	private static final String DEFAULT = "etcd.relation";

	private static final String PROVIDER = "etcd.provider";

	@ParameterizedTest
	@MethodSource("properties")
	void propertyIsBoundFromVariable(String name, String type) {
		Value value = Value.of(name, type);
		for (String dash : new String[] { "", "_" }) {
			run(variable(name, dash), value.text(), (environment) -> {
				assertThat(bind(environment, name, value.type())).isEqualTo(value.expected());
				if (name.startsWith(DEFAULT + ".")) {
					assertThat(value(bind(environment, DEFAULT, EtcdRelationProperties.class), DEFAULT, name))
						.isEqualTo(value.expected());
				}
				if (name.startsWith(PROVIDER + ".")) {
					assertThat(value(bind(environment, PROVIDER, EtcdProviderProperties.class), PROVIDER, name))
						.isEqualTo(value.expected());
				}
			});
		}
	}

	@ParameterizedTest
	@MethodSource("propertiesOfRelation")
	void propertyOfFurtherRelationIsBoundFromVariable(String name, String type) {
		Value value = Value.of(name, type);
		String prefix = ConfigurationMetadata.FURTHER + ".audit";
		for (String dash : new String[] { "", "_" }) {
			run(variable(prefix + name.substring(DEFAULT.length()), dash), value.text(), (environment) -> {
				EtcdRelationsProperties properties = bind(environment, "etcd", EtcdRelationsProperties.class);
				assertThat(properties.getRelations()).containsOnlyKeys("audit");
				assertThat(value(properties.getRelations().get("audit"), DEFAULT, name)).isEqualTo(value.expected());
			});
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "etcd.relations.my-audit", "etcd.relations.myAudit", "etcd.relations[my-audit]" })
	void variableIsForRelationThatIsSpelledElsewhere(String prefix) {
		String key = prefix.substring("etcd.relations.".length()).replace("]", "");
		boolean apart = prefix.endsWith("]");
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(EtcdRelationAutoConfiguration.class, SslAutoConfiguration.class))
			.withInitializer(new EnvironmentVariables(Map.of("ETCD_RELATIONS_MYAUDIT_VERSION", "3.6.5",
					"ETCD_RELATIONS_MYAUDIT_CONNECTIONSTRING", "http://b:2379")))
			.withPropertyValues(prefix + ".connection-string=http://a:2379")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				RelationRegistry registry = context.getBean(RelationRegistry.class);
				if (apart) {
					assertThat(registry.getNames()).containsExactlyInAnyOrder(key, "myaudit");
					assertThat(registry.get(key).getVersion()).isNull();
				}
				else {
					assertThat(registry.getNames()).containsExactly(key);
					assertThat(registry.get(key).getConnectionString()).isEqualTo("http://a:2379");
					assertThat(registry.get(key).getVersion()).isEqualTo("3.6.5");
				}
			});
	}

	@Test
	void originOfVariableForRelationThatIsSpelledElsewhereIsReported() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(EtcdRelationAutoConfiguration.class, SslAutoConfiguration.class))
			.withInitializer(new EnvironmentVariables(Map.of("ETCD_RELATIONS_MYAUDIT_CLIENTKEY", "no key")))
			.withPropertyValues("etcd.relations.my-audit.connection-string=https://a:2379",
					"etcd.relations.my-audit.client-cert=" + TestPem.CERT)
			.run((context) -> assertThat(context.getStartupFailure())
				.hasStackTraceContaining("Origin of 'etcd.relations.my-audit.client-key': environment variable "
						+ "ETCD_RELATIONS_MYAUDIT_CLIENTKEY"));
	}

	@Test
	void relationsAreConfiguredByVariablesAlone() {
		Map<String, String> variables = Map.of("ETCD_RELATION_CONNECTIONSTRING", "https://a:2379",
				"ETCD_RELATION_CLIENTCERT", TestPem.CERT, "ETCD_RELATION_CLIENTKEY", TestPem.KEY,
				"ETCD_RELATION_CLIENTCA", TestPem.CA, "ETCD_RELATIONS_AUDIT_CONNECTIONSTRING", "https://b:2379",
				"ETCD_RELATIONS_AUDIT_CLIENTCERT", TestPem.CERT, "ETCD_RELATIONS_AUDIT_CLIENTKEY", TestPem.KEY,
				"ETCD_RELATIONS_AUDIT_CLIENTCA", TestPem.CA);
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(EtcdRelationAutoConfiguration.class, SslAutoConfiguration.class))
			.withInitializer(new EnvironmentVariables(variables))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBeanNamesForType(Client.class)).containsExactlyInAnyOrder("etcdClient",
						"auditEtcdClient");
				for (String name : new String[] { "etcd", "audit" }) {
					assertThat(context.getBean(RelationRegistry.class).get(name).getClientCredentials().clientKey())
						.isEqualTo(TestPem.KEY)
						.contains("\n");
				}
			});
	}

	private static Stream<Arguments> properties() {
		return ConfigurationMetadata.load()
			.getProperties()
			.values()
			.stream()
			.filter((property) -> !property.get("name").equals(ConfigurationMetadata.FURTHER))
			// Spring Boot binds those of an endpoint, and its types may not be there
			.filter((property) -> !((String) property.get("name")).startsWith("management.endpoint."))
			.map((property) -> Arguments.of(property.get("name"), property.get("type")));
	}

	private static Stream<Arguments> propertiesOfRelation() {
		return properties().filter((property) -> ((String) property.get()[0]).startsWith(DEFAULT + "."));
	}

	private static String variable(String name, String dash) {
		return name.replace(".", "_").replace("-", dash).toUpperCase(Locale.ROOT);
	}

	private static void run(String variable, String value, Consumer<Environment> assertions) {
		new ApplicationContextRunner().withInitializer(new EnvironmentVariables(Map.of(variable, value)))
			.run((context) -> assertions.accept(context.getEnvironment()));
	}

	private static <T> T bind(Environment environment, String name, Class<T> type) {
		return Binder.get(environment).bind(name, Bindable.of(type)).get();
	}

	private static Object value(Object properties, String prefix, String name) {
		StringBuilder path = new StringBuilder();
		for (String element : name.substring(prefix.length() + 1).split("\\.")) {
			String[] words = element.split("-");
			path.append((path.length() > 0) ? "." : "").append(words[0]);
			for (int i = 1; i < words.length; i++) {
				path.append(StringUtils.capitalize(words[i]));
			}
		}
		return new BeanWrapperImpl(properties).getPropertyValue(path.toString());
	}

	/**
	 * A value that is not the default one.
	 */
	private record Value(String text, Object expected) {

		Class<?> type() {
			return (this.expected instanceof Path) ? Path.class : this.expected.getClass();
		}

		static Value of(String name, String type) {
			return switch (type) {
				case "java.lang.Boolean" -> {
					Object defaultValue = ConfigurationMetadata.load().getProperties().get(name).get("defaultValue");
					boolean expected = !Boolean.TRUE.equals(defaultValue);
					yield new Value(String.valueOf(expected), expected);
				}
				case "java.lang.Integer" -> new Value("7", 7);
				case "java.lang.String" -> text(name.contains(".client-") ? TestPem.KEY : "some, text = 1");
				case "java.nio.file.Path" -> new Value("/run/etcd relation", Path.of("/run/etcd relation"));
				case "java.time.Duration" -> new Value("1234ms", Duration.ofMillis(1234));
				case "org.springframework.util.unit.DataSize" -> new Value("7MB", DataSize.ofMegabytes(7));
				default -> constant(type);
			};
		}

		private static Value text(String text) {
			return new Value(text, text);
		}

		private static Value constant(String type) {
			Object[] constants = ClassUtils
				.resolveClassName(type.replace("EtcdRelationProperties.", "EtcdRelationProperties$"), null)
				.getEnumConstants();
			assertThat(constants).as("constants of " + type + ", a type that this test does not know").isNotEmpty();
			Object last = constants[constants.length - 1];
			return new Value(last.toString().toLowerCase(Locale.ROOT), last);
		}

	}

}
