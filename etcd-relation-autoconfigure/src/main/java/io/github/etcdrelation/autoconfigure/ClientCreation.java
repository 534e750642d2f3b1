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
import java.util.stream.Stream;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.client.EtcdClientBuilderCustomizer;
import io.github.etcdrelation.internal.registry.RelationRegistry;

import org.springframework.core.env.Environment;

/**
 * Creates the clients that are beans, and names the properties at fault if that fails.
 */
final class ClientCreation {

	private ClientCreation() {
	}

	/**
	 * Create the client of a relation.
	 * @throws InvalidRelationConfigurationException if its properties do not permit it
	 */
	static Client create(RelationRegistry registry, String name, Stream<EtcdClientBuilderCustomizer> customizers,
			Environment environment) {
		List<EtcdClientBuilderCustomizer> all = customizers.toList();
		return GivenProperties.withOrigins(environment, () -> {
			try {
				return registry.createClient(name, all);
			}
			catch (InvalidRelationDataException ex) {
				throw InvalidRelationConfigurationException.ofProperty(registry.getManaged(name).prefix(), ex);
			}
		});
	}

}
