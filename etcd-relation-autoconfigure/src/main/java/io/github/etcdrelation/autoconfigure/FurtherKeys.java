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

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * The keys of further relations as they are spelled where that is possible: environment
 * variables have neither dashes nor small and capital letters.
 */
final class FurtherKeys {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName
		.of(RelationDefinition.FURTHER_PREFIX);

	private static final Pattern UNIFORM = Pattern.compile("[a-z0-9]+");

	private final Map<String, String> spellings = new HashMap<>();

	FurtherKeys(Environment environment) {
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				iterable.stream().filter(PREFIX::isAncestorOf).forEach(this::add);
			}
		}
	}

	private void add(ConfigurationPropertyName name) {
		int element = PREFIX.getNumberOfElements();
		String key = name.getElement(element, Form.ORIGINAL);
		// In brackets, each spelling is a key of its own
		if (!name.chop(element + 1).isLastElementIndexed() && !UNIFORM.matcher(key).matches()) {
			this.spellings.putIfAbsent(name.getElement(element, Form.UNIFORM), key);
		}
	}

	/**
	 * Return the spelling of a key.
	 * @param key the key in one spelling
	 * @return the key that another source has for the same name, otherwise the key itself
	 */
	String spell(String key) {
		return this.spellings.getOrDefault(key, key);
	}

}
