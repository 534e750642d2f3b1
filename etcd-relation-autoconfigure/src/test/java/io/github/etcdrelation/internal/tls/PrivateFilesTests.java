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
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PrivateFiles}.
 */
class PrivateFilesTests {

	@TempDir
	private Path directory;

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void fileHasTheModeThatWasAskedFor() throws IOException {
		Path key = this.directory.resolve("key");
		Path cert = this.directory.resolve("cert");
		PrivateFiles.write(key, "the key ü", true);
		PrivateFiles.write(cert, "the certificate", false);
		assertThat(key).hasContent("the key ü");
		assertThat(mode(key)).isEqualTo("rw-------");
		assertThat(mode(cert)).isEqualTo("rw-r--r--");
		assertThat(PrivateFiles.isOnlyForOwner(key)).isTrue();
		assertThat(PrivateFiles.isOnlyForOwner(cert)).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "r--------, true", "rwx------, true", "---------, true", "rw-r-----, false", "rw-----w-, false" })
	@DisabledOnOs(OS.WINDOWS)
	void fileIsOnlyForOwnerWhenNobodyElseHasAccess(String mode, boolean expected) throws IOException {
		Path file = Files.createFile(this.directory.resolve("file"));
		Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
		assertThat(PrivateFiles.isOnlyForOwner(file)).isEqualTo(expected);
	}

	@Test
	void fileThatExistsIsNotOverwritten() throws IOException {
		Path file = Files.writeString(this.directory.resolve("file"), "before");
		assertThatExceptionOfType(FileAlreadyExistsException.class)
			.isThrownBy(() -> PrivateFiles.write(file, "after", true));
		assertThat(file).hasContent("before");
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void missingDirectoriesAreCreatedOpenAndOthersAreLeftAlone() throws IOException {
		Path closed = Files.createDirectory(this.directory.resolve("closed"),
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		PrivateFiles.createDirectories(closed.resolve("a/b"), true);
		assertThat(mode(closed)).isEqualTo("rwx------");
		assertThat(mode(closed.resolve("a"))).isEqualTo("rwxr-xr-x");
		assertThat(mode(closed.resolve("a/b"))).isEqualTo("rwxr-xr-x");
	}

	@Test
	void whenFileIsInTheWayOfDirectoryFails() throws IOException {
		Path file = Files.createFile(this.directory.resolve("file"));
		assertThatExceptionOfType(NoSuchFileException.class)
			.isThrownBy(() -> PrivateFiles.createDirectories(file, true))
			.withMessageContaining("not a directory");
	}

	@Test
	void whenFileCannotBeMovedLeavesNothing() throws IOException {
		Path temporary = Files.createFile(this.directory.resolve("temporary"));
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> PrivateFiles.move(temporary, this.directory.resolve("missing/file")));
		assertThat(this.directory).isEmptyDirectory();
	}

	private static String mode(Path path) throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
	}

}
