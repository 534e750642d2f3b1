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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.etcdrelation.fuzz.Hostile;
import io.github.etcdrelation.fuzz.HostileDirectory;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.mock.env.MockEnvironment;
import org.springframework.util.FileSystemUtils;

/**
 * Input: the files of a directory with service bindings.
 */
class ServiceBindingFuzzTests {

	@TempDir
	private static Path root;

	@FuzzTest
	void find(byte[] input) throws IOException {
		Path bindings = Files.createDirectory(root.resolve("bindings"));
		try {
			HostileDirectory.write(bindings, Hostile.parts(input));
			find(bindings.toString());
			find(Hostile.text(input));
		}
		finally {
			FileSystemUtils.deleteRecursively(bindings);
		}
	}

	private static void find(String directory) {
		Hostile.accepts(() -> {
			Path found = ServiceBindings.find(new MockEnvironment().withProperty("SERVICE_BINDING_ROOT", directory));
			Hostile.require(found == null || Files.exists(found.resolve("type")), "No type was found");
		});
	}

}
