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
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.tls.SpecialFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link DirectoryLimits} and where they hold.
 */
class DirectoryLimitsTests {

	@TempDir
	Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "client_ca", "etcd:1/etcd-0.json", "etcd-client:1/charmed-etcd.json",
			"etcd-client:1/secrets/abc.json" })
	void sparseFileOfOneGibibyteIsRefusedUnread(String name) throws IOException {
		Path file = this.directory.resolve(name);
		Files.createDirectories(file.getParent());
		try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
			sparse.setLength(1L << 30);
		}
		long begin = System.nanoTime();
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(this::read)
			.withMessageContaining(file + " that is larger than 4194304 bytes");
		assertThat(System.nanoTime() - begin).isLessThan(1_000_000_000L);
	}

	@Test
	void fileThatHasGrownIsNotReadToItsEnd() throws IOException {
		Path file = this.directory.resolve("version");
		Files.write(file, new byte[DirectoryLimits.MAX_FILE]);
		assertThat(DirectoryLimits.read(file)).hasSize(DirectoryLimits.MAX_FILE);
		Files.write(file, new byte[DirectoryLimits.MAX_FILE + 1]);
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(() -> DirectoryLimits.read(file));
	}

	@Test
	void filesThatTogetherAreTooLargeAreRefused() throws IOException {
		Path relation = Files.createDirectory(this.directory.resolve("etcd:1"));
		for (int i = 0; i <= DirectoryLimits.MAX_FILES / DirectoryLimits.MAX_FILE; i++) {
			try (RandomAccessFile sparse = new RandomAccessFile(relation.resolve("etcd-" + i + ".json").toFile(),
					"rw")) {
				sparse.setLength(DirectoryLimits.MAX_FILE);
			}
		}
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(this::read)
			.withMessageContaining("files that together are larger than 67108864 bytes");
	}

	@Test
	void directoryOfManyFilesIsRefused() throws IOException {
		for (int i = 0; i < 100_000; i++) {
			Files.createFile(this.directory.resolve("file" + i));
		}
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(this::read)
			.withMessageContaining("has more than 10000 entries");
		assertThat(DirectoryRelationSource.isSpool(this.directory)).isTrue();
	}

	@Test
	void spoolOfManyFilesInManyDirectoriesIsRefused() throws IOException {
		for (int i = 0; i < 11; i++) {
			Path relation = Files.createDirectory(this.directory.resolve("etcd:" + i));
			for (int j = 0; j < 1000; j++) {
				Files.createFile(relation.resolve("etcd-" + j + ".json"));
			}
		}
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(this::read)
			.withMessageContaining("has more than 10000 entries");
	}

	@ParameterizedTest
	@DisabledOnOs(OS.WINDOWS)
	@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	@ValueSource(strings = { "connection_string", "client_key", "uri", "etcd:1/etcd-0.json", "etcd:1/etcd/0.json",
			"etcd-client:1/charmed-etcd.json" })
	void pipeIsRefusedUnread(String name) throws Exception {
		Path file = this.directory.resolve(name);
		Files.createDirectories(file.getParent());
		SpecialFiles.pipe(file);
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(this::read)
			.withMessageStartingWith("directory has a file %s that is not a regular file. Replace it", file);
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void secretThatIsPipeIsRefusedUnread() throws Exception {
		Path secrets = Files.createDirectories(this.directory.resolve("etcd-client:1/secrets"));
		Path file = SpecialFiles.pipe(secrets.resolve("abc.json"));
		Files.writeString(secrets.resolveSibling("charmed-etcd.json"),
				"{\"endpoints\": \"a:2379\", \"secret-user\": \"secret:abc\"}");
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(this::read)
			.withMessageContaining(file + " that is not a regular file");
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void linkToDeviceIsRefusedUnread() throws Exception {
		Files.createSymbolicLink(this.directory.resolve("uri"), Path.of("/dev/zero"));
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(this::read)
			.withMessageContaining("uri that is not a regular file");
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void pipeOfAnotherNameDecidesNothing() throws Exception {
		SpecialFiles.pipe(this.directory.resolve("other"));
		Files.writeString(this.directory.resolve("uri"), "http://a:2379");
		read();
	}

	private void read() {
		DirectoryContent.of(this.directory, new Interpretation(null, OwnDataKind.NONE)).read(true);
	}

}
