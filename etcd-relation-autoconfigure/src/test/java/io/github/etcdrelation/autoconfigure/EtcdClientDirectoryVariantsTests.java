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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.internal.channel.ChannelTarget;
import io.github.etcdrelation.internal.registry.ManagedRelation;
import io.github.etcdrelation.internal.registry.RelationRegistry;
import io.github.etcdrelation.internal.source.TestFiles;
import net.minidev.json.JSONArray;
import net.minidev.json.JSONObject;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the files that a directory of the interface {@code etcd_client} may have: states
 * and values of the relation, what the channel connects to, and what is reported to be
 * missing.
 */
class EtcdClientDirectoryVariantsTests {

	private static final String URLS = "https://127.0.0.1:1,https://127.0.0.2:1";

	private static final String HOSTS = "127.0.0.1:1,127.0.0.2:1";

	private static final String APPLICATION = "etcd-client:1/etcd.json";

	private static final String SECRETS = "etcd-client:1/secrets/";

	private static final Map<String, Object> USER = Map.of("username", "client", "uris", URLS);

	private static final Map<String, Object> TLS = Map.of("tls", "True", "tls-ca", TestPem.CA);

	private static final Map<String, Object> OWN = Map.of("client_cert", EtcdClientPem.CERT, "client_key",
			EtcdClientPem.KEY, "prefix", "/p/");

	@TempDir
	private Path parent;

