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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that each guarantee names tests that exist.
 */
class GuaranteesTests {

	private static final Pattern TEST = Pattern.compile("`(\\w+)(?:\\.(\\w+))?`");

	private final Map<String, String> sources = new HashMap<>();

	GuaranteesTests() throws IOException {
		try (Stream<Path> files = Files.walk(Markdown.ROOT)) {
			files.filter((file) -> file.toString().endsWith(".java") && file.toString().contains("/src/test/java/"))
				.forEach((file) -> this.sources.put(file.getFileName().toString().replace(".java", ""), read(file)));
		}
	}

	@Test
	void everyRowNamesATestThatExists() {
		List<List<String>> rows = Stream.of("docs/guarantees.md", "docs/spring-integration.md")
			.flatMap((page) -> Markdown.read(page).rows().stream())
			.filter((row) -> !row.get(row.size() - 1).equals("Test"))
			.toList();
		assertThat(rows).hasSizeGreaterThan(40);
		for (List<String> row : rows) {
			Matcher test = TEST.matcher(row.get(row.size() - 1));
			int named = 0;
			while (test.find()) {
				named++;
				assertThat(exists(test.group(1), test.group(2))).as("%s in %s", test.group(), row).isTrue();
			}
			assertThat(named).as(row.toString()).isPositive();
		}
	}

	@Test
	void testsThatDoNotExistAreFound() {
		assertThat(exists("GuaranteesTests", "testsThatDoNotExistAreFound")).isTrue();
		assertThat(exists("GuaranteesTests", "read")).isFalse();
		assertThat(exists("GuaranteeTests", null)).isFalse();
	}

	private boolean exists(String type, String method) {
		String source = this.sources.get(type);
		if (source == null || method == null) {
			return source != null;
		}
		int declaration = source.indexOf("void " + method + "(");
		// The annotations follow an empty line
		return declaration > 0 && Pattern.compile("@\\w*Test\\b")
			.matcher(source.substring(source.lastIndexOf("\n\n", declaration), declaration))
			.find();
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
