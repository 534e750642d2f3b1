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

package io.github.etcdrelation.juju;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs the tests of the samples that are written in Python.
 */
@EnabledWithPython
class PythonSampleTests {

	private static final Path SAMPLE = PythonEnvironment.MODULE.resolveSibling("samples/twelve-factor");

	@Test
	void twelveFactor() {
		Path tests = SAMPLE.resolve("tests");
		PythonEnvironment.Result result = PythonEnvironment
			.run(List.of(PythonEnvironment.of(tests.resolve("requirements.txt")).binary().toString(), "-m", "pytest",
					"--quiet", "-p", "no:cacheprovider"), tests, Map.of("PYTHONDONTWRITEBYTECODE", "1"));
		assertThat(result.status()).as(result.output()).isZero();
		assertThat(result.output()).contains(" passed").doesNotContain("failed");
	}

}
