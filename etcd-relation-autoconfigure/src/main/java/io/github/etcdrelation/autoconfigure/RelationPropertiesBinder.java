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
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.BindResult;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Binds the properties of relations from the environment. A connection string may be
 * given as a list, which a property of type {@link String} does not bind.
 */
final class RelationPropertiesBinder {

	private static final String CONNECTION_STRING = ".connection-string";

	private final BindHandler handler = new FurtherRelationsBindHandler();

	private final Binder binder;

	private final Supplier<FurtherKeys> keys;

	RelationPropertiesBinder(Environment environment) {
		this(Binder.get(environment), () -> new FurtherKeys(environment));
	}

	RelationPropertiesBinder(Binder binder, Supplier<FurtherKeys> keys) {
		this.binder = binder;
		this.keys = keys;
	}

	/**
	 * Bind the properties of the default relation.
	 */
	EtcdRelationProperties bindDefault() {
		return complete(bind(RelationDefinition.DEFAULT_PREFIX, Bindable.of(EtcdRelationProperties.class))
			.orElseGet(EtcdRelationProperties::new));
	}

	/**
	 * Bind the properties of the further relations by name.
	 */
	Map<String, EtcdRelationProperties> bindFurther() {
		return completeFurther(
				bind(RelationDefinition.FURTHER_PREFIX, Bindable.mapOf(String.class, EtcdRelationProperties.class))
					.orElseGet(Map::of));
	}

	/**
	 * Set a connection string that is given as a list.
	 * @param properties properties of the default relation that are bound already
	 */
	EtcdRelationProperties complete(EtcdRelationProperties properties) {
		if (!StringUtils.hasText(properties.getConnectionString())) {
			bind(RelationDefinition.DEFAULT_PREFIX + CONNECTION_STRING, Bindable.listOf(String.class))
				.ifBound((list) -> setConnectionString(properties, list));
		}
		return properties;
	}

	/**
	 * Set the connection strings that are given as lists, and drop the keys that are
	 * another spelling of one whose properties have the same values therefore.
	 * @param relations properties of the further relations that are bound already
	 * @return the properties, with those relations of which nothing else is given
	 */
	Map<String, EtcdRelationProperties> completeFurther(Map<String, EtcdRelationProperties> relations) {
		Map<String, EtcdRelationProperties> completed = new LinkedHashMap<>(relations);
		bind(RelationDefinition.FURTHER_PREFIX, Bindable.mapOf(String.class, ConnectionStringList.class))
			.orElseGet(Map::of)
			.forEach((name, list) -> {
				EtcdRelationProperties properties = completed.computeIfAbsent(name,
						(key) -> new EtcdRelationProperties());
				if (!StringUtils.hasText(properties.getConnectionString())) {
					setConnectionString(properties, list.connectionString());
				}
			});
		FurtherKeys keys = this.keys.get();
		completed.keySet().removeIf((key) -> !keys.spell(key).equals(key));
		return completed;
	}

	private <T> BindResult<T> bind(String name, Bindable<T> target) {
		try {
			return this.binder.bind(name, target, this.handler);
		}
		catch (BindException ex) {
			if (ex.getCause() instanceof InvalidRelationConfigurationException cause) {
				throw cause;
			}
			throw ex;
		}
	}

	private static void setConnectionString(EtcdRelationProperties properties, @Nullable List<String> list) {
		if (list != null && !list.isEmpty()) {
			properties.setConnectionString(String.join(",", list));
		}
	}

	/**
	 * A connection string that may be a list.
	 *
	 * @param connectionString the URLs
	 */
	record ConnectionStringList(@Nullable List<String> connectionString) {

	}

}
