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

package io.github.etcdrelation;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.autoconfigure.EtcdRelationAutoConfiguration;
import io.github.etcdrelation.internal.tls.RuntimeModules;
import io.github.etcdrelation.test.KeyFormat;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.WithLocalEtcd;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static io.github.etcdrelation.RelationTester.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Applications in a Java runtime that was assembled with {@code jlink}, with and without
 * the module that has elliptic curves.
 */
@WithLocalEtcd(mutualTls = true)
class RuntimeImageTests {

	private static final String MODULE = "jdk.crypto.ec";

	private static final String MODULES = "java.base,java.desktop,java.instrument,java.logging,java.management,"
			+ "java.naming,jdk.unsupported";

	// Since then java.base has what the module had
	private static final boolean IN_BASE = Runtime.version().feature() >= 22;

	@TempDir
	private static Path directory;

	private final LocalEtcd etcd;

	RuntimeImageTests(LocalEtcd etcd) {
		this.etcd = etcd;
	}

	@BeforeAll
	static void createImages() throws Exception {
		Path jlink = Path.of(System.getProperty("java.home"), "bin", "jlink");
		assumeThat(Files.isExecutable(jlink)).as("this JDK has jlink").isTrue();
		Process with = jlink(jlink, MODULES + "," + MODULE, "with");
		Process without = jlink(jlink, MODULES, "without");
		try {
			assertThat(List.of(with, without)).allSatisfy((process) -> {
				assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("jlink ends").isTrue();
				assertThat(process.exitValue()).isZero();
			});
		}
		finally {
			with.destroyForcibly();
			without.destroyForcibly();
		}
	}

	private static Process jlink(Path jlink, String modules, String name) throws Exception {
		return new ProcessBuilder(jlink.toString(), "-J-XX:TieredStopAtLevel=1", "--no-header-files", "--no-man-pages",
				"--add-modules", modules, "--output", directory.resolve(name).toString())
			.inheritIO()
			.start();
	}

	@Test
	void withEllipticCurves() throws Exception {
		assertThat(run("with"))
			.containsExactlyInAnyOrderEntriesOf(Map.of("EC", "put", "RSA", "put", "missing", "null"));
	}

	@Test
	void withoutEllipticCurves() throws Exception {
		Map<String, String> results = run("without");
		if (IN_BASE) {
			assertThat(results)
				.containsExactlyInAnyOrderEntriesOf(Map.of("EC", "put", "RSA", "put", "missing", "null"));
			return;
		}
		String remedy = "Add it to the runtime image: jlink --add-modules jdk.crypto.ec";
		assertThat(results.get("EC"))
			.contains("client-ca needs the module jdk.crypto.ec, which this Java runtime lacks. " + remedy);
		assertThat(results.get("RSA"))
			.contains("client-ca needs the module jdk.crypto.ec, which this Java runtime lacks. " + remedy);
		assertThat(results.get("missing")).isEqualTo("This Java runtime lacks the module jdk.crypto.ec, "
				+ "without which TLS has no elliptic curves. " + remedy);
	}

	private Map<String, String> run(String image) throws Exception {
		write("EC", this.etcd.newClientCredentials("ec", KeyFormat.PKCS8));
		write("RSA", this.etcd.newClientCredentials("rsa", KeyFormat.PKCS1));
		Path output = directory.resolve(image + ".out");
		Process process = new ProcessBuilder(directory.resolve(image).resolve("bin").resolve("java").toString(),
				"-XX:TieredStopAtLevel=1", "-Dspring.devtools.restart.enabled=false",
				"-Dspring.docker.compose.enabled=false", "-cp", System.getProperty("java.class.path"),
				Main.class.getName(), this.etcd.getConnectionString(), directory.toString())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start();
		try {
			assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			process.destroyForcibly();
		}
		Map<String, String> results = new LinkedHashMap<>();
		String text = Files.readString(output, StandardCharsets.UTF_8);
		assertThat(process.exitValue()).as(text).isZero();
		text.lines().filter((line) -> line.startsWith(Main.PREFIX)).forEach((line) -> {
			String[] result = line.substring(Main.PREFIX.length()).split("=", 2);
			results.put(result[0], result[1]);
		});
		return results;
	}

	private static void write(String name, ClientCredentials credentials) throws Exception {
		Files.writeString(directory.resolve(name + ".crt"), credentials.clientCert());
		Files.writeString(directory.resolve(name + ".key"), credentials.clientKey());
		Files.writeString(directory.resolve("ca.crt"), credentials.clientCa());
	}

	/**
	 * The application, which runs in the assembled runtime.
	 */
	@ImportAutoConfiguration({ EtcdRelationAutoConfiguration.class, SslAutoConfiguration.class })
	public static class Main {

		static final String PREFIX = "result:";

		public static void main(String[] args) {
			for (String name : List.of("EC", "RSA")) {
				System.out.println(PREFIX + name + "=" + put(args[0], Path.of(args[1]), name));
			}
			System.out.println(PREFIX + "missing=" + RuntimeModules.missingForTls());
			System.exit(0);
		}

		private static String put(String connectionString, Path files, String name) {
			SpringApplicationBuilder application = new SpringApplicationBuilder(Main.class).web(WebApplicationType.NONE)
				.properties("etcd.relation.connection-string=" + connectionString,
						"etcd.relation.client-cert=file:" + files.resolve(name + ".crt"),
						"etcd.relation.client-key=file:" + files.resolve(name + ".key"),
						"etcd.relation.client-ca=file:" + files.resolve("ca.crt"));
			try (ConfigurableApplicationContext context = application.run()) {
				context.getBean(Client.class).getKVClient().put(bytes(name), bytes("value")).get(30, TimeUnit.SECONDS);
				return "put";
			}
			catch (Exception ex) {
				StringBuilder messages = new StringBuilder();
				for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
					messages.append(cause.getMessage()).append(' ');
				}
				return messages.toString().replaceAll("\\R", " ");
			}
		}

	}

}
