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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.internal.channel.ChannelTarget;
import io.github.etcdrelation.internal.channel.EtcdUser;
import io.github.etcdrelation.internal.registry.ManagedRelation;
import io.github.etcdrelation.internal.registry.RelationRegistry;
import io.github.etcdrelation.internal.source.TestFiles;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the files that a relation directory may have: what the channel connects to, or
 * what it reports to be missing.
 */
class DirectoryVariantsTests {

	private static final String URL = "http://127.0.0.1:1";

	private static final String NO_FILE = " has no file with a connection string (connection_string, connection-string, "
			+ "endpoints, uris, uri or host)";

	@TempDir
	private Path parent;

	@ParameterizedTest(name = "{0}")
	@MethodSource({ "names", "lists", "neighbors", "accounts", "spools", "missing" })
	void variant(Variant variant) throws Exception {
		Path directory = this.parent.resolve("relation");
		variant.files.forEach((name, content) -> TestFiles.write(directory.resolve(name), content));
		for (Map.Entry<String, String> link : variant.links.entrySet()) {
			Files.createSymbolicLink(directory.resolve(link.getKey()), Path.of(link.getValue()));
		}
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, EtcdRelationAutoConfiguration.class))
			.withPropertyValues("etcd.relation.directory=" + directory.resolve(variant.below),
					"etcd.relation.client.available-timeout=0s")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				ManagedRelation managed = context.getBean(RelationRegistry.class).getManaged("etcd");
				EtcdRelation relation = managed.reconciler().getRelation();
				ChannelTarget target = managed.channel().getStatus().target();
				assertThat((target != null) ? target.getEndpoints().toString() : null).isEqualTo(variant.endpoints);
				assertThat((target != null) ? target.getUser() : null).isEqualTo(variant.user);
				assertThat(relation.getUsername()).isEqualTo(variant.username);
				assertThat(relation.getPrefix()).isEqualTo(variant.prefix);
				assertThat(relation.isTlsAvailable()).isEqualTo(variant.tls);
				assertThat(relation).asString().doesNotContain("s3cr3t");
				if (variant.problem != null) {
					assertThat(managed.channel().getStatus().problem())
						.startsWith(variant.problem.replace("<directory>", directory.toString()))
						.contains(directory.toString());
				}
			});
	}

	private static Stream<Variant> names() {
		return Stream.of(new Variant("connection_string").file("connection_string", URL).connects(URL),
				new Variant("connection-string").file("connection-string", URL).connects(URL),
				new Variant("endpoints").file("endpoints", URL).connects(URL),
				new Variant("uris").file("uris", URL).connects(URL), new Variant("uri").file("uri", URL).connects(URL),
				new Variant("host and port").file("host", "127.0.0.1\n").file("port", "1\n").connects(URL),
				new Variant("host").file("host", "127.0.0.1").connects("http://127.0.0.1:2379"),
				new Variant("hosts and port").file("host", "127.0.0.1, 127.0.0.2")
					.file("port", "1")
					.connects("http://127.0.0.1:1,http://127.0.0.2:1"),
				new Variant("IPv6 host and port").file("host", "::1").file("port", "1").connects("http://[::1]:1"),
				hosts("hosts at blanks and port", "127.0.0.1 127.0.0.2", "http://127.0.0.1:1,http://127.0.0.2:1"),
				hosts("hosts in lines and port", "127.0.0.1\n::1\n", "http://127.0.0.1:1,http://[::1]:1"),
				hosts("host with port and port", "127.0.0.1:2", "http://127.0.0.1:2"),
				hosts("IPv6 host with port and port", "[::1]:2", "http://[::1]:2"),
				hosts("IPv6 host in brackets and port", "[::1]", "http://[::1]:1"),
				hosts("host with scheme and port", "http://127.0.0.1", "http://127.0.0.1:1"),
				hosts("IPv6 host with scheme and port", "http://::1", "http://[::1]:1"),
				hosts("URL and port", "http://127.0.0.1:2, 127.0.0.2", "http://127.0.0.1:2,http://127.0.0.2:1"),
				new Variant("host and empty port").file("host", "127.0.0.1")
					.file("port", "")
					.connects("http://127.0.0.1:2379"),
				new Variant("uri before host").file("host", "a").file("port", "1").file("uri", URL).connects(URL),
				new Variant("endpoints before uris").file("endpoints", URL).file("uris", "http://a").connects(URL),
				new Variant("uris before uri").file("uris", URL).file("uri", "http://a").connects(URL),
				new Variant("connection-string before endpoints").file("connection-string", URL)
					.file("endpoints", "http://a")
					.connects(URL),
				credentials("client_cert", "client_key", "client_ca"),
				credentials("client-cert", "client-key", "client-ca"), credentials("tls.crt", "tls.key", "ca.crt"),
				credentials("tls.crt", "tls.key", "tls-ca"), credentials("certificates", "private-key", "ca.crt"),
				credentials("client-cert", "tls.key", "tls-ca"),
				new Variant("certificates alone are the authority's").file("endpoints", "127.0.0.1:1")
					.file("certificates", TestPem.CA)
					.connects("https://127.0.0.1:1"),
				new Variant("tls-ca alone").file("endpoints", "127.0.0.1:1")
					.file("tls-ca", TestPem.CA)
					.connects("https://127.0.0.1:1"),
				new Variant("client_ca before tls-ca").file("uri", "https://127.0.0.1:1")
					.file("client_ca", TestPem.CA)
					.file("tls-ca", "none")
					.connects("https://127.0.0.1:1"));
	}

	private static Variant hosts(String name, String host, String endpoints) {
		return new Variant(name).file("host", host).file("port", "1").connects(endpoints);
	}

	private static Variant credentials(String cert, String key, String ca) {
		return new Variant(cert + ", " + key + ", " + ca).file("uri", "127.0.0.1:1")
			.file(cert, TestPem.CERT)
			.file(key, TestPem.KEY)
			.file(ca, TestPem.CA)
			.connects("https://127.0.0.1:1")
			.tls();
	}

	private static Stream<Variant> lists() {
		String both = "http://127.0.0.1:1,http://127.0.0.2:1";
		return Stream.of(new Variant("commas").file("endpoints", "127.0.0.1:1,127.0.0.2:1").connects(both),
				new Variant("lines").file("endpoints", "127.0.0.1:1\n127.0.0.2:1\n").connects(both),
				new Variant("Windows lines").file("endpoints", "127.0.0.1:1\r\n127.0.0.2:1\r\n").connects(both),
				new Variant("JSON").file("uris", "[\"127.0.0.1:1\", \"http://127.0.0.2:1\"]\n").connects(both),
				new Variant("YAML").file("endpoints", "- 127.0.0.1:1\n- 127.0.0.2:1\n").connects(both),
				new Variant("byte order mark").file("connection_string", "\uFEFF" + URL + "\n").connects(URL),
				new Variant("blanks").file("uri", "  " + URL + " \n\n").connects(URL),
				new Variant("underscore without TLS").file("uri", "etcd_1:1").connects("http://etcd_1:1"),
				new Variant("underscore with TLS").file("uri", "etcd_1:1")
					.file("tls-ca", TestPem.CA)
					.problem("connection-string has an entry 'etcd_1:1', whose host TLS cannot verify: a host name "
							+ "consists of labels of 1 to 63 letters, digits and hyphens, without an underscore, and a "
							+ "hyphen is neither first nor last in a label"),
				new Variant("no URL").file("uri", "a b/c")
					.problem("connection-string has an entry 'a b/c', which is not a URL"));
	}

	private static Stream<Variant> neighbors() {
		return Stream
			.of("lost+found/x", "backup/etcd-0.json", "backup/etcd/0.json", ".git/HEAD", "README", "notes.json",
					"old:1/etcd-0.json", "old:1/etcd/0.json", "version/x", "..2024/uri", "connection_string/x", "type",
					"provider", "a/b/c/d.json", "etcd:1/README")
			.map((name) -> new Variant("beside " + name).file("uri", URL)
				.file(name, "{\"connection_string\": \"http://a\"")
				.connects(URL));
	}

	private static Stream<Variant> accounts() {
		return Stream.of(
				new Variant("username and password").file("uri", URL)
					.file("username", "u\n")
					.file("password", "s3cr3t\n")
					.connects(URL)
					.user("u", "s3cr3t"),
				new Variant("username").file("uri", URL).file("username", "u").connects(URL).username("u"),
				new Variant("password").file("uri", URL).file("password", "s3cr3t").connects(URL),
				new Variant("prefix").file("uri", URL).file("prefix", "/app/\n").connects(URL).prefix("/app/"),
				new Variant("byte order mark of username").file("uri", URL)
					.file("username", "\uFEFFu")
					.file("password", " s3cr3t ")
					.connects(URL)
					.user("u", " s3cr3t "),
				new Variant("account of etcd_client").file("endpoints", "127.0.0.1:1")
					.file("tls-ca", TestPem.CA)
					.file("username", "u")
					.file("prefix", "/p/")
					.file("version", "3.6.5")
					.connects("https://127.0.0.1:1")
					.username("u")
					.prefix("/p/"));
	}

	private static Stream<Variant> spools() {
		String databag = "{\"connection_string\": \"" + URL + "\", \"username\": \"u\", \"password\": \"s3cr3t\"}";
		return Stream.of(new Variant("spool").file("etcd:1/etcd-0.json", databag).connects(URL),
				new Variant("spool by application").file("etcd:1/etcd/0.json", databag).connects(URL),
				new Variant("spool beside others").file("etcd:1/etcd-0.json", databag)
					.file("lost+found/x.json", "x")
					.file("backup/etcd-0.json", "x")
					.file("README", "x")
					.connects(URL),
				new Variant("other names in a spool")
					.file("etcd:1/etcd-0.json", "{\"endpoints\": \"" + URL + "\", \"uri\": \"" + URL + "\"}")
					.problem("it is connected but has no connection string"),
				new Variant("spool without unit").file("etcd:1/README", "x")
					.problem("directory <directory> has no unit of the relation"));
	}

	private static Stream<Variant> missing() {
		return Stream.of(new Variant("missing").problem("directory <directory> does not exist"),
				new Variant("missing below").below("a/b").problem("directory <directory>/a/b does not exist"),
				new Variant("file").file("a", "x")
					.below("a")
					.problem("directory <directory>/a is not a directory, but a file"),
				new Variant("other files").file("a", "x").problem("directory <directory>" + NO_FILE),
				new Variant("only directories").file("lost+found/a", "x").problem("directory <directory>" + NO_FILE),
				new Variant("backup with JSON").file("backup/etcd-0.json", "{\"connection_string\": \"" + URL + "\"}")
					.problem("directory <directory>" + NO_FILE),
				new Variant("credentials only").file("tls.crt", TestPem.CERT)
					.file("tls.key", TestPem.KEY)
					.file("ca.crt", TestPem.CA)
					.problem("directory <directory>" + NO_FILE),
				new Variant("port only").file("port", "1").problem("directory <directory>" + NO_FILE),
				new Variant("empty connection string").file("uri", "\n").problem("file <directory>/uri is empty"),
				new Variant("blank endpoints").file("endpoints", " \r\n \n")
					.problem("file <directory>/endpoints is empty"),
				new Variant("empty host").file("host", "").file("port", "1").problem("file <directory>/host is empty"),
				new Variant("empty endpoints of a volume").file("..2024/endpoints", "")
					.link("..data", "..2024")
					.problem("file <directory>/endpoints is empty"));
	}

	/**
	 * Files of a directory and what comes of them.
	 */
	private static final class Variant {

		private final String name;

		private final Map<String, String> files = new LinkedHashMap<>();

		private final Map<String, String> links = new LinkedHashMap<>();

		private String below = "";

		private @Nullable String endpoints;

		private @Nullable String problem;

		private @Nullable EtcdUser user;

		private @Nullable String username;

		private @Nullable String prefix;

		private boolean tls;

		Variant(String name) {
			this.name = name;
		}

		Variant file(String name, String content) {
			this.files.put(name, content);
			return this;
		}

		Variant link(String name, String destination) {
			this.links.put(name, destination);
			return this;
		}

		Variant below(String below) {
			this.below = below;
			return this;
		}

		Variant connects(String endpoints) {
			this.endpoints = endpoints;
			return this;
		}

		Variant problem(String problem) {
			this.problem = problem;
			return this;
		}

		Variant user(String name, String password) {
			this.user = new EtcdUser(name, password);
			return username(name);
		}

		Variant username(String username) {
			this.username = username;
			return this;
		}

		Variant prefix(String prefix) {
			this.prefix = prefix;
			return this;
		}

		Variant tls() {
			this.tls = true;
			return this;
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

}
