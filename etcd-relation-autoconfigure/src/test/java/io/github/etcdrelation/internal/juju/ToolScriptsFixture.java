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
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.io.TempDir;

/**
 * A directory with hook tools that each test writes as it needs them.
 */
abstract class ToolScriptsFixture {

	@TempDir
	Path directory;

	/**
	 * Write a tool.
	 * @param name the name of the tool
	 * @param script the script, in which {@code DIR} is the directory
	 */
	void tool(String name, String script) throws IOException {
		Path file = this.directory.resolve(name);
		Files.writeString(file, "#!/bin/sh\nDIR='" + this.directory + "'\n" + script + "\n");
		Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
	}

	/**
	 * Return what a tool has written to a file in the directory.
	 */
	String recorded(String name) throws IOException {
		return Files.readString(this.directory.resolve(name));
	}

}
