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
import java.util.List;

/**
 * The results of one work as a Markdown file.
 */
final class Report {

	private final String name;

	private final String title;

	private final List<Bar> bars = new ArrayList<>();

	private final StringBuilder body = new StringBuilder();

	Report(String name, String title) {
		this.name = name;
		this.title = title;
	}

	String name() {
		return this.name;
	}

	List<Bar> bars() {
		return this.bars;
	}

	void bar(String what, double measured, double limit, String unit) {
		this.bars.add(new Bar(what, measured, limit, unit));
	}

	void text(String text) {
		this.body.append(text).append("\n\n");
	}

	void table(List<String> head, List<List<String>> rows) {
		row(head);
		row(head.stream().map((cell) -> "---").toList());
		rows.forEach(this::row);
		this.body.append('\n');
	}

	private void row(List<String> cells) {
		this.body.append("| ").append(String.join(" | ", cells)).append(" |\n");
	}

	String markdown(String environment) {
		StringBuilder text = new StringBuilder("# %s%n%n%s%n".formatted(this.title, environment));
		if (!this.bars.isEmpty()) {
			text.append("\n| | measured | bar | |\n|---|---|---|---|\n");
			this.bars.forEach((bar) -> text.append(bar.format()).append('\n'));
		}
		return text.append('\n').append(this.body.toString().strip()).append('\n').toString();
	}

	void write(Path directory, String environment) throws IOException {
		Files.createDirectories(directory);
		Files.writeString(directory.resolve(this.name + ".md"), markdown(environment));
	}

}
