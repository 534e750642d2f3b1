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

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.internal.tls.ExposedFiles;
import io.github.etcdrelation.internal.tls.SpecialFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PropertyDatabag}.
 */
@ExtendWith(OutputCaptureExtension.class)
class PropertyDatabagTests {

	@TempDir
	private Path directory;

	static Stream<UnaryOperator<String>> forms() {
		return Stream.of((pem) -> pem, (pem) -> pem.replace("\n", "\\n"), (pem) -> pem.replace('\n', ' '),
				(pem) -> '"' + pem + '"', (pem) -> "\uFEFF" + pem, (pem) -> "subject=CN = a\n" + pem);
	}

	@ParameterizedTest
	@MethodSource("forms")
	void pemIsTakenAsItIs(UnaryOperator<String> form) {
		String key = form.apply(TestPem.KEY);
		assertThat(clientKey(key)).isEqualTo(key);
	}

	@ParameterizedTest
	@MethodSource("forms")
	void pemIsReadFromLocations(UnaryOperator<String> form) throws Exception {
		String key = form.apply(TestPem.KEY);
		Path file = Files.writeString(this.directory.resolve("key.pem"), key);
		assertThat(clientKey("file:" + file)).isEqualTo(key);
		assertThat(clientKey(TestPem.base64Location(key))).isEqualTo(key);
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void keyThatEveryoneCanReadIsUsedAndNamed(CapturedOutput output) throws Exception {
		Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwxr-xr-x"));
		Path file = Files.writeString(this.directory.resolve("key.pem"), TestPem.KEY);
		Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
		assertThat(clientKey("file:" + file)).isEqualTo(TestPem.KEY);
		assertThat(output).doesNotContain("key.pem");
		Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
		assertThat(clientKey("file:" + file)).isEqualTo(TestPem.KEY);
		assertThat(output).contains("File " + file + " holds a private key or a password and has the mode 0644")
			.doesNotContain("-----BEGIN");
	}

	@Test
	void sparseFileOfOneGibibyteIsRefused() throws Exception {
		Path file = this.directory.resolve("key.pem");
		try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
			sparse.setLength(1L << 30);
		}
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(() -> clientKey("file:" + file))
			.withMessageContaining("names a location 'file:" + file + "' that is larger than 4194304 bytes");
	}

	@Test
	void encryptedKeyOnOneLineIsUsedAndKept() {
		String key = TestPem.encryptedPkcs8Key("s3cr3t").replace("\n", "\\n");
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(EtcdRelationAutoConfiguration.class, SslAutoConfiguration.class))
			.withPropertyValues("etcd.relation.connection-string=https://localhost:1",
					"etcd.relation.client-cert=" + TestPem.CERT, "etcd.relation.client-key=" + key,
					"etcd.relation.client-ca=" + TestPem.CA, "etcd.relation.client-key-password=s3cr3t")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				EtcdRelation relation = context.getBean(EtcdRelation.class);
				assertThat(relation.isTlsAvailable()).isTrue();
				assertThat(relation.getClientCredentials().clientKey()).isEqualTo(key);
				assertThat(context).hasSingleBean(SslBundles.class);
			});
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void pipeAndDeviceAreRefusedUnread() throws Exception {
		Path pipe = SpecialFiles.pipe(this.directory.resolve("pipe"));
		Path link = Files.createSymbolicLink(this.directory.resolve("link"), pipe);
		for (Object location : new Object[] { pipe, link, "/dev/zero" }) {
			assertThatExceptionOfType(InvalidRelationDataException.class)
				.isThrownBy(() -> clientKey("file:" + location))
				.withMessageStartingWith(
						"client-key names a location 'file:%s' that is not a regular file. Name a file", location);
		}
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void processSubstitutionIsRefusedUnread() throws Exception {
		// What bash makes of <(command) is such a path
		Process process = new ProcessBuilder("sleep", "60").start();
		try {
			String location = "/proc/%d/fd/0".formatted(process.pid());
			assertThatExceptionOfType(InvalidRelationDataException.class)
				.isThrownBy(() -> clientKey("file:" + location))
				.withMessageContaining("'file:%s' that is not a regular file", location);
		}
		finally {
			process.destroyForcibly();
		}
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void certificateThatEveryoneCanChangeIsUsedAndNamed(CapturedOutput output) throws Exception {
		Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwxr-xr-x"));
		Path file = Files.writeString(this.directory.resolve("ca.pem"), TestPem.CA);
		Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
		EtcdRelationProperties properties = new EtcdRelationProperties();
		properties.setConnectionString("https://127.0.0.1:2379");
		properties.setClientCa("file:" + file);
		assertThat(new PropertyDatabag(new ExposedFiles()).create(properties)).containsEntry(RelationSnapshot.CLIENT_CA,
				TestPem.CA);
		assertThat(output)
			.contains("File " + file + " has the mode 0666, so that every user of this machine can change");
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void fileThatSeveralRelationsReadIsNamedOnce(CapturedOutput output) throws Exception {
		Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwxr-xr-x"));
		Files.writeString(this.directory.resolve("uri"), "https://localhost:1");
		Files.writeString(this.directory.resolve("tls.crt"), TestPem.CERT);
		Files.writeString(this.directory.resolve("ca.crt"), TestPem.CA);
		Path key = Files.writeString(this.directory.resolve("tls.key"), TestPem.KEY);
		Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(EtcdRelationAutoConfiguration.class, SslAutoConfiguration.class))
			.withPropertyValues("etcd.relation.directory=" + this.directory,
					"etcd.relations.audit.connection-string=https://localhost:1",
					"etcd.relations.audit.client-cert=file:" + this.directory.resolve("tls.crt"),
					"etcd.relations.audit.client-key=file:" + key,
					"etcd.relations.audit.client-ca=file:" + this.directory.resolve("ca.crt"))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(output.toString().lines()).filteredOn((line) -> line.contains("has the mode"))
					.singleElement()
					.asString()
					.contains("File " + key + " holds");
			});
	}

	private static String clientKey(String value) {
		EtcdRelationProperties properties = new EtcdRelationProperties();
		properties.setConnectionString("https://127.0.0.1:2379");
		properties.setClientKey(value);
		return new PropertyDatabag(new ExposedFiles()).create(properties).get(RelationSnapshot.CLIENT_KEY);
	}

}
