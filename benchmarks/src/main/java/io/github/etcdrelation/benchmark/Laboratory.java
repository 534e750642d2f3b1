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

package io.github.etcdrelation.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.test.LocalEtcd;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.FileSystemUtils;

/**
 * What all works share: one etcd with mutual TLS, and processes to measure.
 */
final class Laboratory implements AutoCloseable {

	// Equal for all, and larger than any of them needs
	private static final List<String> JVM_ARGUMENTS = List.of("-Xms512m", "-Xmx512m", "-XX:+UseG1GC",
			"-XX:-UseDynamicNumberOfCompilerThreads");

	private final Settings settings;

	private final ClassPaths classPaths = new ClassPaths();

	private final LocalEtcd etcd = LocalEtcd.builder().mutualTls().start();

	private final Path directory;

	private final Access access;

	Laboratory(Settings settings) throws IOException {
		this.settings = settings;
		this.directory = Files.createTempDirectory("benchmark");
		this.access = write(this.etcd.getClientCredentials(), Files.createDirectory(this.directory.resolve("access")));
	}

	Settings settings() {
		return this.settings;
	}

	LocalEtcd etcd() {
		return this.etcd;
	}

	Access access() {
		return this.access;
	}

	Path directory() {
		return this.directory;
	}

	Access write(ClientCredentials credentials, Path directory) throws IOException {
		return write(this.etcd, credentials, directory);
	}

	static Access write(LocalEtcd etcd, ClientCredentials credentials, Path directory) throws IOException {
		Access access = new Access(etcd.getConnectionString(), directory);
		Files.writeString(access.certificate(), required(credentials.clientCert()));
		Files.writeString(access.key(), required(credentials.clientKey()));
		Files.writeString(access.ca(), required(credentials.clientCa()));
		return access;
	}

	private static String required(@Nullable String value) {
		Assert.state(value != null, "etcd does not use mutual TLS");
		return value;
	}

	/**
	 * Start a process to measure and wait until it is ready.
	 * @param artifacts the dependencies that bring its class path
	 * @param main the class to run
	 * @param arguments arguments of the class
	 */
	Fork fork(List<String> artifacts, Class<?> main, Object... arguments) throws IOException {
		return fork(artifacts, Collections.emptyList(), main, arguments);
	}

	/**
	 * Start a process to measure and wait until it is ready.
	 * @param artifacts the dependencies that bring its class path
	 * @param moreJvmArguments arguments of its JVM beside those that all have
	 * @param main the class to run
	 * @param arguments arguments of the class
	 */
	Fork fork(List<String> artifacts, List<String> moreJvmArguments, Class<?> main, Object... arguments)
			throws IOException {
		List<String> jvmArguments = new ArrayList<>(JVM_ARGUMENTS);
		jvmArguments.addAll(moreJvmArguments);
		jvmArguments.addAll(this.settings.jvmArguments());
		Fork fork = Fork.start(this.classPaths.of(artifacts), jvmArguments, main,
				Arrays.stream(arguments).map(String::valueOf).toList());
		fork.answer();
		return fork;
	}

	/**
	 * Return the subjects in an order that is another one each round.
	 */
	static <T> List<T> rotated(List<T> subjects, int round) {
		List<T> rotated = new ArrayList<>(subjects);
		Collections.rotate(rotated, -round);
		return rotated;
	}

	void log(String text) {
		System.out.println(text);
	}

	@Override
	public void close() throws IOException {
		this.etcd.close();
		FileSystemUtils.deleteRecursively(this.directory);
	}

}
