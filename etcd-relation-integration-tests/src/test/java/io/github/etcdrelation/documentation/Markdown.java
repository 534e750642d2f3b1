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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One page of the documentation: its fenced blocks, links, anchors and tables.
 */
final class Markdown {

	static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	private static final Pattern FENCE = Pattern.compile("^(\\s*)```(.*)$");

	private static final Pattern HEADING = Pattern.compile("^#{1,6}\\s+(.*?)\\s*$");

	private static final Pattern LINK = Pattern.compile("(!?)\\[([^\\]]*)]\\(([^)\\s]+)\\)");

	private static final Pattern CODE = Pattern.compile("`[^`]*`");

	private static final String GIVEN = "<!-- given";

	private final Path file;

	private final List<Block> blocks = new ArrayList<>();

	private final List<Link> links = new ArrayList<>();

	private final Set<String> anchors = new LinkedHashSet<>();

	private final List<List<String>> rows = new ArrayList<>();

	private final StringBuilder prose = new StringBuilder();

	private Markdown(Path file) {
		this.file = file;
		List<String> lines = lines(file);
		Map<String, Integer> seen = new HashMap<>();
		StringBuilder given = new StringBuilder();
		for (int i = 0; i < lines.size(); i++) {
			String line = lines.get(i);
			Matcher fence = FENCE.matcher(line);
			if (fence.matches()) {
				int begin = i + 1;
				String indent = fence.group(1);
				StringBuilder text = new StringBuilder();
				while (!lines.get(++i).strip().equals("```")) {
					String content = lines.get(i);
					text.append(content.startsWith(indent) ? content.substring(indent.length()) : content.strip());
					text.append('\n');
				}
				this.blocks.add(new Block(this, fence.group(2).strip(), text.toString(), begin, given.toString()));
				given.setLength(0);
			}
			else if (line.startsWith(GIVEN)) {
				while (!lines.get(++i).strip().equals("-->")) {
					given.append(lines.get(i)).append('\n');
				}
			}
			else {
				read(line, i + 1, seen);
			}
		}
	}

	private void read(String line, int number, Map<String, Integer> seen) {
		this.prose.append(line).append('\n');
		Matcher heading = HEADING.matcher(line);
		if (heading.matches()) {
			String anchor = anchor(heading.group(1));
			int count = seen.merge(anchor, 1, Integer::sum);
			this.anchors.add((count > 1) ? anchor + "-" + (count - 1) : anchor);
		}
		Matcher link = LINK.matcher(CODE.matcher(line).replaceAll(""));
		while (link.find()) {
			this.links.add(new Link(this, link.group(3), link.group(2), link.group(1).equals("!"), number));
		}
		if (line.strip().startsWith("|") && !line.matches("[|\\s:-]+")) {
			String[] cells = line.strip().replace("\\|", "\u0000").split("\\|", -1);
			this.rows.add(Stream.of(cells)
				.skip(1)
				.limit(Math.max(0, cells.length - 2))
				.map((cell) -> cell.replace('\u0000', '|').strip())
				.toList());
		}
	}

	/**
	 * Return the anchor that a forge gives a heading.
	 */
	private static String anchor(String heading) {
		return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}\\s_-]", "").replace(' ', '-');
	}

	static Markdown read(String path) {
		return new Markdown(ROOT.resolve(path));
	}

	/**
	 * Return the pages that belong to the documentation proper.
	 */
	static List<Markdown> documentation() {
		return Stream
			.concat(Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md").map(ROOT::resolve),
					find(ROOT.resolve("docs")))
			.map(Markdown::new)
			.toList();
	}

	/**
	 * Return all pages of the project.
	 */
	static List<Markdown> all() {
		return Stream
			.concat(documentation().stream(),
					Stream.of("benchmarks", "samples").flatMap((name) -> find(ROOT.resolve(name))).map(Markdown::new))
			.toList();
	}

	private static Stream<Path> find(Path directory) {
		try (Stream<Path> files = Files.walk(directory)) {
			return files.filter((file) -> file.toString().endsWith(".md") && !file.toString().contains("/target/"))
				.sorted()
				.toList()
				.stream();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static List<String> lines(Path file) {
		try {
			return Files.readAllLines(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	List<Block> blocks(String... languages) {
		return this.blocks.stream().filter((block) -> List.of(languages).contains(block.language())).toList();
	}

	List<Block> blocks() {
		return this.blocks;
	}

	List<Link> links() {
		return this.links;
	}

	Set<String> anchors() {
		return this.anchors;
	}

	/**
	 * Return the cells of all rows of all tables.
	 */
	List<List<String>> rows() {
		return this.rows;
	}

	/**
	 * Return the text without blocks.
	 */
	String prose() {
		return this.prose.toString();
	}

	Path file() {
		return this.file;
	}

	@Override
	public String toString() {
		return ROOT.relativize(this.file).toString();
	}

	/**
	 * One fenced block.
	 *
	 * @param page the page
	 * @param language the word after the fence
	 * @param text the content without the indentation of the fence
	 * @param line the line of the fence
	 * @param given what a comment before the block declares for it
	 */
	record Block(Markdown page, String language, String text, int line, String given) {

		@Override
		public String toString() {
			return this.page + ":" + this.line;
		}

	}

	/**
	 * One link or image.
	 *
	 * @param page the page
	 * @param target where it goes
	 * @param text its text
	 * @param image whether it is an image
	 * @param line its line
	 */
	record Link(Markdown page, String target, String text, boolean image, int line) {

		@Override
		public String toString() {
			return "%s:%d: %s".formatted(this.page, this.line, this.target);
		}

	}

}
