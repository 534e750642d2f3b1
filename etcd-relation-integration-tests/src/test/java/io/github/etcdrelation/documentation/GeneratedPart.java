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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A part of a page that is made from the code. It is compared with what the page has, or
 * written to the page with {@code -Ddocs.write=true}.
 */
final class GeneratedPart {

	private static final String MISSING = "**to be described**";

	private final Path page;

	private final String begin;

	private final String end;

	GeneratedPart(String page, String name) {
		this.page = Markdown.ROOT.resolve(page);
		this.begin = "<!-- generated: " + name + " -->\n";
		this.end = "<!-- end of " + name + " -->\n";
	}

	/**
	 * Return what the last column of the page's table says by the first one, for what the
	 * code does not describe.
	 */
	Map<String, String> described() {
		Map<String, String> described = new LinkedHashMap<>();
		current().lines().filter((line) -> line.startsWith("| `")).forEach((line) -> {
			String[] cells = line.split("(?<!\\\\)\\|", -1);
			described.put(cells[1].strip(), cells[cells.length - 2].strip());
		});
		return described;
	}

	static String describe(Map<String, String> described, String key) {
		return described.getOrDefault(key, MISSING);
	}

	void verifyTable(List<String> columns, List<List<String>> rows) {
		StringBuilder table = new StringBuilder("\n");
		append(table, columns);
		table.append("|---".repeat(columns.size())).append("|\n");
		rows.forEach((row) -> append(table, row));
		verify(table.append('\n').toString());
	}

	private static void append(StringBuilder table, List<String> cells) {
		cells.forEach((cell) -> table.append("| ").append(cell.replace("|", "\\|")).append(cell.isEmpty() ? "" : " "));
		table.append("|\n");
	}

	void verify(String content) {
		if (Boolean.getBoolean("docs.write")) {
			write(content);
		}
		assertThat(current()).as("%s, which is made from the code: run this test with -Ddocs.write=true", this.page)
			.isEqualTo(content)
			.doesNotContain(MISSING);
	}

	private String current() {
		String text = read();
		int from = text.indexOf(this.begin);
		int to = text.indexOf(this.end);
		assertThat(from).as(this.begin).isNotNegative().isLessThan(to);
		return text.substring(from + this.begin.length(), to);
	}

	private void write(String content) {
		String text = read();
		int from = text.indexOf(this.begin) + this.begin.length();
		try {
			Files.writeString(this.page, text.substring(0, from) + content + text.substring(text.indexOf(this.end)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private String read() {
		try {
			return Files.readString(this.page);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
