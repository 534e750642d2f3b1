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

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.core.env.AbstractEnvironment;

/**
 * What a binder has of the default relation, with origins. Configuration data is imported
 * before the application's environment has all of its properties.
 */
final class BinderEnvironment extends AbstractEnvironment {

	private static final String BINDING_ROOT = "SERVICE_BINDING_ROOT";

	private final Map<String, Object> properties = new LinkedHashMap<>();

	private BinderEnvironment(Map<String, Object> properties) {
		properties.forEach((name, value) -> this.properties.put(name,
				(value instanceof OriginTrackedValue tracked) ? tracked.getValue() : value));
		getPropertySources().addLast(new OriginTrackedMapPropertySource("relations", properties));
	}

	/**
	 * Return the properties of the default relation.
	 */
	Map<String, Object> getProperties() {
		return this.properties;
	}

	static BinderEnvironment of(Binder binder) {
		Map<String, Object> properties = new LinkedHashMap<>();
		BindHandler recorder = new BindHandler() {

			@Override
			public @Nullable Object onSuccess(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
					Object result) {
				ConfigurationProperty property = context.getConfigurationProperty();
				if (property != null && result instanceof String text) {
					properties.putIfAbsent(name.toString(), OriginTrackedValue.of(text, property.getOrigin()));
				}
				return result;
			}

		};
		binder.bind(RelationDefinition.DEFAULT_PREFIX, Bindable.mapOf(String.class, String.class), recorder);
		binder.bind("service.binding.root", String.class).ifBound((root) -> properties.put(BINDING_ROOT, root));
		return new BinderEnvironment(properties);
	}

}
