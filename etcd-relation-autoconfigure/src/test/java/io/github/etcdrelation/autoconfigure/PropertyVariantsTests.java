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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.github.etcdrelation.internal.registry.RelationRegistry;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.FileSystemResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the ways in which properties are given: each works, or stops the start with a
 * text that names the property, where it is given, and what to do.
 */
class PropertyVariantsTests {

	private static final String URL = "http://127.0.0.1:1";

	private static final String MISSING = "Property 'etcd.relation.connection-string' is missing, but ";

	@TempDir
	private Path directory;

	@ParameterizedTest(name = "{0}")
	@MethodSource({ "working", "variables", "failing" })
	void variant(PropertyVariant variant) throws IOException {
		Path file = Files.writeString(this.directory.resolve("application.yml"), variant.yaml);
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, EtcdRelationAutoConfiguration.class))
			.withInitializer(new EnvironmentVariables(variant.variables))
			.withInitializer((context) -> load(context, file))
			.run((context) -> {
				if (variant.texts.isEmpty()) {
					assertThat(context).hasNotFailed();
					Map<String, String> connectionStrings = new LinkedHashMap<>();
					RelationRegistry registry = context.getBean(RelationRegistry.class);
					registry.getNames()
						.forEach((name) -> connectionStrings.put(name,
								String.valueOf(registry.get(name).getConnectionString())));
					assertThat(connectionStrings).isEqualTo(variant.connectionStrings);
				}
				else {
					assertThat(context).hasFailed();
					FailureAnalysis analysis = new InvalidRelationConfigurationFailureAnalyzer()
						.analyze(context.getStartupFailure());
					assertThat(analysis).as("analysis").isNotNull();
					assertThat(analysis.getDescription() + "\n" + analysis.getAction()).contains(variant.texts)
						.doesNotContain("s3cr3t", "MII", "null");
				}
			});
	}

	private static void load(ConfigurableApplicationContext context, Path file) {
		try {
			new YamlPropertySourceLoader().load("application.yml", new FileSystemResource(file))
				.forEach(context.getEnvironment().getPropertySources()::addFirst);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Stream<PropertyVariant> working() {
		return Stream.of(new PropertyVariant("nothing"),
				yaml("string").of("connection-string: " + URL).gives("etcd", URL),
				yaml("host").of("connection-string: 127.0.0.1").gives("etcd", "127.0.0.1"),
				yaml("host and port").of("connection-string: 127.0.0.1:1").gives("etcd", "127.0.0.1:1"),
				yaml("blanks stay").of("connection-string: ' http://127.0.0.1:1 , '")
					.gives("etcd", " http://127.0.0.1:1 , "),
				yaml("list").of("connection-string:\n  - http://127.0.0.1:1\n  - http://127.0.0.1:2")
					.gives("etcd", "http://127.0.0.1:1,http://127.0.0.1:2"),
				yaml("list of one").of("connection-string:\n  - http://127.0.0.1:1").gives("etcd", URL),
				yaml("flow list").of("connection-string: [ '127.0.0.1:1', '127.0.0.1:2' ]")
					.gives("etcd", "127.0.0.1:1,127.0.0.1:2"),
				yaml("text of a list").of("connection-string: '[\"127.0.0.1:1\"]'").gives("etcd", "[\"127.0.0.1:1\"]"),
				yaml("lines").of("connection-string: |\n  127.0.0.1:1\n  127.0.0.1:2")
					.gives("etcd", "127.0.0.1:1\n127.0.0.1:2\n"),
				yaml("underscore without TLS").of("connection-string: http://etcd_1:1")
					.gives("etcd", "http://etcd_1:1"),
				yaml("user and password").of("connection-string: " + URL + "\nclient: { user: u, password: s3cr3t }")
					.gives("etcd", URL),
				yaml("empty user and password")
					.of("connection-string: " + URL + "\nclient: { user: '', password: '${NONE:}' }")
					.gives("etcd", URL),
				yaml("unknown key").of("connection-string: " + URL + "\nconection-string: b").gives("etcd", URL),
				yaml("empty").of("connection-string: ''\nclient-cert: ''\nclient: { user: ''}"),
				yaml("name and enabled").of("name: db\nenabled: true"),
				yaml("version").of("version: 3.6.5").gives("etcd", "null"),

				further("further list").of("a:\n  connection-string:\n    - 127.0.0.1:1\n    - 127.0.0.1:2")
					.gives("a", "127.0.0.1:1,127.0.0.1:2"),
				further("further list beside others")
					.of("a:\n  name: c\n  connection-string: [ '127.0.0.1:1' ]\nb:\n  connection-string: " + URL)
					.gives("c", "127.0.0.1:1")
					.gives("b", URL),
				further("further name").of("a: { name: c }").gives("c", "null"), further("further empty").of("a:"),
				further("default tuned beside further").of("a: { connection-string: '" + URL + "' }")
					.variable("ETCD_RELATION_CLIENT_REQUESTTIMEOUT", "5s")
					.gives("a", URL));
	}

	private static Stream<PropertyVariant> variables() {
		List<PropertyVariant> variants = new ArrayList<>();
		for (String service : new String[] { "ETCD", "ETCD_RELATION", "ETCD_RELATIONS", "ETCD_PROVIDER",
				"ETCD_RELATION_CLIENT", "ETCD_RELATIONS_A", "ETCD_RELATION_SAVE", "ETCD_RELATION_CLIENT_USER" }) {
			variants.add(new PropertyVariant("service " + service).service(service));
			variants.add(new PropertyVariant("service " + service + " beside relations").service(service)
				.variable("ETCD_RELATION_CONNECTIONSTRING", URL)
				.variable("ETCD_RELATIONS_B_CONNECTION_STRING", "127.0.0.1:1")
				.gives("etcd", URL)
				.gives("b", "127.0.0.1:1"));
		}
		variants.add(new PropertyVariant("dashes as underscores").variable("ETCD_RELATION_CONNECTION_STRING", URL)
			.variable("ETCD_RELATION_CLIENT_REQUEST_TIMEOUT", "5s")
			.gives("etcd", URL));
		variants
			.add(new PropertyVariant("indexed variables").variable("ETCD_RELATION_CONNECTIONSTRING_0", "127.0.0.1:1")
				.variable("ETCD_RELATION_CONNECTIONSTRING_1", "127.0.0.1:2")
				.gives("etcd", "127.0.0.1:1,127.0.0.1:2"));
		variants.add(new PropertyVariant("JSON in a variable")
			.variable("ETCD_RELATION_CONNECTIONSTRING", "[\"127.0.0.1:1\", \"127.0.0.1:2\"]")
			.gives("etcd", "[\"127.0.0.1:1\", \"127.0.0.1:2\"]"));
		variants.add(new PropertyVariant("misspelled variable").variable("ETCD_RELATION_CONECTIONSTRING", URL)
			.fails("'etcd.relation.connection-string' is missing",
					"(environment variable ETCD_RELATION_CONECTIONSTRING)",
					"did you mean 'etcd.relation.connection-string'?"));
		variants.add(new PropertyVariant("certificate variable").variable("ETCD_RELATION_CLIENT_CERT", TestPem.CERT)
			.fails(MISSING + "'etcd.relation.client-cert' (environment variable ETCD_RELATION_CLIENT_CERT) is given"));
		return variants.stream();
	}

	private static Stream<PropertyVariant> failing() {
		return Stream.of(
				yaml("misspelled").of("connection-sting: " + URL)
					.fails("Property 'etcd.relation.connection-string' is missing.", "'etcd.relation.connection-sting'",
							"application.yml:3) is not a property; did you mean 'etcd.relation.connection-string'?",
							"Give 'etcd.relation.connection-string', for example https://10.0.0.1:2379",
							"'etcd.relation.directory'", "'etcd.relation.enabled' to false"),
				yaml("misspelled beside client").of("client:\n  namespace: a\nconection-string: " + URL)
					.fails(MISSING + "'etcd.relation.client.namespace' (", "application.yml:4) is given",
							"'etcd.relation.conection-string' (", "application.yml:5) is not a property"),
				yaml("misspelled list").of("connection-strings: [ a, b ]")
					.fails("did you mean 'etcd.relation.connection-string'?"),
				yaml("other name").of("endpoints: a:1").fails("did you mean 'etcd.relation.connection-string'?"),
				yaml("misspelled certificate").of("client-certificate: s3cr3t")
					.fails("'etcd.relation.client-certificate'", "did you mean 'etcd.relation.client-cert'?"),
				yaml("misspelled authority").of("connection-string: https://a:1\nclient-cas: s3cr3t")
					.fails("Property 'etcd.relation.client-ca' is missing", "did you mean 'etcd.relation.client-ca'?",
							"application.yml:4)"),
				yaml("username").of("client: { username: u }").fails("did you mean 'etcd.relation.client.user'?"),
				yaml("client only").of("client:\n  request-timeout: 5s")
					.fails(MISSING + "'etcd.relation.client.request-timeout'", "application.yml:4) is given"),
				yaml("credentials only").of("client-key: s3cr3t")
					.fails(MISSING + "'etcd.relation.client-key' (", "application.yml:3) is given",
							"Give 'etcd.relation.connection-string', for example"),
				yaml("bundle only").of("ssl: { bundle: b }").fails(MISSING + "'etcd.relation.ssl.bundle' ("),
				yaml("save only").of("save: { key: b }").fails(MISSING + "'etcd.relation.save.key' ("),
				yaml("user without password").of("connection-string: " + URL + "\nclient:\n  user: u")
					.fails("Property 'etcd.relation.client.password' is missing, but client.user is given.",
							"Origin of 'etcd.relation.client.user': ", "application.yml:5", "Give both, or neither."),
				yaml("password without user").of("connection-string: " + URL + "\nclient:\n  password: s3cr3t")
					.fails("Property 'etcd.relation.client.user' is missing, but client.password is given.",
							"Origin of 'etcd.relation.client.password': "),
				yaml("underscore with TLS").of("connection-string: https://etcd_1:2379")
					.fails("'etcd.relation.connection-string' has an entry 'https://etcd_1:2379', whose host TLS cannot "
							+ "verify", "application.yml:3", "network alias"),
				yaml("underscore, TLS by bundle").of("connection-string: etcd_1\nssl: { bundle: b }")
					.fails("'etcd.relation.connection-string' has an entry 'etcd_1', whose host TLS cannot verify"),
				yaml("bundle and certificate")
					.of("connection-string: https://a\nssl: { bundle: b }\nclient-cert: s3cr3t")
					.fails("Origin of 'etcd.relation.ssl.bundle': ", "application.yml:4",
							"Origin of 'etcd.relation.client-cert': ", "application.yml:5"),
				yaml("poll interval").of("directory: missing\npoll-interval: 1ms")
					.fails("Property 'etcd.relation.poll-interval' is less than 100 ms",
							"Origin of 'etcd.relation.poll-interval': ", "application.yml:4"),
				yaml("duration").of("connection-string: " + URL + "\nclient: { request-timeout: 0s }")
					.fails("Property 'etcd.relation.client.request-timeout' is not between ",
							"Origin of 'etcd.relation.client.request-timeout': ", "application.yml:4"),
				yaml("directory and data").of("directory: missing\nclient-ca: s3cr3t")
					.fails("Property 'etcd.relation.directory' and ", "Origin of 'etcd.relation.directory': ",
							"Origin of 'etcd.relation.client-ca': ", "application.yml:4"),
				yaml("user information").of("connection-string: https://u:s3cr3t@a")
					.fails("has an entry with user information", "application.yml:3"),
				further("value in place of a relation").of("a: https://b:2379")
					.fails("Property 'etcd.relations.a' is a value or a list, where the properties of a relation are expected.",
							"Origin of 'etcd.relations.a': ", "application.yml:2",
							"Give 'etcd.relations.a.connection-string'"),
				further("list in place of a relation").of("a: [ b ]").fails("etcd.relations.a"),
				further("further misspelled").of("a:\n  conection-string: b")
					.fails("Property 'etcd.relations.a.connection-string' is missing.",
							"'etcd.relations.a.conection-string' (", "application.yml:3) is not a property"),
				further("further credentials only").of("a:\n  client-cert: s3cr3t")
					.fails("Property 'etcd.relations.a.connection-string' is missing, but "
							+ "'etcd.relations.a.client-cert' (", "application.yml:3) is given"),
				further("further client only").of("a:\n  client:\n    user: u")
					.fails("Property 'etcd.relations.a.connection-string' is missing, but "
							+ "'etcd.relations.a.client.user' ("),
				further("further user only").of("a:\n  connection-string: b\n  client:\n    user: u")
					.fails("Property 'etcd.relations.a.client.password' is missing"),
				further("misspelled default beside further").of("a: { connection-string: '" + URL + "' }")
					.variable("ETCD_RELATION_CONECTIONSTRING", URL)
					.fails("did you mean 'etcd.relation.connection-string'?"));
	}

	private static PropertyVariant yaml(String name) {
		return new PropertyVariant(name).below("relation");
	}

	private static PropertyVariant further(String name) {
		return new PropertyVariant(name).below("relations");
	}

}
