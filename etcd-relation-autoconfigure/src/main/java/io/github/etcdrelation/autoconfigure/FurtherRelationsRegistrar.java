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

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.client.EtcdClientBuilderCustomizer;
import io.github.etcdrelation.internal.registry.RelationRegistry;

import org.springframework.beans.factory.BeanRegistrar;
import org.springframework.beans.factory.BeanRegistry;
import org.springframework.core.env.Environment;

/**
 * Registers the beans of the further relations.
 */
class FurtherRelationsRegistrar implements BeanRegistrar {

	@Override
	public void register(BeanRegistry registry, Environment environment) {
		for (RelationDefinition relation : GivenProperties.withOrigins(environment, () -> relations(environment))) {
			String name = relation.name();
			registry.registerBean(name + "EtcdRelation", EtcdRelation.class,
					(spec) -> spec.fallback()
						.description("Relation '" + name + "' to etcd")
						.supplier((context) -> context.bean(RelationRegistry.class).get(name)));
			registry.registerBean(name + "EtcdClient", Client.class,
					(spec) -> spec.fallback()
						.description("Client of relation '" + name + "' to etcd")
						.supplier((context) -> ClientCreation.create(context.bean(RelationRegistry.class), name,
								customizers(context), context.bean(Environment.class))));
		}
	}

	private static List<RelationDefinition> relations(Environment environment) {
		Map<String, EtcdRelationProperties> relations = new RelationPropertiesBinder(environment).bindFurther();
		if (!MissingConnectionStrings.isAheadOfTime()) {
			GivenProperties given = new GivenProperties(environment);
			given.furtherPrefixes()
				.filter((prefix) -> relations.keySet()
					.stream()
					.noneMatch((key) -> RelationDefinition.furtherPrefix(key).equals(prefix)))
				.forEach((prefix) -> check(prefix, given));
		}
		return RelationDefinition.ofFurther(relations);
	}

	private static void check(String prefix, GivenProperties given) {
		InvalidRelationConfigurationException refusal = new MissingConnectionStrings(given).find(prefix, false);
		if (refusal != null) {
			throw refusal;
		}
	}

	private static Stream<EtcdClientBuilderCustomizer> customizers(BeanRegistry.SupplierContext context) {
		return context.beanProvider(EtcdClientBuilderCustomizer.class).orderedStream();
	}

}
