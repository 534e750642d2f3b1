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

package io.github.etcdrelation.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An etcd executable that is known to run on this machine.
 *
 * @param path the executable
 * @param version the version that it reports, such as {@code 3.4.23}
 */
record EtcdBinary(Path path, String version) {

	private static final Pattern VERSION = Pattern.compile("etcd Version: ((\\d+)\\.(\\d+)\\S*)");

	/**
	 * Run the candidate once to verify that it works.
	 * @param candidate the executable
	 * @return the binary
	 * @throws IOException if it is missing, does not run or is too old
	 */
	static EtcdBinary verify(Path candidate) throws IOException {
		if (!Files.isRegularFile(candidate) || !Files.isExecutable(candidate)) {
			throw new IOException(candidate + " is not an executable file");
		}
		String output = Command.run(Duration.ofSeconds(30), candidate.toAbsolutePath().toString(), "--version");
		Matcher matcher = VERSION.matcher(output);
		if (!matcher.find()) {
			throw new IOException(candidate + " does not report an etcd version: " + output.strip());
		}
		EtcdBinary binary = new EtcdBinary(candidate.toAbsolutePath(), matcher.group(1));
		if (!binary.isAtLeast(3, 4)) {
			throw new IOException(candidate + " is etcd " + binary.version() + ", 3.4 or later is needed");
		}
		return binary;
	}

	boolean isAtLeast(int major, int minor) {
		String[] parts = this.version.split("\\.");
		int actualMajor = Integer.parseInt(parts[0]);
		int actualMinor = Integer.parseInt(parts[1].replaceAll("\\D.*", ""));
		return actualMajor > major || (actualMajor == major && actualMinor >= minor);
	}

}
