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

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks that hook tools did not expose secrets.
 */
final class Secrets {

	private Secrets() {
	}

	/**
	 * Assert that no argument and no variable of a tool had PEM text or one of the given
	 * values, that files which arguments name were for their owner alone, and that none
	 * of those is left.
	 */
	static void assertNotExposed(JujuModel model, String... values) {
		assertThat(model.calls()).isNotEmpty();
		for (Map<String, Object> call : model.calls()) {
			assertThat((List<?>) call.get("suspicious")).as("%s", call).isEmpty();
			String arguments = String.join("\n", texts(call.get("arguments")));
			assertThat(arguments).doesNotContain("-----BEGIN").doesNotContain(values);
			((Map<?, ?>) call.get("modes")).forEach((file, mode) -> {
				assertThat(mode).as("%s", file).isEqualTo("0o600");
				assertThat(Files.exists(Path.of((String) file))).as("%s", file).isFalse();
			});
		}
	}

	private static List<String> texts(Object list) {
		return ((Collection<?>) list).stream().map(String::valueOf).toList();
	}

}
