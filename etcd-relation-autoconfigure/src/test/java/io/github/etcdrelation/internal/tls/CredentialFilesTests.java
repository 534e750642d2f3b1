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

package io.github.etcdrelation.internal.tls;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.InvalidRelationDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.MockedConstruction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.mockito.BDDMockito.then;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.mockConstruction;

/**
 * Tests for {@link CredentialFiles}.
 */
class CredentialFilesTests {

	private static final ClientCredentials CREDENTIALS = new ClientCredentials("the certificate\r\n", "the key ü😀",
			"the authority");

	@TempDir
	private Path directory;

	@Test
	void savesContentAsItIs() {
		save(CREDENTIALS);
		assertThat(path("cert")).hasContent("the certificate\r\n").hasSize(17);
		assertThat(path("key")).hasBinaryContent("the key ü😀".getBytes(StandardCharsets.UTF_8));
		assertThat(path("ca")).hasContent("the authority");
	}

	@Test
	void hugeFileIsRefusedUnread() throws IOException {
		Path cert = path("cert");
		try (RandomAccessFile sparse = new RandomAccessFile(cert.toFile(), "rw")) {
			sparse.setLength(1L << 30);
		}
		CredentialFiles files = new CredentialFiles(path("key"), cert, path("ca"));
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(files::read)
			.withMessageStartingWith("save.cert names a file %s that is larger than 4194304 bytes", cert);
	}

	@Test
	void keyIsReadableByOwnerOnly() throws IOException {
		save(CREDENTIALS);
		assertThat(mode(path("key"))).isEqualTo("rw-------");
	}

	@Test
	void certificatesAreReadableByAll() throws IOException {
		save(CREDENTIALS);
		assertThat(mode(path("cert"))).isEqualTo("rw-r--r--");
		assertThat(mode(path("ca"))).isEqualTo("rw-r--r--");
	}

	@ParameterizedTest
	@ValueSource(strings = { "PRIVATE KEY", "PRIVATEKEY", "EC\tPRIVATE\tKEY", "RSA\nPRIVATE\r\nKEY", "PRIVATE\\nKEY",
			"ENCRYPTED PRIVATE  KEY" })
	void certificateWithItsKeyIsReadableByOwnerOnly(String label) throws IOException {
		String both = "-----BEGIN%1$s-----\nAAAA\n-----END%1$s-----\nthe certificate".formatted(label);
		save(new ClientCredentials(both, "the key", "the authority"));
		assertThat(mode(path("cert"))).isEqualTo("rw-------");
		assertThat(mode(path("ca"))).isEqualTo("rw-r--r--");
	}

