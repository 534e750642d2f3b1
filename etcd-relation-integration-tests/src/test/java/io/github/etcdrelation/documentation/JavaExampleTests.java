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
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the Java blocks of the documentation compile.
 */
class JavaExampleTests {

	@Test
	void blocksCompile(@TempDir Path directory) throws IOException {
		JavaExamples examples = new JavaExamples();
		Markdown.documentation().forEach((page) -> examples.add(page.blocks("java")));
		assertThat(examples.size()).isGreaterThan(15);
		assertThat(examples.compile(directory)).isEmpty();
	}

}
