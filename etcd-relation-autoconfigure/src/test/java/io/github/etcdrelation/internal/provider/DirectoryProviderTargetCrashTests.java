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

package io.github.etcdrelation.internal.provider;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.tls.ChildJvm;
import io.github.etcdrelation.internal.tls.SmallDisk;
import io.github.etcdrelation.internal.tls.TemporaryFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * {@link DirectoryProviderTarget} with killed and competing processes, planted links and
 * disks that are full.
 */
@DisabledOnOs(OS.WINDOWS)
@ExtendWith(OutputCaptureExtension.class)
class DirectoryProviderTargetCrashTests {

	@TempDir
	private Path parent;

	private Path directory;

	@BeforeEach
	void setUp() throws IOException {
		this.directory = Files.createDirectory(this.parent.resolve("relation"));
	}

	@ParameterizedTest
	@EnumSource
	void killedProcessLeavesWholeSetAndTheNextDeletesTheRest(Step step) throws Exception {
		try (ChildJvm jvm = new ChildJvm("000", PublishingProcess.class, this.directory.toString(), "0",
				"1000000000")) {
			assertThat(jvm.awaitLine()).isEqualTo("published");
			jvm.killWhen(() -> step() == step);
		}
		assertThat(step()).isEqualTo(step);
		assertWholeSet();
		assertThat(mode(this.directory.resolve("client_key"))).isEqualTo("rw-------");
		// Also if nothing differs
		target().publish(Map.of("version", Files.readString(this.directory.resolve("version"))));
		assertNothingIsLeft();
		target().publish(PublishingProcess.set(-1));
		assertNothingIsLeft();
	}

	// What the names in the directory say of a process that stands still
	private @Nullable Step step() throws IOException {
		List<String> names = hidden();
		String current = Files.readSymbolicLink(this.directory.resolve("..data")).toString();
		List<String> others = names.stream()
			.filter((name) -> name.startsWith("..set-") && !name.equals(current))
			.toList();
		boolean writing = names.stream().anyMatch((name) -> name.startsWith("..tmp-"));
		if (others.isEmpty()) {
			return writing ? Step.BEGUN : null;
		}
		if (!writing || names.contains(current.replace("..set-", "..tmp-"))) {
			return Step.EXCHANGED;
		}
		try (Stream<Path> files = Files.list(this.directory.resolve(others.get(0)))) {
			return (files.count() < PublishingProcess.set(0).size()) ? Step.WRITING : Step.WRITTEN;
		}
	}

	@Test
	void leftoverLinksAndSetsAreDeleted() throws IOException {
		target().publish(PublishingProcess.set(0));
		Files.createSymbolicLink(this.directory.resolve("..tmp-1a2b"), Path.of("..data", "missing"));
		Files.createSymbolicLink(this.directory.resolve("..tmp-" + UUID.randomUUID() + "." + UUID.randomUUID()),
				Path.of("..data"));
		Path set = Files.createDirectory(this.directory.resolve("..set-" + UUID.randomUUID()));
		Files.writeString(set.resolve("client_key"), "half a k");
		Path kept = Files.createDirectory(this.parent.resolve("kept"));
		Files.createFile(kept.resolve("file"));
		Files.createSymbolicLink(this.directory.resolve("..set-link"), kept);
		target().publish(PublishingProcess.set(0));
		assertNothingIsLeft();
		assertThat(kept.resolve("file")).exists();
	}

	@Test
	void setThatAnotherProcessIsWritingIsKept() throws IOException {
		String id = UUID.randomUUID().toString();
		try (TemporaryFile protection = TemporaryFile.create(this.directory.resolve("..tmp-" + id))) {
			Path set = Files.createDirectory(this.directory.resolve("..set-" + id));
			target().publish(PublishingProcess.set(0));
			assertThat(set).isDirectory();
			assertThat(protection.isProtected()).isTrue();
		}
		target().publish(PublishingProcess.set(0));
		assertNothingIsLeft();
	}

	@Test
	void processesMayPublishAtTheSameTime() throws Exception {
		target().publish(PublishingProcess.set(0));
		try (ChildJvm jvm = new ChildJvm("022", PublishingProcess.class, this.directory.toString(), "1000", "1060")) {
			assertThat(jvm.awaitLine()).isEqualTo("published");
			DirectoryProviderTarget target = target();
			for (int i = 1; i < 60; i++) {
				target.publish(PublishingProcess.set(i));
				assertWholeSet();
			}
			assertThat(jvm.awaitEnd()).as(jvm::getOutput).isZero();
		}
		assertWholeSet();
		target().publish(PublishingProcess.set(0));
		assertNothingIsLeft();
	}