	@Test
	void whenFileCannotBeClosedReportsWhatFailedBeforeAndClosesOthers() throws IOException {
		try (MockedConstruction<FileReplacement> replacements = mockConstruction(FileReplacement.class,
				(replacement, context) -> {
					willThrow(new IOException("apply")).given(replacement).apply();
					willThrow(new IOException("close " + context.arguments().get(1))).given(replacement).close();
				})) {
			assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> save(CREDENTIALS))
				.withMessageContaining("apply")
				.satisfies((ex) -> assertThat(ex.getSuppressed()).singleElement()
					.satisfies((first) -> assertThat(first).hasMessageContaining("close the certificate")
						.satisfies((closed) -> assertThat(closed.getSuppressed()).extracting(Throwable::getMessage)
							.satisfiesExactly((message) -> assertThat(message).contains("close the key"),
									(message) -> assertThat(message).contains("close the authority")))));
			assertThat(replacements.constructed()).hasSize(3);
			for (FileReplacement replacement : replacements.constructed()) {
				then(replacement).should().close();
			}
		}
	}

	@Test
	void existingFilesGetTheModes() throws IOException {
		for (String name : List.of("cert", "key", "ca")) {
			Files.writeString(path(name), "old");
			Files.setPosixFilePermissions(path(name), PosixFilePermissions.fromString("rwxrwxrwx"));
		}
		save(CREDENTIALS);
		assertThat(path("key")).hasContent("the key ü😀");
		assertThat(mode(path("key"))).isEqualTo("rw-------");
		assertThat(mode(path("cert"))).isEqualTo("rw-r--r--");
		assertThat(mode(path("ca"))).isEqualTo("rw-r--r--");
	}

	@Test
	void existingFileIsReplacedRatherThanWritten() throws IOException {
		Files.writeString(path("key"), "old");
		Path link = Files.createLink(path("link"), path("key"));
		save(CREDENTIALS);
		assertThat(link).hasContent("old");
		assertThat(path("key")).hasContent("the key ü😀");
	}

	@Test
	void noTemporaryFileIsLeft() throws IOException {
		save(CREDENTIALS);
		assertThat(names()).containsExactly("ca", "cert", "key");
	}

	@Test
	void missingParentsAreCreated() throws IOException {
		new CredentialFiles(path("a/b/key"), path("a/cert"), path("c/ca")).save(CREDENTIALS);
		assertThat(path("a/b/key")).exists();
		assertThat(path("a/cert")).exists();
		assertThat(path("c/ca")).exists();
		assertThat(mode(path("a"))).isEqualTo("rwxr-xr-x");
		assertThat(mode(path("a/b"))).isEqualTo("rwxr-xr-x");
	}

	@Test
	void absentPartsAreNotWritten() throws IOException {
		Files.writeString(path("cert"), "old");
		new CredentialFiles(path("x/key"), path("cert"), path("ca"))
			.save(new ClientCredentials(null, null, "the authority"));
		assertThat(path("cert")).hasContent("old");
		assertThat(names()).containsExactly("ca", "cert");
	}

	@Test
	void whenTwoPathsAreTheSameWritesNothing() throws IOException {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new CredentialFiles(path("x/one"), path("other"), path("x/../x/./one")).save(CREDENTIALS))
			.withMessageContaining(path("x/one").toString());
		assertThat(names()).isEmpty();
	}

	@Test
	void whenTwoPathsAreTheSameAndTheValuesAreAbsentFails() {
		assertThatIllegalArgumentException().isThrownBy(() -> new CredentialFiles(path("one"), path("one"), path("ca"))
			.save(new ClientCredentials(null, null, null)));
	}

	@Test
	void whenPathIsDirectoryWritesNothing() throws IOException {
		Files.createDirectory(path("ca"));
		assertThatIllegalArgumentException().isThrownBy(() -> save(CREDENTIALS))
			.withMessage("Cannot save the certificate authority: %s is a directory", path("ca"));
		assertThat(names()).containsExactly("ca");
	}

	@Test
	void whenParentIsFileWritesNothing() throws IOException {
		Files.writeString(path("file"), "x");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new CredentialFiles(path("key"), path("cert"), path("file/x/ca")).save(CREDENTIALS))
			.withMessageContaining("%s is a file, not a directory", path("file"));
		assertThat(names()).containsExactly("file");
	}

	@Test
	void whenParentIsAnotherOfThePathsWritesNothing() throws IOException {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new CredentialFiles(path("x"), path("x/cert"), path("ca")).save(CREDENTIALS));
		assertThat(names()).isEmpty();
	}

	@Test
	void whenFileCannotBeWrittenNamesIt() throws IOException {
		// A name that is too long passes the checks
		Path key = path("k".repeat(1000));
		assertThatExceptionOfType(UncheckedIOException.class)
			.isThrownBy(() -> new CredentialFiles(key, path("cert"), path("ca"))
				.save(new ClientCredentials(null, "SECRET", null)))
			.withMessageContaining("kkk")
			.withMessageNotContaining("SECRET");
		assertThat(names()).isEmpty();
	}

	@Test
	void failuresShowNoContent() throws IOException {
		Files.createDirectory(path("key"));
		assertThatIllegalArgumentException().isThrownBy(() -> save(CREDENTIALS))
			.withMessageNotContainingAny("the certificate\r", "the key ü", "the authority");
	}

	@Test
	@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void pipeIsRefusedUnread() throws Exception {
		Path cert = SpecialFiles.pipe(path("cert"));
		CredentialFiles files = new CredentialFiles(path("key"), cert, path("ca"));
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(files::read)
			.withMessageStartingWith("save.cert names %s, which is not a regular file", cert);
	}

	private void save(ClientCredentials credentials) {
		new CredentialFiles(path("key"), path("cert"), path("ca")).save(credentials);
	}

	private Path path(String name) {
		return this.directory.resolve(name);
	}

	private List<String> names() throws IOException {
		try (Stream<Path> paths = Files.list(this.directory)) {
			return paths.map((path) -> path.getFileName().toString()).sorted().toList();
		}
	}

	private static String mode(Path path) throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
	}

}