	@ParameterizedTest(name = "{0}")
	@MethodSource({ "files", "partialFiles", "otherFiles", "spools", "partialSpools", "otherSpools", "invalid" })
	void variant(Variant variant) throws Exception {
		Path directory = Files.createDirectory(this.parent.resolve("relation"));
		variant.files.forEach((name, content) -> TestFiles.write(directory.resolve(name), content));
		for (Map.Entry<String, String> link : variant.links.entrySet()) {
			Files.createSymbolicLink(directory.resolve(link.getKey()), Path.of(link.getValue()));
		}
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, EtcdRelationAutoConfiguration.class))
			.withPropertyValues("etcd.relation.directory=" + directory, "etcd.relation.client.available-timeout=0s")
			.withPropertyValues(variant.properties.toArray(String[]::new))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				ManagedRelation managed = context.getBean(RelationRegistry.class).getManaged("etcd");
				EtcdRelation relation = managed.reconciler().getRelation();
				assertThat(relation.getStates()).isEqualTo(variant.states);
				assertThat(relation.getInterface()).isEqualTo(variant.relationInterface);
				assertThat(relation.getUsername()).isEqualTo(variant.username);
				assertThat(relation.getPrefix()).isEqualTo(variant.prefix);
				assertThat(relation.getVersion()).isEqualTo(variant.version);
				if (relation.isTlsAvailable()) {
					assertThat(relation.getClientCredentials().clientCert())
						.isEqualToIgnoringWhitespace(EtcdClientPem.CERT);
				}
				ChannelTarget target = managed.channel().getStatus().target();
				assertThat((target != null) ? target.getEndpoints().toString() : null).isEqualTo(variant.endpoints);
				String problem = managed.channel().getStatus().problem();
				if (variant.problem != null) {
					assertThat(problem).startsWith(variant.problem.replace("<directory>", directory.toString()))
						.contains(directory.toString())
						.doesNotContain("s3cr3t", "BEGIN");
				}
				else if (variant.endpoints != null) {
					assertThat(problem).isNull();
				}
			});
	}

	private static Stream<Variant> files() {
		String more = "127.0.0.1:1\n127.0.0.2:1\n";
		return Stream.of(plain("uris").file("uris", URLS + "\n").complete(),
				plain("endpoints").file("endpoints", HOSTS).complete(),
				plain("uris before endpoints").file("endpoints", "127.0.0.3:1").file("uris", URLS).complete(),
				plain("endpoints in lines").file("endpoints", more).complete(),
				plain("endpoints in JSON").file("endpoints", "[\"127.0.0.1:1\", \"127.0.0.2:1\"]\n").complete(),
				plain("endpoints in YAML").file("endpoints", "- 127.0.0.1:1\n- 127.0.0.2:1\n").complete(),
				plain("uris without schemes").file("uris", HOSTS).complete(),
				plain("names of cert-manager").without("client_cert", "client_key")
					.file("uris", URLS)
					.file("tls.crt", EtcdClientPem.CERT)
					.file("tls.key", EtcdClientPem.KEY)
					.file("ca.crt", "that of the own certificate")
					.complete(),
				plain("names of service bindings").without("client_cert", "client_key")
					.file("uris", URLS)
					.file("certificates", EtcdClientPem.CERT)
					.file("private-key", EtcdClientPem.KEY)
					.complete(),
				plain("byte order mark").file("uris", "\uFEFF" + URLS).file("username", "\uFEFFclient\n").complete(),
				plain("neighbors").file("uris", URLS)
					.file("README", "x")
					.file("etcd:1/etcd-0.json", "{\"connection_string\": \"http://a\"}")
					.complete(),
				new Variant("volume").file("..1/uris", URLS)
					.file("..1/username", "client")
					.file("..1/tls-ca", TestPem.CA)
					.file("..1/client-cert", EtcdClientPem.CERT)
					.file("..1/client-key", EtcdClientPem.KEY)
					.link("..data", "..1")
					.complete()
					.prefix(null)
					.version(null),
				plain("own certificate by properties").without("client_cert", "client_key")
					.file("uris", URLS)
					.property("client-cert=" + EtcdClientPem.CERT)
					.property("client-key=" + EtcdClientPem.KEY)
					.complete(),
				plain("own certificate of a bundle").without("client_cert", "client_key")
					.file("uris", URLS)
					.bundle(EtcdClientPem.CERT, EtcdClientPem.KEY)
					.complete(),
				plain("version of the interface is none of etcd").file("uris", URLS)
					.file("version", "v1")
					.complete()
					.version(null),
				plain("forced").without("prefix", "version")
					.file("uris", URLS)
					.property("interface=etcd-client")
					.complete()
					.prefix(null)
					.version(null),
				plain("forced with names of the other interface").without("tls-ca")
					.file("connection_string", URLS)
					.file("client_ca", TestPem.CA)
					.property("interface=etcd-client")
					.complete(),
				plain("forced with host and port").file("host", "127.0.0.1 127.0.0.2")
					.file("port", "1")
					.property("interface=etcd-client")
					.complete());
	}

	private static Stream<Variant> partialFiles() {
		return Stream.of(
				plain("no tls-ca").without("tls-ca")
					.file("uris", URLS)
					.available()
					.problem("directory <directory> has no file tls-ca"),
				plain("empty tls-ca").file("uris", URLS)
					.file("tls-ca", " \n")
					.available()
					.problem("directory <directory> has an empty file tls-ca"),
				plain("empty username").file("uris", URLS)
					.file("username", "\n")
					.connected()
					.prefix("/p/")
					.problem("directory <directory> has an empty file username"),
				plain("no endpoints").connected()
					.username("client")
					.prefix("/p/")
					.problem("directory <directory> has no file uris or endpoints"),
				plain("empty endpoints").file("endpoints", "\n")
					.connected()
					.username("client")
					.prefix("/p/")
					.problem("directory <directory> has an empty file endpoints"),
				plain("no key").without("client_key")
					.file("uris", URLS)
					.available()
					.problem("directory <directory> has no file client_key"),
				plain("no certificate").without("client_cert")
					.file("uris", URLS)
					.available()
					.problem("directory <directory> has no file client_cert"),
				plain("own certificate by properties, no tls-ca yet")
					.without("client_cert", "client_key", "tls-ca", "prefix")
					.file("endpoints", HOSTS)
					.property("client-cert=" + EtcdClientPem.CERT)
					.property("client-key=" + EtcdClientPem.KEY)
					.property("prefix=/p/")
					.available()
					.problem("directory <directory> has no file tls-ca"),
				plain("prefix by properties, no certificate").without("client_cert", "client_key")
					.file("uris", URLS)
					.property("prefix=/p/")
					.available()
					.problem("it is connected but has no own client certificate (client-cert), no own private key"),
				plain("forced, but the names of the other interface").without("username", "tls-ca")
					.file("connection_string", URLS)
					.file("client_ca", TestPem.CA)
					.property("interface=etcd-client")
					.connected()
					.prefix("/p/")
					.problem("its data looks like that of the interface etcd, but etcd.relation.interface says "
							+ "etcd_client; correct or remove that property (directory <directory>)"),
				new Variant("forced, nothing yet").property("interface=etcd-client")
					.connected()
					.problem("directory <directory> has no file username, no file uris or endpoints, no file tls-ca, "
							+ "no file client_cert, no file client_key"));
	}

	private static Stream<Variant> otherFiles() {
		return Stream.of(plain("password").file("uris", URLS).file("password", "s3cr3t").classic(),
				plain("connection_string").file("connection_string", URLS).classic(),
				plain("connection_string before uris").file("uris", "https://a")
					.file("connection_string", URLS)
					.classic(),
				plain("uri").file("uri", URLS).classic(),
				plain("client_ca").without("tls-ca").file("client_ca", TestPem.CA).file("uris", URLS).classic(),
				plain("ca.crt").without("tls-ca").file("ca.crt", TestPem.CA).file("uris", URLS).classic(),
				plain("no username").without("username").file("uris", URLS).classic().username(null),
				plain("forced to the other interface").file("uris", URLS).property("interface=etcd").classic(),
				plain("own certificate of a bundle, but no tls-ca").without("client_cert", "client_key", "tls-ca")
					.file("endpoints", HOSTS)
					.bundle(EtcdClientPem.CERT, EtcdClientPem.KEY)
					.classic()
					.states(RelationState.CONNECTED, RelationState.AVAILABLE),
				plain("bundle without a certificate of the client").without("client_cert", "client_key")
					.file("endpoints", HOSTS)
					.authorityBundle()
					.classic()
					.states(RelationState.CONNECTED, RelationState.AVAILABLE));
	}

	private static Stream<Variant> spools() {
		return Stream.of(spool("flat", flat()), spool("in place", inPlace()),
				spool("referred to", referring()).secret("u5er", USER).secret("t1s", TLS),
				spool("referred to in another model", with(referring(), "secret-user", "secret://0b1c/u5er"))
					.secret("u5er", USER)
					.secret("t1s", TLS),
				spool("one in place", with(referring(), "secret-tls", TLS)).secret("u5er", USER),
				spool("version 1", version1(JSONArray.toJSONString(List.of(response(referring())))))
					.secret("u5er", USER)
					.secret("t1s", TLS),
				spool("version 1 as an array", version1(List.of(response(inPlace())))),
				spool("version 1 as a flat array", version1(List.of(response(flat())))),
				spool("version 1 as an array that refers", version1(List.of(response(referring()))))
					.secret("u5er", USER)
					.secret("t1s", TLS),
				spool("version 1 with another request",
						version1(List.of(Map.of("resource", "/other/", "username", "other"), response(inPlace())))),
				spool("unknown keys and nulls",
						"{\"data\": {\"a\": {\"b\": [1, {}]}}, \"salt\": null, \"n\": 1, \"secret-entity\": [[]], "
								+ json(flat()).substring(1)),
				spool("boolean tls", with(with(flat(), "tls", true), "own", OWN)),
				spool("units without data", inPlace()).file("etcd-client:1/etcd/0.json", "{\"ingress-address\": \"a\"}")
					.file("etcd-client:1/etcd-1.json", "{}"),
				spool("own files", without(inPlace(), "own")).file("client_cert", EtcdClientPem.CERT)
					.file("client_key", EtcdClientPem.KEY)
					.file("prefix", "/p/"),
				spool("own files of cert-manager", without(inPlace(), "own")).file("tls.crt", EtcdClientPem.CERT)
					.file("tls.key", EtcdClientPem.KEY)
					.file("ca.crt", "that of the own certificate"),
				spool("own key before own files", inPlace()).file("client_cert", EtcdClientPem.RENEWED_CERT)
					.file("client_key", EtcdClientPem.RENEWED_KEY),
				spool("own files before properties", without(inPlace(), "own")).file("client_cert", EtcdClientPem.CERT)
					.file("client_key", EtcdClientPem.KEY)
					.property("client-cert=" + EtcdClientPem.RENEWED_CERT)
					.property("client-key=" + EtcdClientPem.RENEWED_KEY),
				spool("own data by properties", without(inPlace(), "own")).property("client-cert=" + EtcdClientPem.CERT)
					.property("client-key=" + EtcdClientPem.KEY),
				spool("unit of another relation without connection string", inPlace()).file("etcd:1/etcd/0.json", "{}"),
				spool("information only", with(inPlace(), "status", "[{\"code\": 1000, \"message\": \"m\"}]")),
				spool("status that is empty", with(inPlace(), "status", "{}")),
				spool("status in place that is an object", with(inPlace(), "status", Map.of("code", 4000))),
				spool("status in place with odd items",
						with(inPlace(), "status", List.of("s3cr3t", 1, List.of(), Map.of()))),
				spool("status that is a number", with(inPlace(), "status", 4000)),
				spool("forced", inPlace()).property("interface=etcd-client"));
	}

	private static Stream<Variant> partialSpools() {
		String file = "file <directory>/" + APPLICATION;
		String secrets = "<directory>/" + SECRETS;
		return Stream.of(
				spool("nothing yet", Map.of("own", OWN)).connected()
					.prefix("/p/")
					.problem(file + " has no username, no uris or endpoints, no tls-ca"),
				spool("nothing yet, nothing of the own side", Map.of("endpoints", HOSTS)).connected()
					.problem(file + " has no username, no tls-ca, and neither key own of " + file
							+ " nor directory <directory> has client_cert and client_key"),
				spool("no own key", with(inPlace(), "own", Map.of("client_cert", EtcdClientPem.CERT))).available()
					.problem("neither key own of " + file + " nor directory <directory> has client_key"),
				spool("no secret", referring()).connected()
					.prefix("/p/")
					.problem("file " + secrets + "u5er.json does not exist (secret-user of <directory>/" + APPLICATION
							+ "), file " + secrets + "t1s.json does not exist (secret-tls of <directory>/" + APPLICATION
							+ ")"),
				spool("no secret of TLS", referring()).secret("u5er", USER)
					.available()
					.problem("file " + secrets + "t1s.json does not exist (secret-tls"),
				spool("no secret of the user", referring()).secret("t1s", TLS)
					.connected()
					.prefix("/p/")
					.problem("file " + secrets + "u5er.json does not exist (secret-user"),
				spool("secrets that are incomplete", referring()).secret("t1s", Map.of())
					.secret("u5er", Map.of("username", "client"))
					.available()
					.problem(file + " and its secrets have no tls-ca"),
				spool("version 1 without response", with(version1("[]"), "own", OWN)).connected()
					.prefix("/p/")
					.problem(file + " has no requests"),
				spool("no endpoints", without(without(flat(), "uris"), "endpoints")).connected()
					.username("client")
					.prefix("/p/")
					.problem(file + " has no uris or endpoints"),
				spool("refused", Map.of("own", OWN, "status",
						"[{\"code\": 4003, \"message\": \"common name in use <directory>\", \"resolution\": \"r\"}]"))
					.connected()
					.prefix("/p/")
					.problem("the provider refuses the request: common name in use"),
				spool("refused, in place",
						Map.of("own", OWN, "status", List.of(Map.of("code", 5001, "message", "no such prefix"))))
					.connected()
					.prefix("/p/")
					.problem("the provider refuses the request: no such prefix (5001)"),
				spool("secret outside of the directory", with(referring(), "secret-user", "secret:../../../passwd:.."))
					.secret("t1s", TLS)
					.connected()
					.prefix("/p/")
					.problem(file + " and its secrets have no username"));
	}

	private static Stream<Variant> otherSpools() {
		String unit = "{\"connection_string\": \"http://127.0.0.3:1\"}";
		Variant classic = new Variant("unit of another relation").file(APPLICATION, json(inPlace()))
			.file("etcd:2/etcd/0.json", unit);
		return Stream.of(classic.unit(),
				new Variant("connection string beside an application").file(APPLICATION, unit).unit(),
				new Variant("unit of an application that is called secrets").file("etcd:1/secrets/0.json", unit).unit(),
				new Variant("numbers are units").file("etcd:1/etcd-0.json", unit).unit(),
				new Variant("own files beside units").file("etcd:1/etcd-0.json", unit)
					.file("client_cert", EtcdClientPem.CERT)
					.file("client_key", EtcdClientPem.KEY)
					.unit(),
				new Variant("unit without a number").file(APPLICATION, "{\"other\": \"value\"}").silentUnit(),
				new Variant("forced to the other interface").file(APPLICATION, json(inPlace()))
					.property("interface=etcd")
					.nothing()
					.ofInterface("etcd")
					.problem(
							"its data looks like that of the interface etcd_client, but etcd.relation.interface says etcd; "
									+ "correct or remove that property (directory <directory>)"),
				new Variant("forced, but a silent unit").file("etcd:1/etcd-0.json", "{}")
					.property("interface=etcd")
					.silentUnit()
					.ofInterface("etcd"),
				new Variant("forced, but only units").file("etcd:1/etcd-0.json", unit)
					.property("interface=etcd-client")
					.connected()
					.problem(
							"its data looks like that of the interface etcd, but etcd.relation.interface says etcd_client; "
									+ "correct or remove that property (directory <directory>)"),
				new Variant("forced, but a silent unit of the other interface").file("etcd:1/etcd-0.json", "{}")
					.property("interface=etcd-client")
					.connected()
					.problem("directory <directory> has no file of the remote application "
							+ "(<relation id>/<application>.json)"),
				new Variant("plain text")
					.file(APPLICATION,
							json(Map.of("endpoints", "127.0.0.3:1", "username", "client", "tls", "False", "own", OWN)))
					.available()
					.prefix("/p/")
					.version(null)
					.connects("http://127.0.0.3:1"));
	}

	private static Stream<Variant> invalid() {
		String file = "directory has a file <directory>/" + APPLICATION;
		String deep = "{\"s3cr3t\":".repeat(2000) + "1" + "}".repeat(2000);
		return Stream.of(bad("array", "[\"s3cr3t\"]", file + " that is not a JSON object"),
				bad("half", "{\"secret-user\": \"s3cr3t", file + " that is not a JSON object"),
				bad("empty", "", file + " that is not a JSON object"),
				bad("too deep", deep, file + " that is not a JSON object"),
				bad("own is text", "{\"own\": \"s3cr3t\"}", file + " whose key own is not a JSON object of strings"),
				bad("own is an array", "{\"own\": [\"s3cr3t\"]}",
						file + " whose key own is not a JSON object of strings"),
				bad("own has an object", "{\"own\": {\"client_key\": {\"s3cr3t\": \"s3cr3t\"}}}",
						file + " whose key own is not a JSON object of strings"),
				bad("secret is an array", "{\"secret-user\": [\"s3cr3t\"]}",
						file + " whose key secret-user is not a JSON object of strings"),
				bad("secret has an object", "{\"secret-tls\": {\"tls-ca\": {\"s3cr3t\": \"s3cr3t\"}}}",
						file + " whose key secret-tls is not a JSON object of strings"),
				bad("requests are an object", "{\"version\": \"v1\", \"requests\": {\"s3cr3t\": \"s3cr3t\"}}",
						file + " whose key requests is not a JSON array of objects"),
				bad("requests are texts", "{\"version\": \"v1\", \"requests\": [\"s3cr3t\"]}",
						file + " whose key requests is not a JSON array of objects"),
				bad("content of a secret is an array", json(referring()),
						"directory has a file <directory>/" + SECRETS
								+ "u5er.json that is not a JSON object of strings")
					.file(SECRETS + "u5er.json", "[\"s3cr3t\"]"),
				bad("content of a secret is too deep", json(referring()),
						"directory has a file <directory>/" + SECRETS
								+ "u5er.json that is not a JSON object of strings")
					.file(SECRETS + "u5er.json", "{\"username\": [\"s3cr3t\"]}"),
				bad("two applications", "{\"endpoints\": \"s3cr3t\"}",
						"directory has files of two applications for one relation, <directory>/etcd-client:1/etc.json "
								+ "and <directory>/etcd-client:1/etcd.json")
					.file("etcd-client:1/etc.json", "{\"endpoints\": \"s3cr3t\"}"));
	}

	private static Variant bad(String name, String content, String problem) {
		return new Variant(name).file(APPLICATION, content).nothing().problem(problem);
	}

	private static Variant plain(String name) {
		return new Variant(name).file("username", "client\n")
			.file("tls-ca", TestPem.CA)
			.file("prefix", "/p/\n")
			.file("version", "3.6.13\n")
			.file("client_cert", EtcdClientPem.CERT)
			.file("client_key", EtcdClientPem.KEY);
	}

	private static Variant spool(String name, Map<String, Object> content) {
		return spool(name, json(content));
	}

	private static Variant spool(String name, String content) {
		return new Variant(name).file(APPLICATION, content).complete();
	}

	private static Map<String, Object> flat() {
		Map<String, Object> databag = new LinkedHashMap<>(
				Map.of("endpoints", "127.0.0.9:1", "version", "3.6.13", "prefix", "/p/", "own", OWN));
		databag.putAll(USER);
		databag.putAll(TLS);
		return databag;
	}

	private static Map<String, Object> inPlace() {
		return Map.of("endpoints", HOSTS, "version", "3.6.13", "prefix", "/p/", "secret-user", USER, "secret-tls", TLS,
				"own", OWN);
	}

	private static Map<String, Object> referring() {
		return Map.of("endpoints", HOSTS, "version", "3.6.13", "prefix", "/p/", "secret-user", "secret:u5er",
				"secret-tls", "secret:t1s", "own",
				Map.of("client_cert", EtcdClientPem.CERT, "client_key", EtcdClientPem.KEY));
	}

	private static Map<String, Object> response(Map<String, Object> databag) {
		return with(without(without(databag, "own"), "prefix"), "resource", "/p/");
	}

	private static Map<String, Object> version1(Object requests) {
		return Map.of("version", "v1", "requests", requests, "own",
				Map.of("client_cert", EtcdClientPem.CERT, "client_key", EtcdClientPem.KEY, "prefix", "/p/"));
	}

	private static Map<String, Object> with(Map<String, Object> databag, String key, Object value) {
		Map<String, Object> changed = new LinkedHashMap<>(databag);
		changed.put(key, value);
		return changed;
	}

	private static Map<String, Object> without(Map<String, Object> databag, String key) {
		Map<String, Object> changed = new LinkedHashMap<>(databag);
		changed.remove(key);
		return changed;
	}

	private static String json(Map<String, Object> content) {
		return JSONObject.toJSONString(content);
	}

	/**
	 * Files of a directory and what comes of them.
	 */
	private static final class Variant {

		private final String name;

		private final Map<String, String> files = new LinkedHashMap<>();

		private final Map<String, String> links = new LinkedHashMap<>();

		private final List<String> properties = new ArrayList<>();

		private Set<RelationState> states = Set.of();

		private @Nullable String relationInterface;

		private @Nullable String endpoints;

		private @Nullable String problem;

		private @Nullable String username;

		private @Nullable String prefix;

		private @Nullable String version;

		Variant(String name) {
			this.name = name;
		}

		Variant file(String name, String content) {
			this.files.put(name, content);
			return this;
		}

		Variant secret(String id, Map<String, Object> content) {
			return file(SECRETS + id + ".json", json(content));
		}

		Variant without(String... names) {
			this.files.keySet().removeAll(List.of(names));
			return this;
		}

		Variant link(String name, String destination) {
			this.links.put(name, destination);
			return this;
		}

		Variant property(String property) {
			this.properties.add("etcd.relation." + property);
			return this;
		}

		Variant bundle(String cert, String key) {
			this.properties.add("spring.ssl.bundle.pem.relation.keystore.certificate=" + cert);
			this.properties.add("spring.ssl.bundle.pem.relation.keystore.private-key=" + key);
			this.properties.add("spring.ssl.bundle.pem.relation.truststore.certificate=" + TestPem.CA);
			return property("ssl.bundle=relation");
		}

		Variant authorityBundle() {
			this.properties.add("spring.ssl.bundle.pem.relation.truststore.certificate=" + TestPem.CA);
			return property("ssl.bundle=relation");
		}

		Variant complete() {
			this.relationInterface = "etcd_client";
			this.states = Set.of(RelationState.values());
			this.endpoints = URLS;
			return username("client").prefix("/p/").version("3.6.13");
		}

		Variant available() {
			complete();
			this.states = Set.of(RelationState.CONNECTED, RelationState.AVAILABLE);
			this.endpoints = null;
			return this;
		}

		Variant connected() {
			available();
			this.states = Set.of(RelationState.CONNECTED);
			return username(null).prefix(null).version(null);
		}

		Variant classic() {
			complete();
			this.relationInterface = "etcd";
			return this;
		}

		Variant unit() {
			this.relationInterface = "etcd";
			this.states = Set.of(RelationState.CONNECTED, RelationState.AVAILABLE);
			return connects("http://127.0.0.3:1");
		}

		Variant silentUnit() {
			nothing();
			this.states = Set.of(RelationState.CONNECTED);
			return this;
		}

		Variant nothing() {
			connected();
			this.relationInterface = null;
			this.states = Set.of();
			return this;
		}

		Variant ofInterface(String name) {
			this.relationInterface = name;
			return this;
		}

		Variant states(RelationState... expected) {
			this.states = Set.of(expected);
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

		Variant username(@Nullable String username) {
			this.username = username;
			return this;
		}

		Variant prefix(@Nullable String prefix) {
			this.prefix = prefix;
			return this;
		}

		Variant version(@Nullable String version) {
			this.version = version;
			return this;
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

}