	@Test
	void secondProviderWithOtherValuesIsReportedOnce(CapturedOutput output) {
		DirectoryProviderTarget first = target();
		DirectoryProviderTarget second = target();
		first.publish(Map.of("version", "3.5.0"));
		second.publish(Map.of("client_ca", "ca"));
		first.publish(Map.of("version", "3.5.0"));
		assertThat(output).doesNotContain("since this provider");
		second.publish(Map.of("version", "3.6.0"));
		first.publish(Map.of("version", "3.5.0"));
		assertThat(output).contains(
				"Directory " + this.directory + ": version changed since this provider wrote it and is written again. "
						+ "Have only one provider write to a directory");
		second.publish(Map.of("version", "3.6.0"));
		first.publish(Map.of("version", "3.5.0"));
		assertThat(output.toString().split("since this provider wrote it", -1)).hasSize(3);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void plantedLinksAreReplacedAndTheirTargetsNeitherWrittenNorPublished(boolean links) throws IOException {
		Path target = Files.writeString(this.parent.resolve("target"), "of another program");
		Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-------"));
		Files.createSymbolicLink(this.directory.resolve("client_key"), target);
		Files.createSymbolicLink(this.directory.resolve("version"), target);
		Files.createLink(this.directory.resolve("client_ca"), target);
		new DirectoryProviderTarget(this.directory, links).publish(Map.of("client_key", "key", "client_ca", "ca"));
		assertThat(this.directory.resolve("client_key")).hasContent("key");
		assertThat(this.directory.resolve("client_ca")).hasContent("ca");
		assertThat(mode(this.directory.resolve("client_ca"))).isEqualTo("rw-r--r--");
		assertThat(Files.exists(this.directory.resolve("version"), LinkOption.NOFOLLOW_LINKS)).isFalse();
		assertThat(target).hasContent("of another program");
		assertThat(mode(target)).isEqualTo("rw-------");
	}

	@Test
	void plantedDataDirectoryIsNotPublished() throws IOException {
		Path other = Files.createDirectory(this.parent.resolve("other"));
		Files.writeString(other.resolve("version"), "of another program");
		Files.createSymbolicLink(this.directory.resolve("..data"), other);
		Files.createSymbolicLink(this.directory.resolve("version"), Path.of("..data", "version"));
		target().publish(Map.of("client_ca", "ca"));
		assertThat(this.directory.resolve("client_ca")).hasContent("ca");
		assertThat(this.directory.resolve("version")).doesNotExist();
		assertThat(other.resolve("version")).hasContent("of another program");
	}

	@Test
	void linkedDirectoryIsUsed() throws IOException {
		Path link = Files.createSymbolicLink(this.parent.resolve("link"), this.directory);
		new DirectoryProviderTarget(link).publish(PublishingProcess.set(0));
		assertWholeSet();
		assertThat(Files.isSymbolicLink(link)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void fullDiskChangesNothing(boolean links) throws Exception {
		this.directory = this.parent.resolve("disk");
		try (SmallDisk disk = new SmallDisk(this.directory)) {
			DirectoryProviderTarget target = new DirectoryProviderTarget(this.directory, links);
			target.publish(PublishingProcess.set(0));
			Path filling = disk.fill(8192);
			assertThatExceptionOfType(InvalidRelationDataException.class)
				.isThrownBy(() -> target.publish(PublishingProcess.set(1)))
				.withMessageContaining(
						"directory '" + this.directory + "' cannot be written to: java.io.IOException: No space left")
				.withMessageNotContaining("set 1");
			assertWholeSet();
			Files.delete(filling);
			assertNothingIsLeft();
			target.publish(PublishingProcess.set(1));
			assertWholeSet();
		}
	}

	private DirectoryProviderTarget target() {
		return new DirectoryProviderTarget(this.directory);
	}

	private void assertWholeSet() throws IOException {
		Map<String, String> values = read();
		String first = values.get("version");
		assertThat(first.lines().toList()).hasSize(200).containsOnly(first.lines().findFirst().orElseThrow());
		assertThat(values.values()).containsOnly(first);
	}

	private Map<String, String> read() throws IOException {
		for (int attempt = 1;; attempt++) {
			try {
				Path data = this.directory.resolve("..data");
				Path set = Files.isSymbolicLink(data) ? data.toRealPath() : this.directory;
				Map<String, String> values = new TreeMap<>();
				for (String key : PublishingProcess.set(0).keySet()) {
					values.put(key, Files.readString(set.resolve(key)));
				}
				return values;
			}
			catch (NoSuchFileException ex) {
				// Exchanged meanwhile
				if (attempt == 100) {
					throw ex;
				}
			}
		}
	}

	private void assertNothingIsLeft() throws IOException {
		Path data = this.directory.resolve("..data");
		assertThat(hidden())
			.isEqualTo(Files.isSymbolicLink(data) ? List.of(Files.readSymbolicLink(data).toString()) : List.of());
	}

	private List<String> hidden() throws IOException {
		try (Stream<Path> entries = Files.list(this.directory)) {
			return entries.map((entry) -> entry.getFileName().toString())
				.filter((name) -> name.startsWith(".") && !name.equals("..data"))
				.toList();
		}
	}

	private static String mode(Path path) throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
	}

	/**
	 * How far a process came.
	 */
	private enum Step {

		/**
		 * The file that protects the new set is there.
		 */
		BEGUN,

		/**
		 * Some files of the new set are there.
		 */
		WRITING,

		/**
		 * All files of the new set are there.
		 */
		WRITTEN,

		/**
		 * The new set is in its place, and the one before is still there.
		 */
		EXCHANGED

	}

}
