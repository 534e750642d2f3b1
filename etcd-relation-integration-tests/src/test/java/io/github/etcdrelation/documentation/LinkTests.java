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

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the links inside the project have a target.
 */
class LinkTests {

	@Test
	void filesAndAnchorsExist() {
		List<String> broken = new ArrayList<>();
		int checked = 0;
		for (Markdown page : Markdown.all()) {
			for (Markdown.Link link : page.links()) {
				if (!link.target().matches("[a-z]+:.*")) {
					checked++;
					if (!exists(page, link.target())) {
						broken.add(link.toString());
					}
				}
			}
		}
		assertThat(checked).isGreaterThan(50);
		assertThat(broken).isEmpty();
	}

	private static boolean exists(Markdown page, String target) {
		int hash = target.indexOf('#');
		String path = (hash < 0) ? target : target.substring(0, hash);
		Path file = path.isEmpty() ? page.file() : page.file().resolveSibling(path).normalize();
		if (!file.startsWith(Markdown.ROOT) || !Files.exists(file)) {
			return false;
		}
		return hash < 0 || Markdown.read(Markdown.ROOT.relativize(file).toString())
			.anchors()
			.contains(target.substring(hash + 1));
	}

	@Test
	void everyPageIsReachedFromTheReadme() {
		Markdown readme = Markdown.read("README.md");
		Markdown index = Markdown.read("docs/README.md");
		List<String> linked = new ArrayList<>();
		for (Markdown page : List.of(readme, index)) {
			page.links()
				.forEach((link) -> linked
					.add(page.file().resolveSibling(link.target().replaceAll("#.*", "")).normalize().toString()));
		}
		assertThat(Markdown.documentation()).filteredOn((page) -> page.file().getParent().endsWith("docs"))
			.allSatisfy((page) -> assertThat(linked).contains(page.file().toString()));
	}

	@Test
	void imagesHaveAText() {
		assertThat(Markdown.all()).flatExtracting(Markdown::links)
			.filteredOn(Markdown.Link::image)
			.isNotEmpty()
			.allSatisfy((link) -> assertThat(link.text()).as(link.toString()).hasSizeGreaterThan(20));
	}

}
