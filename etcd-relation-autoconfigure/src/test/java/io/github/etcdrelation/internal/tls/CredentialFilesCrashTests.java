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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * {@link CredentialFiles} in processes that are killed, with any umask and on disks that
 * are full.
 */
@DisabledOnOs(OS.WINDOWS)
class CredentialFilesCrashTests {

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "000", "077", "377" })
	void modesDoNotDependOnUmask(String umask) throws Exception {
		try (ChildJvm jvm = new ChildJvm(umask, SavingProcess.class, this.directory.toString(), "1")) {
			assertThat(jvm.awaitLine()).isEqualTo("saved");
			assertThat(jvm.awaitEnd()).as(jvm::getOutput).isZero();
		}
		assertThat(mode("key")).isEqualTo("rw-------");
		assertThat(mode("cert")).isEqualTo("rw-r--r--");
		assertThat(mode("ca")).isEqualTo("rw-r--r--");
	}

	@ParameterizedTest
	@ValueSource(strings = { "cert", "cert key", "ca cert key", "ca key" })
	void killedProcessLeavesWholeFilesAndTheNextSaveDeletesTheRest(String begun) throws Exception {
		List<String> temporaries = List.of(begun.split(" "));
		try (ChildJvm jvm = new ChildJvm("022", SavingProcess.class, this.directory.toString(), "1000000000")) {
			assertThat(jvm.awaitLine()).isEqualTo("saved");
			jvm.killWhen(() -> temporaries().equals(temporaries));
		}
		assertThat(temporaries()).isEqualTo(temporaries);
		for (String name : List.of("cert", "key", "ca")) {
			List<String> lines = Files.readAllLines(this.directory.resolve(name));
			assertThat(lines).as(name).hasSize(SavingProcess.LINES).containsOnly(lines.get(0));
			assertThat(mode(name)).isEqualTo(name.equals("key") ? "rw-------" : "rw-r--r--");
		}
		files().save(SavingProcess.credentials(0));
		assertThat(names()).containsExactly("ca", "cert", "key");
		assertThat(this.directory.resolve("key")).hasContent(SavingProcess.credentials(0).clientKey());
	}

	// The files of which new content lies beside them
	private List<String> temporaries() throws IOException {
		return names().stream().filter((name) -> name.startsWith(".")).map((name) -> name.split("\\.")[1]).toList();
	}

	@Test
	void processesAndThreadsMaySaveAtTheSameTime() throws Exception {
		try (ChildJvm jvm = new ChildJvm("022", SavingProcess.class, this.directory.toString(), "100")) {
			assertThat(jvm.awaitLine()).isEqualTo("saved");
			List<CompletableFuture<Void>> savers = new ArrayList<>();
			for (int thread = 0; thread < 4; thread++) {
				savers.add(CompletableFuture.runAsync(() -> {
					for (int i = 0; i < 50; i++) {
						files().save(SavingProcess.credentials(i));
					}
				}));
			}
			savers.forEach(CompletableFuture::join);
			assertThat(jvm.awaitEnd()).as(jvm::getOutput).isZero();
		}
		for (String name : List.of("cert", "key", "ca")) {
			List<String> lines = Files.readAllLines(this.directory.resolve(name));
			assertThat(lines).as(name).hasSize(SavingProcess.LINES).containsOnly(lines.get(0));
		}
		assertThat(names()).containsExactly("ca", "cert", "key");
	}

	@Test
	void fullDiskChangesNothing() throws Exception {
		try (SmallDisk disk = new SmallDisk(this.directory.resolve("disk"))) {
			CredentialFiles files = files("disk");
			files.save(SavingProcess.credentials(1));
			// Enough for one of the files, not for all
			Path filling = disk.fill(4096);
			assertThatExceptionOfType(UncheckedIOException.class)
				.isThrownBy(() -> files.save(SavingProcess.credentials(2)))
				.withMessageContaining(files.key().toString())
				.withMessageContaining("No space left on device")
				.withMessageNotContaining("key 2");
			assertThat(files.read()).isEqualTo(SavingProcess.credentials(1));
			assertThat(names("disk")).containsExactly("ca", "cert", "filling", "key");
			Files.delete(filling);
			files.save(SavingProcess.credentials(2));
			assertThat(files.read()).isEqualTo(SavingProcess.credentials(2));
		}
	}

	@Test
	void directoryThatCannotBeWrittenToChangesNothing() throws Exception {
		try (SmallDisk disk = new SmallDisk(this.directory.resolve("disk"))) {
			CredentialFiles files = files("disk");
			files.save(SavingProcess.credentials(1));
			disk.setWritable(false);
			assertThatExceptionOfType(UncheckedIOException.class)
				.isThrownBy(() -> files.save(SavingProcess.credentials(2)))
				.withMessageContaining("Cannot write " + files.cert())
				.withMessageContaining("Read-only file system");
			assertThat(files.read()).isEqualTo(SavingProcess.credentials(1));
			disk.setWritable(true);
			files.save(SavingProcess.credentials(2));
			assertThat(files.read()).isEqualTo(SavingProcess.credentials(2));
		}
	}

	private CredentialFiles files() {
		return files("");
	}

	private CredentialFiles files(String name) {
		Path parent = this.directory.resolve(name);
		return new CredentialFiles(parent.resolve("key"), parent.resolve("cert"), parent.resolve("ca"));
	}

	private List<String> names() throws IOException {
		return names("");
	}

	private List<String> names(String name) throws IOException {
		try (Stream<Path> paths = Files.list(this.directory.resolve(name))) {
			return paths.map((path) -> path.getFileName().toString()).sorted().toList();
		}
	}

	private String mode(String name) throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(this.directory.resolve(name)));
	}

}
