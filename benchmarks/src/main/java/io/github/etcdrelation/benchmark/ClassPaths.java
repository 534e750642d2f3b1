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

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.springframework.util.Assert;

/**
 * Class paths that hold what one dependency of this module brings and nothing that others
 * bring: natives, for example, would make every client faster. Taken from the tree of
 * dependencies that the build writes.
 */
final class ClassPaths {

	private static final Pattern NODE = Pattern
		.compile("^((?:[|+\\\\ ][ -]{2})*)\\(?([^:]+):([^:]+):jar:(?:([^: ]+):)?([^: ]+):(?:compile|runtime|test).*");

	private final Map<String, Set<String>> dependencies = new LinkedHashMap<>();

	private final List<String> available = List
		.of(System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator)));

	ClassPaths() {
		read().lines().forEach(new Reader()::accept);
	}

	private static String read() {
		try (InputStream tree = ClassPaths.class.getResourceAsStream("/dependencies.txt")) {
			Assert.state(tree != null, "The build did not write dependencies.txt");
			return new String(tree.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return the class path of a process.
	 * @param artifacts the dependencies it shall have, with all that these need
	 */
	String of(List<String> artifacts) {
		Set<String> needed = new LinkedHashSet<>();
		Deque<String> open = new ArrayDeque<>(artifacts);
		while (!open.isEmpty()) {
			String artifact = open.remove();
			if (needed.add(artifact)) {
				open.addAll(this.dependencies.getOrDefault(artifact, Set.of()));
			}
		}
		return this.available.stream()
			.filter((entry) -> isOurs(entry) || needed.stream().anyMatch((artifact) -> matches(entry, artifact)))
			.collect(Collectors.joining(File.pathSeparator));
	}

	private static boolean isOurs(String entry) {
		return new File(entry, "dependencies.txt").exists();
	}

	private static boolean matches(String entry, String artifact) {
		File file = new File(entry);
		if (file.isDirectory()) {
			return file.getParentFile().getParentFile().getName().equals(artifact);
		}
		// The directory of a repository, or of another module, distinguishes foo-bar 1
		// and
		// foo 1
		File versionOrTarget = file.getParentFile();
		String directory = versionOrTarget.getParentFile().getName();
		String[] nameAndClassifier = artifact.split(":");
		String classifier = (nameAndClassifier.length > 1) ? "-" + nameAndClassifier[1] : "";
		return directory.equals(nameAndClassifier[0]) && (versionOrTarget.getName().equals("target")
				|| file.getName().equals(directory + "-" + versionOrTarget.getName() + classifier + ".jar"));
	}

	/**
	 * Takes up the lines of the tree, each below its parent.
	 */
	private final class Reader {

		private final Deque<String> parents = new ArrayDeque<>();

		private void accept(String line) {
			Matcher matcher = NODE.matcher(line);
			if (matcher.matches()) {
				int depth = matcher.group(1).length() / 3;
				String artifact = matcher.group(3) + ((matcher.group(4) != null) ? ":" + matcher.group(4) : "");
				while (this.parents.size() >= depth) {
					this.parents.pop();
				}
				if (!this.parents.isEmpty()) {
					ClassPaths.this.dependencies.computeIfAbsent(this.parents.peek(), (key) -> new LinkedHashSet<>())
						.add(artifact);
				}
				this.parents.push(artifact);
			}
		}

	}

}
