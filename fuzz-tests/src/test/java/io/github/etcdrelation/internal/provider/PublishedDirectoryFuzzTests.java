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
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.etcdrelation.fuzz.Hostile;
import io.github.etcdrelation.fuzz.HostileDirectory;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.util.FileSystemUtils;

/**
 * Input: the files of a directory that a provider publishes in.
 */
class PublishedDirectoryFuzzTests {

	private static final Map<String, String> VALUES = Map.of("connection_string", "https://etcd.example:2379",
			"client_key", Hostile.SECRET, "version", "");

	@TempDir
	private static Path root;

	@FuzzTest
	void publish(byte[] input) throws IOException {
		Path outside = Files.writeString(root.resolve("outside"), "of the directory");
		Path directory = Files.createDirectory(root.resolve("relation"));
		try {
			List<String> parts = Hostile.parts(input);
			HostileDirectory.write(directory, parts);
			for (boolean links : new boolean[] { true, false }) {
				DirectoryProviderTarget target = new DirectoryProviderTarget(directory, links);
				if (Hostile.accepts(() -> target.publish(VALUES))) {
					Map<String, String> read = new ExchangedFiles(directory, links).read();
					Hostile.require(Hostile.SECRET.equals(read.get("client_key")) && !read.containsKey("version"),
							"What was published is not there");
				}
			}
			Hostile.require(Files.readString(outside).equals("of the directory"), "Something else was written to");
		}
		finally {
			FileSystemUtils.deleteRecursively(directory);
		}
	}

}
