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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.abort;

/**
 * Tests for {@link FileReplacement}.
 */
@DisabledOnOs(OS.WINDOWS)
class FileReplacementTests {

	@TempDir
	private Path directory;

	private Path file;

	@BeforeEach
	void setUp() {
		this.file = this.directory.resolve("key");
	}

	@Test
	void contentIsCompleteBesideFileUntilApplied() throws IOException {
		Files.writeString(this.file, "old");
		try (FileReplacement replacement = new FileReplacement(this.file, "new", true)) {
			assertThat(this.file).hasContent("old");
			List<String> names = names();
			assertThat(names).hasSize(2).contains("key");
			assertThat(this.directory.resolve(names.get(0))).hasContent("new");
			replacement.apply();
			assertThat(this.file).hasContent("new");
		}
		assertThat(this.file).hasContent("new");
		assertThat(names()).containsExactly("key");
	}

	@Test
	void whenNotAppliedLeavesNothing() throws IOException {
		new FileReplacement(this.file, "new", true).close();
		assertThat(names()).isEmpty();
	}

	@Test
	void linkInPlaceOfFileIsReplacedAndItsTargetKept() throws IOException {
		Path target = Files.writeString(this.directory.resolve("target"), "target");
		Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-rw-rw-"));
		Files.createSymbolicLink(this.file, target);
		replace("new");
		assertThat(this.file).isRegularFile().hasContent("new");
		assertThat(Files.isSymbolicLink(this.file)).isFalse();
		assertThat(target).hasContent("target");
		assertThat(mode(target)).isEqualTo("rw-rw-rw-");
	}

	@Test
	void linkToNothingIsReplacedAndNothingCreatedThere() throws IOException {
		Path target = this.directory.resolve("target");
		Files.createSymbolicLink(this.file, target);
		replace("new");
		assertThat(Files.isSymbolicLink(this.file)).isFalse();
		assertThat(target).doesNotExist();
	}

	@Test
	void hardLinkInPlaceOfFileIsReplaced() throws IOException {
		Path other = Files.writeString(this.directory.resolve("other"), "other");
		Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rw-rw-rw-"));
		Files.createLink(this.file, other);
		replace("new");
		assertThat(this.file).hasContent("new");
		assertThat(mode(this.file)).isEqualTo("rw-------");
		assertThat(other).hasContent("other");
		assertThat(mode(other)).isEqualTo("rw-rw-rw-");
	}

	@Test
	void linkedDirectoryIsUsed() throws IOException {
		Path real = Files.createDirectory(this.directory.resolve("real"));
		Path link = Files.createSymbolicLink(this.directory.resolve("link"), real);
		this.file = link.resolve("key");
		replace("new");
		assertThat(real.resolve("key")).hasContent("new");
		assertThat(Files.isSymbolicLink(link)).isTrue();
	}

	@Test
	void temporaryNameCannotBePredicted() throws IOException {
		String first;
		try (FileReplacement replacement = new FileReplacement(this.file, "new", true)) {
			first = names().get(0);
		}
		try (FileReplacement replacement = new FileReplacement(this.file, "new", true)) {
			assertThat(names()).singleElement().isNotEqualTo(first);
		}
		assertThat(first).matches("\\.key\\.[0-9a-f-]{36}\\.tmp");
	}

	@Test
	void leftoversOfCrashAreDeletedAtOnce() throws IOException {
		Files.writeString(leftover("key"), "half a k");
		Files.writeString(leftover("key"), "");
		replace("new");
		assertThat(names()).containsExactly("key");
	}

	@Test
	void leftoversOfOthersAndOtherFilesAreKept() throws IOException {
		Path directory = Files.createDirectory(leftover("key"));
		Path link = Files.createSymbolicLink(leftover("key"), this.directory.resolve("target"));
		List<Path> files = List.of(leftover("key2"), leftover("cert"), this.directory.resolve(".key.tmp"),
				this.directory.resolve(".key.1234.tmp"), this.directory.resolve("key." + UUID.randomUUID() + ".tmp"),
				this.directory.resolve(".key." + UUID.randomUUID() + ".tmp.bak"));
		for (Path file : files) {
			Files.writeString(file, "");
		}
		replace("new");
		assertThat(directory).isDirectory();
		assertThat(Files.isSymbolicLink(link)).isTrue();
		assertThat(files).allSatisfy((file) -> assertThat(file).exists());
	}

	@Test
	void leftoverOfAnotherUserIsKept() throws IOException {
		Path leftover = Files.writeString(leftover("key"), "");
		try {
			Files.setAttribute(leftover, "unix:uid", 65534);
		}
		catch (IOException ex) {
			abort("Only root can change the owner of a file");
		}
		replace("new");
		assertThat(leftover).exists();
	}

	@Test
	void replacementInProgressIsKept() throws IOException {
		try (FileReplacement slow = new FileReplacement(this.file, "slow", true)) {
			replace("fast");
			assertThat(this.file).hasContent("fast");
			slow.apply();
		}
		assertThat(this.file).hasContent("slow");
		assertThat(names()).containsExactly("key");
	}

	@Test
	void whenTemporaryFileWasDeletedWritesAnother() throws IOException {
		try (FileReplacement replacement = new FileReplacement(this.file, "new", true)) {
			Files.delete(this.directory.resolve(names().get(0)));
			replacement.apply();
		}
		assertThat(this.file).hasContent("new");
		assertThat(mode(this.file)).isEqualTo("rw-------");
		assertThat(names()).containsExactly("key");
	}

	@Test
	void whenDirectoryIsGoneFails() throws IOException {
		this.file = Files.createDirectory(this.directory.resolve("sub")).resolve("key");
		try (FileReplacement replacement = new FileReplacement(this.file, "new", true)) {
			Files.delete(this.file.resolveSibling(names(this.file.getParent()).get(0)));
			Files.delete(this.file.getParent());
			assertThatIOException().isThrownBy(replacement::apply).withMessageContaining("sub");
		}
	}

	private void replace(String content) throws IOException {
		try (FileReplacement replacement = new FileReplacement(this.file, content, true)) {
			replacement.apply();
		}
	}

	private Path leftover(String name) {
		return this.directory.resolve("." + name + "." + UUID.randomUUID() + ".tmp");
	}

	private List<String> names() throws IOException {
		return names(this.directory);
	}

	private static List<String> names(Path directory) throws IOException {
		try (Stream<Path> paths = Files.list(directory)) {
			return paths.map((path) -> path.getFileName().toString()).sorted().toList();
		}
	}

	private static String mode(Path path) throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
	}

}
