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
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SmallFiles}.
 */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SmallFilesTests {

	@TempDir
	private Path directory;

	@Test
	void fileIsReadUpToItsLimit() throws IOException {
		Path file = Files.write(this.directory.resolve("file"), new byte[10]);
		assertThat(SmallFiles.read(file, 10)).hasSize(10);
		assertThat(SmallFiles.read(file, 9)).isNull();
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void pipeIsRefusedUnread() throws Exception {
		Path pipe = SpecialFiles.pipe(this.directory.resolve("pipe"));
		assertRefused(pipe);
		assertRefused(Files.createSymbolicLink(this.directory.resolve("link"), pipe));
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void deviceIsRefusedUnread() {
		assertRefused(Path.of("/dev/zero"));
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void linkToFileIsRead() throws IOException {
		Path file = Files.writeString(this.directory.resolve("file"), "content");
		Path link = Files.createSymbolicLink(this.directory.resolve("link"), file);
		assertThat(SmallFiles.read(Files.createSymbolicLink(this.directory.resolve("second"), link))).asString()
			.isEqualTo("content");
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void fileOfKernelThatHasNoSizeIsReadUpToItsLimit() throws IOException {
		Path file = Path.of("/proc/self/status");
		assertThat(Files.size(file)).isZero();
		assertThat(SmallFiles.read(file)).asString().contains("VmSize");
		assertThat(SmallFiles.read(file, 10)).isNull();
	}

	private static void assertRefused(Path file) {
		assertThat(SmallFiles.isSpecial(file)).isTrue();
		assertThatExceptionOfType(FileSystemException.class).isThrownBy(() -> SmallFiles.read(file))
			.withMessageContaining(file + ": not a regular file");
	}

}
