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

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Properties of relations that are given in the environment, known ones and others, and
 * where they are given. Blank ones and what Kubernetes sets for a service do not count.
 */
final class GivenProperties {

	// What follows the name of a service in the variables that Kubernetes sets for it
	private static final Pattern SERVICE_VARIABLE = Pattern
		.compile("(.+\\.)?(service\\.(host|port(\\..+)?)|port(\\[\\d+]\\.(tcp|udp|sctp)(\\.(proto|port|addr))?)?)");

	private static final ConfigurationPropertyName DEFAULT = ConfigurationPropertyName
		.of(RelationDefinition.DEFAULT_PREFIX);

	private static final ConfigurationPropertyName FURTHER = ConfigurationPropertyName
		.of(RelationDefinition.FURTHER_PREFIX);

	private final KnownProperties known = new KnownProperties();

	private final FurtherKeys keys;

	// By name, as the first source that has a property is the one that counts
	private final Map<String, GivenProperty> properties = new LinkedHashMap<>();

	private final Set<String> blank = new HashSet<>();

	GivenProperties(Environment environment) {
		this.keys = new FurtherKeys(environment);
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				// Others may be slow to get, or fail
				iterable.stream()
					.filter((name) -> DEFAULT.isAncestorOf(name) || FURTHER.isAncestorOf(name))
					.forEach((name) -> add(name, get(iterable, name), environment));
			}
		}
	}

	private static @Nullable ConfigurationProperty get(ConfigurationPropertySource source,
			ConfigurationPropertyName name) {
		try {
			return source.getConfigurationProperty(name);
		}
		catch (RuntimeException ex) {
			// To bind it says what is wrong
			return null;
		}
	}

	/**
	 * Carry out an action whose refusal of the configuration is to report the origins of
	 * the properties.
	 */
	static <T> T withOrigins(Environment environment, Supplier<T> action) {
		try {
			return action.get();
		}
		catch (InvalidRelationConfigurationException ex) {
			throw ex.withOrigins(new GivenProperties(environment));
		}
	}

	private void add(ConfigurationPropertyName name, @Nullable ConfigurationProperty property,
			Environment environment) {
		boolean further = FURTHER.isAncestorOf(name);
		if (property == null) {
			return;
		}
		int elements = DEFAULT.getNumberOfElements() + (further ? 1 : 0);
		if (further && name.getNumberOfElements() == elements) {
			put(new GivenProperty(RelationDefinition.FURTHER_PREFIX, name.getLastElement(Form.ORIGINAL), true,
					property.getOrigin()));
			return;
		}
		String prefix = further
				? RelationDefinition.furtherPrefix(this.keys.spell(name.getElement(elements - 1, Form.ORIGINAL)))
				: RelationDefinition.DEFAULT_PREFIX;
		String item = name.subName(elements).toString();
		String value = environment.resolvePlaceholders(property.getValue().toString());
		String found = this.known.find(item);
		if (found != null) {
			if (StringUtils.hasText(value)) {
				put(new GivenProperty(prefix, found, true, property.getOrigin()));
			}
			else if (!this.properties.containsKey(prefix + "." + found)) {
				this.blank.add(prefix + "." + found);
			}
		}
		else if (!SERVICE_VARIABLE.matcher(name.subName(DEFAULT.getNumberOfElements()).toString()).matches()) {
			put(new GivenProperty(prefix, item, false, property.getOrigin()));
		}
	}

	private void put(GivenProperty property) {
		if (this.blank.contains(property.name())) {
			return;
		}
		this.properties.putIfAbsent(property.name(), property);
	}

	/**
	 * Return the prefixes of the further relations of which something is given.
	 */
	Stream<String> furtherPrefixes() {
		return this.properties.values()
			.stream()
			.map(GivenProperty::prefix)
			.filter((prefix) -> prefix.startsWith(RelationDefinition.FURTHER_PREFIX + "."))
			.distinct();
	}

	/**
	 * Return whether a property is given and blank.
	 */
	boolean isBlank(String prefix, String item) {
		return this.blank.contains(prefix + "." + item);
	}

	/**
	 * Return the known properties that are given of a relation.
	 */
	Stream<GivenProperty> known(String prefix) {
		return ofRelation(prefix).filter(GivenProperty::known);
	}

	/**
	 * Return what is given of a relation and seems to be meant for another property, each
	 * as a sentence without a period.
	 */
	List<String> misspelled(String prefix) {
		List<String> misspelled = new ArrayList<>();
		ofRelation(prefix).filter((property) -> !property.known()).forEach((property) -> {
			String meant = this.known.suggest(property.item());
			if (meant != null) {
				misspelled
					.add("%s is not a property; did you mean '%s.%s'?".formatted(property.describe(), prefix, meant));
			}
		});
		return misspelled;
	}

	private Stream<GivenProperty> ofRelation(String prefix) {
		return this.properties.values().stream().filter((property) -> property.prefix().equals(prefix));
	}

	/**
	 * Return the properties that a text mentions by their names.
	 * @param prefix the prefix of the relation whose properties are mentioned without a
	 * prefix, {@code null} if there is none
	 * @param text the text
	 */
	List<GivenProperty> mentionedIn(@Nullable String prefix, String text) {
		return this.properties.values()
			.stream()
			.filter(GivenProperty::known)
			.filter((property) -> mentions(text, property.name())
					|| property.prefix().equals(prefix) && mentions(text, property.item()))
			.toList();
	}

	private static boolean mentions(String text, String name) {
		return Pattern.compile("(?<![\\w.-])" + Pattern.quote(name) + "(?![\\w-]|\\.\\w)").matcher(text).find();
	}

}
