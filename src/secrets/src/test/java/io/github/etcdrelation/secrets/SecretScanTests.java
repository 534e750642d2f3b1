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

package io.github.etcdrelation.secrets;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Searches the logs and reports of the tests of all modules, which ran before, for
 * secrets.
 */
class SecretScanTests {

	private static final Path ROOT = Path.of(System.getProperty("secrets.root", "../.."));

	// Values after which a password is given in the sources of the tests
	private static final List<Pattern> PASSWORDS = List.of(Pattern.compile("(?i)password\\s+=\\s+\"([^\"]+)\""),
			Pattern.compile("(?i)password=([^\"{}\\s]+)"),
			Pattern.compile("(?:put|withEnv)\\(\"[^\"]*(?i:password)\",\\s*\"([^\"]+)\""),
			Pattern.compile("new EtcdUser\\(\"[^\"]*\",\\s*\"([^\"]+)\""),
			Pattern.compile("userAdd\\([^,]*,\\s*bytes\\(\"([^\"]+)\""));

	@Test
	void logsAndReportsOfTestsContainNoSecret() throws IOException {
		List<Path> logs = files("glob:**/target/secrets/*.log");
		List<Path> reports = files("glob:**/target/surefire-reports/*.{txt,xml}");
		assertThat(logs).isNotEmpty();
		assertThat(reports).isNotEmpty();
		List<String> found = new ArrayList<>();
		for (Path file : Stream.concat(logs.stream(), reports.stream()).toList()) {
			SecretScan.find(file).stream().limit(50).forEach(found::add);
		}
		assertThat(found).isEmpty();
	}

	@Test
	void allPasswordsInTestsAreMarked() throws IOException {
		List<String> unmarked = new ArrayList<>();
		for (Path file : files("glob:**/src/test/java/**.java")) {
			if (file.endsWith("SecretScanTests.java")) {
				continue;
			}
			String source = Files.readString(file);
			for (Pattern pattern : PASSWORDS) {
				for (Matcher matcher = pattern.matcher(source); matcher.find();) {
					String value = matcher.group(1);
					if (!value.contains(SecretScan.MARKER) && !value.startsWith("etcd.")) {
						unmarked.add(file + ": " + matcher.group());
					}
				}
			}
		}
		assertThat(unmarked).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "EC", "RSA", "Ed25519", "Ed448", "RSASSA-PSS" })
	void findsKeys(String algorithm) throws Exception {
		for (int i = 0; i < 20; i++) {
			KeyPair pair = KeyPairGenerator.getInstance(algorithm).generateKeyPair();
			String body = Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(pair.getPrivate().getEncoded());
			assertThat(find("value: " + body)).isNotEmpty();
			assertThat(find("-----BEGIN PRIVATE KEY-----\n" + body)).hasSize(2);
			assertThat(find("-----BEGIN X PRIVATE KEY-----\\n" + "A".repeat(64))).hasSize(1);
			String certificate = Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
			assertThat(find("value: " + certificate)).isEmpty();
			if (algorithm.startsWith("RSA")) {
				break;
			}
		}
	}

	@Test
	void findsPasswordsAndTokensAndShowsNeither() throws IOException {
		assertThat(find("password is my-s3cr3t!")).singleElement().asString().doesNotContain("s3cr3t");
		assertThat(find("token: AbCdEfGhIjKlMnOp.42")).singleElement().asString().doesNotContain("AbCdEfGh");
		assertThat(find("data: 0a0472120d733363723374")).hasSize(1);
		assertThat(find("expects -----BEGIN PRIVATE KEY----- and more\nat a.b.AbCdEfGhIjKlMnOp.java:3")).isEmpty();
	}

	private static List<String> find(String text) throws IOException {
		return SecretScan.find("text", new StringReader(text));
	}

	private static List<Path> files(String glob) throws IOException {
		try (Stream<Path> files = Files.walk(ROOT)) {
			return files.filter(Files::isRegularFile)
				.filter((file) -> file.getFileSystem().getPathMatcher(glob).matches(file))
				.sorted()
				.toList();
		}
	}

}
