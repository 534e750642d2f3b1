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

package io.github.etcdrelation.internal.state;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is not for everyone in the data of a scenario: passwords, keys and tokens, and of
 * PEM texts each line.
 */
final class ScenarioSecrets {

	private static final Pattern NAMES = Pattern.compile("(?i).*(password|key|token|cert).*");

	// The last line of a PEM body may be as short as anything else
	private static final int MIN_LINE = 12;

	private static final int MAX_WORD = 5;

	private ScenarioSecrets() {
	}

	/**
	 * Assert that no argument of a hook tool has a secret of a scenario in it.
	 * @param scenario the scenario
	 * @param arguments the arguments, one a line
	 */
	static void assertNoneIn(Scenario scenario, String arguments) {
		Set<String> secrets = of(scenario);
		assertThat(arguments).isNotBlank().doesNotContain("-----BEGIN");
		assertThat(arguments.lines())
			.noneMatch((argument) -> secrets.stream().anyMatch((secret) -> isIn(argument, secret)));
	}

	static Set<String> of(Scenario scenario) {
		Set<String> secrets = new TreeSet<>();
		add("", scenario.content(), secrets);
		return secrets;
	}

	/**
	 * Return whether an argument has a secret in it, as a word if it is as short as one.
	 */
	static boolean isIn(String argument, String secret) {
		return (secret.length() > MAX_WORD) ? argument.contains(secret)
				: List.of(argument.split("[^\\p{L}\\p{N}]+")).contains(secret);
	}

	private static void add(String name, Object value, Set<String> secrets) {
		if (value instanceof Map<?, ?> map) {
			map.forEach((key, entry) -> add((String) key, entry, secrets));
		}
		else if (value instanceof Collection<?> collection) {
			collection.forEach((entry) -> add(name, entry, secrets));
		}
		else if (value instanceof String text && text.contains("-----BEGIN")) {
			text.lines().map(String::strip).filter((line) -> line.length() >= MIN_LINE).forEach(secrets::add);
		}
		else if (value instanceof String text && NAMES.matcher(name).matches() && !text.isBlank()) {
			secrets.add(text);
		}
	}

}
