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

package io.github.etcdrelation.internal.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.github.etcdrelation.autoconfigure.TestPem;
import io.github.etcdrelation.internal.tls.ExposedFiles;
import io.github.etcdrelation.internal.tls.SslBundleCache;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Files of directories that every user of the machine can read are used, with a warning.
 */
@DisabledOnOs(OS.WINDOWS)
@ExtendWith(OutputCaptureExtension.class)
class ExposedDirectoryTests extends DirectorySourceFixture {

	ExposedDirectoryTests() {
		super(new DirectoryWatcher());
	}

	@BeforeEach
	void openDirectory() throws IOException {
		mode(this.parent, "rwxr-xr-x");
	}

	@Test
	void keyAndPasswordAreNamedOnce(CapturedOutput output) {
		writeTls("tls.crt", "tls.key");
		write("username", "app");
		write("password", "s3cr3t");
		expose();
		create();
		this.source.read();
		this.source.read();
		assertThat(data().connectionString()).isEqualTo("https://a:2379");
		assertThat(named(output)).containsExactlyInAnyOrder("tls.key", "password");
		assertThat(output).doesNotContain("s3cr3t").doesNotContain("-----BEGIN");
	}

	@Test
	void certificateWithKeyIsNamed(CapturedOutput output) {
		write("client_cert", TestPem.CERT + TestPem.KEY);
		write("client_ca", TestPem.CA);
		write("uri", "https://a:2379");
		expose();
		create();
		assertThat(named(output)).containsExactly("client_cert");
	}

	@Test
	void closedFilesAreNotNamed(CapturedOutput output) throws IOException {
		writeTls("client_cert", "client_key");
		expose();
		mode(directory().resolve("client_key"), "rw-r-----");
		create();
		assertThat(named(output)).isEmpty();
	}

	@Test
	void modeThatChangesIsNamed(CapturedOutput output) throws IOException {
		writeTls("client_cert", "client_key");
		expose();
		mode(directory().resolve("client_key"), "rw-------");
		create();
		mode(directory().resolve("client_key"), "rw-rw-rw-");
		this.source.read();
		assertThat(named(output)).containsExactly("client_key");
		assertThat(output).contains("has the mode 0666");
	}

	@Test
	void volumeOfKubernetesIsNotNamed(CapturedOutput output) {
		new KubernetesVolume(directory()).swap(
				Map.of("tls.crt", TestPem.CERT, "tls.key", TestPem.KEY, "ca.crt", TestPem.CA, "uri", "https://a:2379"));
		expose();
		create();
		assertThat(data().connectionString()).isEqualTo("https://a:2379");
		assertThat(named(output)).isEmpty();
	}

	@Test
	void filesOfSpoolWithKeysAreNamed(CapturedOutput output) {
		String key = TestPem.KEY.replace("\n", "\\n");
		write("etcd:1/etcd/0.json", "{\"connection_string\": \"http://a:2379\"}");
		write("etcd:1/etcd/1.json", "{\"connection_string\": \"http://a:2379\", \"client_key\": \"" + key + "\"}");
		expose();
		create();
		assertThat(named(output)).containsExactly("1.json");
	}

	@Test
	void secretsOfSpoolAreNamed(CapturedOutput output) {
		write("etcd:1/charmed-etcd.json",
				"{\"endpoints\": \"a:2379\", \"secret-user\": \"secret:abc\", \"prefix\": \"/a/\"}");
		write("etcd:1/secrets/abc.json", "{\"username\": \"app\"}");
		write("etcd:2/charmed-etcd.json",
				"{\"endpoints\": \"a:2379\", \"secret-user\": {\"username\": \"app\", \"password\": \"s3cr3t\"}}");
		expose();
		create();
		assertThat(named(output)).containsExactlyInAnyOrder("abc.json", "charmed-etcd.json");
		assertThat(output).doesNotContain("s3cr3t");
	}

	private void create() {
		this.source = new DirectoryRelationSource("etcd", directory(), this.watcher, this.executor,
				new SslBundleCache(null), null, () -> OwnDataKind.NONE, new ExposedFiles());
		this.views.add(this.source.read());
	}

	private void writeTls(String cert, String key) {
		write(cert, TestPem.CERT);
		write(key, TestPem.KEY);
		write("client_ca", TestPem.CA);
		write("uri", "https://a:2379");
	}

	/**
	 * Let everyone read everything, whatever the umask.
	 */
	private void expose() {
		try (Stream<Path> paths = Files.walk(directory())) {
			for (Path path : paths.filter((path) -> !Files.isSymbolicLink(path)).toList()) {
				mode(path, Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--");
			}
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	private static void mode(Path path, String mode) throws IOException {
		Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
	}

	private List<String> named(CapturedOutput output) {
		return output.toString()
			.lines()
			.filter((line) -> line.contains("holds a private key or a password"))
			.map((line) -> line.replaceFirst(".*File (\\S+) holds.*", "$1"))
			.map((file) -> Path.of(file).getFileName().toString())
			.toList();
	}

}
