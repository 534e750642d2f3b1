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

package io.github.etcdrelation.internal.juju;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests {@link SecretFiles}.
 */
@ExtendWith(OutputCaptureExtension.class)
class SecretFilesTests {

	private List<Path> files = List.of();

	@AfterEach
	void deleteRest() throws IOException {
		FileSystemUtils.deleteRecursively(this.files.get(0).getParent());
	}

	@Test
	void closingDeletesAllFiles(CapturedOutput output) throws IOException {
		write().close();
		assertThat(this.files).hasSize(3).allSatisfy((file) -> assertThat(file).doesNotExist());
		assertThat(this.files.get(0).getParent()).doesNotExist();
		assertThat(output).doesNotContain("cannot be deleted");
	}

	@Test
	void whenOneFileCannotBeDeletedDeletesOthersAndWarnsOnce(CapturedOutput output) throws IOException {
		SecretFiles secrets = write();
		Path first = this.files.get(0);
		Files.delete(first);
		Files.createDirectories(first.resolve("occupied"));
		secrets.close();
		assertThat(this.files.subList(1, 3)).allSatisfy((file) -> assertThat(file).doesNotExist());
		assertThat(output).containsOnlyOnce("Files with a secret in " + first.getParent() + " cannot be deleted")
			.doesNotContain("s3cret");
	}

	private SecretFiles write() throws IOException {
		SecretFiles secrets = SecretFiles.write(Map.of("a", "s3cret", "b", "s3cret", "c", "s3cret"));
		this.files = secrets.getArguments()
			.stream()
			.map((argument) -> Path.of(argument.substring(argument.indexOf('=') + 1)))
			.toList();
		assertThat(this.files).allSatisfy((file) -> assertThat(file).hasContent("s3cret"));
		return secrets;
	}

}
