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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.fuzz.Hostile;
import org.junit.jupiter.api.io.TempDir;

/**
 * Input: a certificate, a key and a certificate authority that are saved and read, and
 * the bytes of a file that is read.
 */
class CredentialFilesFuzzTests {

	@TempDir
	private static Path root;

	@FuzzTest
	void read(byte[] input) throws IOException {
		CredentialFiles files = new CredentialFiles(root.resolve("key"), root.resolve("cert"), root.resolve("ca"));
		List<String> parts = Hostile.parts(input);
		ClientCredentials credentials = new ClientCredentials(part(parts, 0), part(parts, 1), part(parts, 2));
		files.save(credentials);
		Hostile.require(files.read().equals(credentials), "What was saved is not read");
		Files.write(files.ca(), input);
		Hostile.accepts(() -> Hostile.require(new String(input, StandardCharsets.UTF_8).equals(files.read().clientCa()),
				"Something else is read"));
	}

	private static String part(List<String> parts, int index) {
		String text = parts.get(index % parts.size()).strip();
		return text.isEmpty() ? "-" : text;
	}

}
