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

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.github.etcdrelation.internal.databag.DatabagJson;
import io.github.etcdrelation.internal.tls.ChildJvm;
import io.github.etcdrelation.internal.tls.PemFixtures;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests what other processes can see while both sides of a relation use hook tools.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "There is no /proc to look at processes")
class ProcessTraceTests {

	private static final int SHORTEST_PART = 8;

	@TempDir
	private Path directory;

	private final Map<String, String> values = new LinkedHashMap<>();

	@BeforeEach
	void createValues() {
		for (String generation : new String[] { "", "renewed-" }) {
			Map<String, String> own = OwnDataFixtures.create("/orders/");
			this.values.put(generation + "cert", own.get("client_cert"));
			this.values.put(generation + "key", own.get("client_key"));
			this.values.put(generation + "ca", PemFixtures.ROOT_PEM.repeat(generation.isEmpty() ? 1 : 2));
		}
		this.values.put("password", "correct s3cr3t");
	}

	@Test
	void noSecretIsVisibleToOthersAndNothingIsLeft() throws Exception {
		Path temporary = Files.createDirectory(this.directory.resolve("temporary"));
		List<Path> tools = new ArrayList<>();
		for (String side : List.of("requirer", "provider", "classic-provider")) {
			tools.add(Files.createDirectory(this.directory.resolve(side)));
			Files.createFile(this.directory.resolve(side).resolve(FakeTools.TRACED));
		}
		ProcessTrace trace;
		// Nothing is protected by the umask
		try (ChildJvm jvm = new ChildJvm("000", List.of("-Djava.io.tmpdir=" + temporary), TracedProcess.class,
				tools.stream().map(Path::toString).toArray(String[]::new))) {
			jvm.send(DatabagJson.write(this.values));
			trace = new ProcessTrace(jvm.toHandle(), temporary, tools);
			trace.run();
			assertThat(jvm.awaitEnd()).as(jvm::getOutput).isZero();
			assertThat(jvm.getOutput()).doesNotContain(secrets());
		}
		assertThat(FakeTools.NAMES).allSatisfy((tool) -> assertThat(trace.getCommandLines()).as(tool)
			.anyMatch((commandLine) -> commandLine.contains("/" + tool + "\0")));
		assertThat(trace.getCommandLines()).as("command lines")
			.allSatisfy((text) -> assertThat(text).doesNotContain(secrets()));
		assertThat(trace.getEnvironments()).as("environments")
			.anyMatch((text) -> text.contains("PATH="))
			.allSatisfy((text) -> assertThat(text).doesNotContain(secrets()));
		assertThat(trace.getFiles()).as("temporary files").isNotEmpty().allSatisfy((file, mode) -> {
			assertThat(mode).isEqualTo("rw-------");
			assertThat(file.getParent()).isNotEqualTo(temporary);
		});
		assertThat(trace.getDirectories().values()).as("temporary directories").isNotEmpty().containsOnly("rwx------");
		assertThat(temporary).isEmptyDirectory();
		assertRecords(tools);
	}

	/**
	 * Check what the executables saw of themselves, of their parent and of files.
	 */
	private void assertRecords(List<Path> tools) {
		List<ToolCall> calls = tools.stream().flatMap((directory) -> FakeTools.getCalls(directory).stream()).toList();
		assertThat(calls).allSatisfy((call) -> {
			assertThat(call.arguments.toString()).doesNotContain(secrets());
			assertThat(call.environment).contains(TracedProcess.class.getName(), "PATH=").doesNotContain(secrets());
			assertThat(call.modes.lines())
				.allMatch((line) -> line.startsWith("-rw-------") || line.startsWith("drwx------"));
		});
		assertThat(calls).filteredOn((call) -> !call.modes.isEmpty())
			.extracting((call) -> call.arguments.get(0))
			.contains("secret-add", "secret-set");
	}

	private String[] secrets() {
		Stream<String> parts = this.values.values()
			.stream()
			.flatMap(String::lines)
			.filter((line) -> line.length() >= SHORTEST_PART);
		return Stream.concat(parts, Stream.of("-----BEGIN")).distinct().toArray(String[]::new);
	}

}
