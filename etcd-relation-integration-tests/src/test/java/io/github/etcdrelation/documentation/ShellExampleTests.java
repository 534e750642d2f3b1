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

package io.github.etcdrelation.documentation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that commands of the documentation are complete, and that what they name exists.
 */
class ShellExampleTests {

	private static final Pattern COMMAND = Pattern
		.compile("(?m)^(?:\\$ )?(?:[A-Z_]+=\\S+ )*([\\w./-]+)(?: .*)?$|(?:\\||&&|\\$\\() *([\\w./-]+)");

	private static final Pattern MODULES = Pattern.compile("-pl (\\S+)");

	private static final Pattern PROFILE = Pattern.compile("\\bmvn\\b.* -P(\\w+)");

	/**
	 * Commands that the machine of a reader has and that of the build need not.
	 */
	private static final Map<String, String> OF_READERS = Map.of("juju", "Juju", "kubectl", "Kubernetes", "curl",
			"any client of HTTP", "etcdctl", "etcd", "charmcraft", "Juju", "openssl", "OpenSSL", "git", "Git", "docker",
			"Docker", "java", "JDK", "mvn", "Maven");

	private final List<Markdown.Block> blocks = Markdown.documentation()
		.stream()
		.flatMap((page) -> page.blocks("sh").stream())
		.toList();

	@Test
	void shellParsesThem() throws Exception {
		assertThat(this.blocks).hasSizeGreaterThan(10);
		for (Markdown.Block block : this.blocks) {
			Process shell = new ProcessBuilder("bash", "-n").redirectErrorStream(true).start();
			shell.getOutputStream().write(block.text().getBytes(StandardCharsets.UTF_8));
			shell.getOutputStream().close();
			String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(shell.waitFor()).as("%s: %s", block, output).isZero();
		}
	}

	@Test
	void commandsExist() {
		Set<String> unknown = new TreeSet<>();
		for (Markdown.Block block : this.blocks) {
			Matcher command = COMMAND
				.matcher(block.text().replaceAll("\\\\\n\\s*", " ").replaceAll("(?m)^\\s*#.*", ""));
			while (command.find()) {
				String name = (command.group(1) != null) ? command.group(1) : command.group(2);
				if (!OF_READERS.containsKey(name) && !exists(name)) {
					unknown.add(block + ": " + name);
				}
			}
		}
		assertThat(unknown).isEmpty();
	}

	private static boolean exists(String name) {
		if (name.contains("/")) {
			return Files.isExecutable(Markdown.ROOT.resolve(name));
		}
		return name.equals("cd") || List.of(System.getenv("PATH").split(":"))
			.stream()
			.anyMatch((directory) -> Files.isExecutable(Path.of(directory, name)));
	}

	@Test
	void modulesAndProfilesExist() throws IOException {
		String pom = Files.readString(Markdown.ROOT.resolve("pom.xml"));
		List<String> missing = new ArrayList<>();
		int checked = 0;
		for (Markdown.Block block : this.blocks) {
			Matcher modules = MODULES.matcher(block.text());
			while (modules.find()) {
				for (String module : modules.group(1).split(",")) {
					checked++;
					if (!Files.exists(Markdown.ROOT.resolve(module).resolve("pom.xml"))) {
						missing.add(block + ": " + module);
					}
				}
			}
			Matcher profile = PROFILE.matcher(block.text());
			while (profile.find()) {
				checked++;
				if (!pom.contains("<id>" + profile.group(1) + "</id>")) {
					missing.add(block + ": " + profile.group(1));
				}
			}
		}
		assertThat(checked).isGreaterThan(2);
		assertThat(missing).isEmpty();
	}

}
