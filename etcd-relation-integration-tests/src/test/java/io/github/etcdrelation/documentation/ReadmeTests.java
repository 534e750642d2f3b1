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

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what the README is to be.
 */
class ReadmeTests {

	private final Markdown readme = Markdown.read("README.md");

	@Test
	void isShort() {
		assertThat(Markdown.lines(this.readme.file())).hasSizeLessThanOrEqualTo(150);
	}

	@Test
	void beginsWithTheCommandsThatAreRunAsTheyStandHere() {
		List<Markdown.Block> commands = this.readme.blocks("sh");
		assertThat(commands.get(0).text()).startsWith("mvn ").contains("samples/quickstart");
		assertThat(commands.get(1).text()).startsWith("mvn ").contains(" verify");
	}

	@Test
	void hasAPicture() {
		assertThat(this.readme.links()).anyMatch(Markdown.Link::image);
	}

}
