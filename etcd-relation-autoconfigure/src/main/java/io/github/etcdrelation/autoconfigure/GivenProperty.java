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

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.SystemEnvironmentOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * A property that is given somewhere in the environment.
 *
 * @param prefix the prefix of the relation's properties
 * @param item the name below the prefix
 * @param known whether there is such a property
 * @param origin where it is given, {@code null} if that is unknown
 */
record GivenProperty(String prefix, String item, boolean known, @Nullable Origin origin) {

	private static final String ENVIRONMENT_VARIABLE = "environment variable ";

	private static final Pattern DESCRIPTION = Pattern.compile("\\[(.*)]");

	String name() {
		return this.prefix + "." + this.item;
	}

	/**
	 * Return the name with its origin.
	 */
	String describe() {
		String location = location();
		return "'" + name() + "'" + ((location != null) ? " (" + location + ")" : "");
	}

	/**
	 * Return where the property is given.
	 * @return for example {@code application.yml:3}
	 */
	@Nullable String location() {
		return (this.origin != null) ? location(this.origin) : null;
	}

	private static String location(Origin origin) {
		if (origin instanceof PropertySourceOrigin source) {
			if (source.getOrigin() != null) {
				return location(source.getOrigin());
			}
			return (source.getPropertySource() instanceof SystemEnvironmentPropertySource)
					? ENVIRONMENT_VARIABLE + source.getPropertyName()
					: "property source '" + source.getPropertySource().getName() + "'";
		}
		if (origin instanceof SystemEnvironmentOrigin variable) {
			return ENVIRONMENT_VARIABLE + variable.getProperty();
		}
		if (origin instanceof TextResourceOrigin text && text.getResource() != null) {
			String description = text.getResource().getDescription();
			Matcher matcher = DESCRIPTION.matcher(description);
			String file = matcher.find() ? matcher.group(1) : description;
			return file + ((text.getLocation() != null) ? ":" + (text.getLocation().getLine() + 1) : "");
		}
		return origin.toString();
	}

}
