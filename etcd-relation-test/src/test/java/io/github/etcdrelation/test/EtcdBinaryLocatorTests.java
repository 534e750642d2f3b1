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

package io.github.etcdrelation.test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import com.sun.net.httpserver.HttpServer;
import io.github.etcdrelation.test.EtcdBinaryLocator.Releases;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link EtcdBinaryLocator}.
 */
class EtcdBinaryLocatorTests {

	private static final String NAME = "etcd-v3.6.14-linux-" + EtcdProcess.goArch();

	private final Map<String, String> properties = new HashMap<>();

	private final Map<String, String> environment = new HashMap<>();

	private HttpServer server;

	private Releases releases;

	@TempDir
	Path directory;

	@BeforeEach
	void prepare() throws Exception {
		this.environment.put("PATH", Files.createDirectory(this.directory.resolve("bin")).toString());
		this.environment.put("XDG_CACHE_HOME", this.directory.resolve("cache").toString());
		byte[] archive = archive();
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/", (exchange) -> {
			boolean found = exchange.getRequestURI().getPath().equals("/v3.6.14/" + NAME + ".tar.gz");
			exchange.sendResponseHeaders(found ? 200 : 404, found ? archive.length : -1);
			if (found) {
				exchange.getResponseBody().write(archive);
			}
			exchange.close();
		});
		this.server.start();
		this.releases = releases(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(archive)));
	}

	@AfterEach
	void stopServer() {
		this.server.stop(0);
	}

	@Test
	void propertyWinsOverEnvironmentAndPath() throws IOException {
		this.properties.put("etcd.binary", etcd("property/etcd", "3.5.1").toString());
		this.environment.put("ETCD_BINARY", etcd("environment/etcd", "3.5.2").toString());
		etcd("bin/etcd", "3.5.3");
		assertThat(locate().version()).isEqualTo("3.5.1");
		this.properties.clear();
		assertThat(locate().version()).isEqualTo("3.5.2");
		this.environment.remove("ETCD_BINARY");
		assertThat(locate().version()).isEqualTo("3.5.3");
	}

	@Test
	void unusableConfiguredBinaryIsAnError() throws IOException {
		etcd("bin/etcd", "3.5.3");
		this.properties.put("etcd.binary", "/no/such/etcd");
		assertThatIllegalStateException().isThrownBy(this::locate)
			.withMessage("The etcd that the system property 'etcd.binary' names is unusable: "
					+ "/no/such/etcd is not an executable file");
		this.properties.clear();
		Path broken = script("broken", "exit 3");
		this.environment.put("ETCD_BINARY", broken.toString());
		assertThatIllegalStateException().isThrownBy(this::locate)
			.withMessageContaining("environment variable 'ETCD_BINARY'")
			.withMessageContaining(broken + " ended with status 3");
	}

	@Test
	void newestCachedBinaryIsUsedWhenPathHasNone() throws IOException {
		etcd("cache/etcd-relation/etcd-3.4.23-linux-" + EtcdProcess.goArch() + "/etcd", "3.4.23");
		etcd("cache/etcd-relation/etcd-3.4.9-linux-" + EtcdProcess.goArch() + "/etcd", "3.4.9");
		etcd("cache/etcd-relation/etcd-3.9.9-other-arch/etcd", "3.9.9");
		script("cache/etcd-relation/etcd-3.8.8-linux-" + EtcdProcess.goArch() + "/etcd", "exit 1");
		assertThat(locate().version()).isEqualTo("3.4.23");
	}

	@Test
	void tooOldInstalledBinaryIsPassedOver() throws IOException {
		etcd("bin/etcd", "3.3.25");
		etcd("cache/etcd-relation/etcd-3.4.23-linux-" + EtcdProcess.goArch() + "/etcd", "3.4.23");
		assertThat(locate().version()).isEqualTo("3.4.23");
	}

	@Test
	void packageIsDownloadedWithPrivateListsWhenThoseOfMachineAreMissing() throws IOException {
		Path etcd = etcd("package/etcd", "3.4.30");
		script("bin/apt-get", """
				for argument; do
					case "$argument" in
						Dir::State=*) state="${argument#Dir::State=}" ;;
						update) touch "$state/updated" ;;
						download) [ -n "$state" ] && [ -e "$state/updated" ] && touch etcd-server.deb ;;
					esac
				done""");
		script("bin/dpkg-deb", "mkdir -p \"$3/usr/bin\" && cp " + etcd + " \"$3/usr/bin/etcd\"");
		EtcdBinary binary = locate();
		assertThat(binary.version()).isEqualTo("3.4.30");
		assertThat(binary.path().getParent())
			.isEqualTo(this.directory.resolve("cache/etcd-relation/etcd-3.4.30-linux-" + EtcdProcess.goArch()));
		assertThat(locate()).isEqualTo(binary);
	}

	@Test
	void releaseIsDownloadedIntoCache() throws IOException {
		linkTar();
		EtcdBinary binary = locate();
		assertThat(binary.version()).isEqualTo("3.6.14");
		Path cache = this.directory.resolve("cache/etcd-relation");
		assertThat(binary.path()).isEqualTo(cache.resolve("etcd-3.6.14-linux-" + EtcdProcess.goArch()).resolve("etcd"));
		try (var entries = Files.list(cache)) {
			assertThat(entries).hasSize(1);
		}
		this.server.stop(0);
		assertThat(locate()).isEqualTo(binary);
	}

	@Test
	void releaseWithWrongChecksumIsRefused() throws IOException {
		linkTar();
		this.releases = releases("0".repeat(64));
		assertThatIllegalStateException().isThrownBy(this::locate).withMessageContaining("instead of 000000");
		assertThat(this.directory.resolve("cache/etcd-relation")).isEmptyDirectory();
	}

	@Test
	void releaseThatDoesNotAnswerIsGivenUpForThePackage() throws IOException {
		linkTar();
		Path etcd = etcd("package/etcd", "3.4.30");
		script("bin/apt-get", "touch etcd-server.deb");
		script("bin/dpkg-deb", "mkdir -p \"$3/usr/bin\" && cp " + etcd + " \"$3/usr/bin/etcd\"");
		// Connections are accepted, nothing is answered
		try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			this.releases = new Releases("http://localhost:" + silent.getLocalPort(), this.releases.checksums());
			assertThat(locate().version()).isEqualTo("3.4.30");
			Files.delete(this.directory.resolve("bin/apt-get"));
			FileSystemUtils.deleteRecursively(this.directory.resolve("cache"));
			assertThatIllegalStateException().isThrownBy(this::locate)
				.withMessageContaining("took longer than 3 s")
				.withMessageContaining("distribution package: no apt-get on the PATH");
		}
	}

	@Test
	void failureTellsEveryWayAndRemedy() throws IOException {
		linkTar();
		this.releases = new Releases(this.releases.baseUrl() + "/elsewhere", this.releases.checksums());
		assertThatIllegalStateException().isThrownBy(this::locate)
			.withMessageContaining("PATH: no etcd on the PATH")
			.withMessageContaining("cache: nothing in " + this.directory.resolve("cache/etcd-relation"))
			.withMessageContaining("distribution package: no apt-get on the PATH")
			.withMessageContaining("release: http://")
			.withMessageContaining("answered with status 404")
			.withMessageContaining("'etcd.binary'")
			.withMessageContaining("'ETCD_BINARY'");
	}

	private EtcdBinary locate() {
		return new EtcdBinaryLocator(this.properties::get, this.environment::get, this.releases).locate();
	}

	private Releases releases(String checksum) {
		String baseUrl = "http://localhost:" + this.server.getAddress().getPort();
		return new Releases(baseUrl, Map.of("linux-" + EtcdProcess.goArch(), checksum));
	}

	private void linkTar() throws IOException {
		Path tar = List.of(Path.of("/bin/tar"), Path.of("/usr/bin/tar"))
			.stream()
			.filter(Files::exists)
			.findFirst()
			.get();
		Files.createSymbolicLink(this.directory.resolve("bin/tar"), tar);
	}

	private byte[] archive() throws IOException {
		etcd("archive/" + NAME + "/etcd", "3.6.14");
		Path file = this.directory.resolve("archive.tar.gz");
		Command.run(Duration.ofSeconds(10), this.directory.resolve("archive"),
				List.of("tar", "-czf", file.toString(), NAME));
		return Files.readAllBytes(file);
	}

	private Path etcd(String path, String version) throws IOException {
		return script(path, "echo etcd Version: " + version);
	}

	private Path script(String path, String content) throws IOException {
		Path file = this.directory.resolve(path);
		Files.createDirectories(file.getParent());
		Files.writeString(file, "#!/bin/sh\n" + content + "\n");
		return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
	}

}
