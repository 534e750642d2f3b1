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

package io.github.etcdrelation.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the list of auto-configurations and their order.
 */
class AutoConfigurationImportsTests {

	private final List<String> imports = imports();

	@Test
	void importsAreSortedAndUnique() {
		assertThat(this.imports).isSorted().doesNotHaveDuplicates();
	}

	@Test
	void everyAutoConfigurationIsImported() throws IOException {
		String packageName = EtcdRelationAutoConfiguration.class.getPackageName();
		Path directory = classes().resolve(packageName.replace('.', '/'));
		try (Stream<Path> files = Files.list(directory)) {
			assertThat(this.imports).containsExactlyInAnyOrderElementsOf(
					files.map((file) -> file.getFileName().toString().replace(".class", ""))
						.filter((name) -> name.endsWith("AutoConfiguration"))
						.map((name) -> packageName + "." + name)
						.toList());
		}
	}

	@Test
	void namesOfOtherAutoConfigurationsExist() {
		List<String> names = this.imports.stream()
			.map((name) -> ClassUtils.resolveClassName(name, null).getAnnotation(AutoConfiguration.class))
			.flatMap((annotation) -> Stream.concat(Arrays.stream(annotation.afterName()),
					Arrays.stream(annotation.beforeName())))
			.toList();
		assertThat(names).isNotEmpty().allMatch((name) -> ClassUtils.isPresent(name, null));
	}

	private static List<String> imports() {
		try {
			return Files
				.readAllLines(classes().resolve("META-INF/spring/" + AutoConfiguration.class.getName() + ".imports"));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Path classes() {
		return Path
			.of(EtcdRelationAutoConfiguration.class.getProtectionDomain().getCodeSource().getLocation().getPath());
	}

}
