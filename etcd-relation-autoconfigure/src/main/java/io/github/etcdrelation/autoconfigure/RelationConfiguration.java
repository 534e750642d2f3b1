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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.util.StringUtils;

/**
 * Properties of one relation and where they stand.
 *
 * @param name the name of the relation
 * @param prefix the prefix of the properties
 * @param properties the properties
 */
record RelationConfiguration(String name, String prefix, EtcdRelationProperties properties) {

	static final String DEFAULT_NAME = "etcd";

	static final String DEFAULT_PREFIX = "etcd.relation";

	static RelationConfiguration ofDefault(EtcdRelationProperties properties) {
		return new RelationConfiguration(name(properties, DEFAULT_NAME), DEFAULT_PREFIX, properties);
	}

	/**
	 * Return the further relations by name.
	 * @throws DuplicateRelationNameException if two of them have the same name
	 */
	static List<RelationConfiguration> ofFurther(Map<String, EtcdRelationProperties> relations) {
		Map<String, RelationConfiguration> configurations = new LinkedHashMap<>();
		relations.forEach((key, properties) -> {
			if (properties.isEnabled()) {
				RelationConfiguration configuration = new RelationConfiguration(name(properties, key),
						"etcd.relations." + key, properties);
				RelationConfiguration other = configurations.putIfAbsent(configuration.name(), configuration);
				if (other != null) {
					throw new DuplicateRelationNameException(configuration.name(), other.prefix(),
							configuration.prefix());
				}
			}
		});
		return new ArrayList<>(configurations.values());
	}

	private static String name(EtcdRelationProperties properties, String fallback) {
		String name = properties.getName();
		return (name != null && StringUtils.hasText(name)) ? name.strip() : fallback;
	}

	boolean isConfigured() {
		return this.properties.hasData();
	}

}
