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

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.channel.EtcdUser;
import io.github.etcdrelation.internal.registry.ManagedRelation;
import io.github.etcdrelation.internal.registry.RelationRegistry;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;

/**
 * Updates property-based relations when the environment changes.
 */
final class RelationPropertiesListener implements ApplicationListener<EnvironmentChangeEvent> {

	private static final Log logger = LogFactory.getLog(RelationPropertiesListener.class);

	private final RelationRegistry registry;

	private final Environment environment;

	private final PropertyDatabag databag;

	RelationPropertiesListener(RelationRegistry registry, Environment environment) {
		this.registry = registry;
		this.databag = new PropertyDatabag(registry.getResources().exposedFiles());
		this.environment = environment;
	}

	@Override
	public void onApplicationEvent(EnvironmentChangeEvent event) {
		if (event.getKeys().stream().anyMatch((key) -> key.startsWith(RelationDefinition.DEFAULT_PREFIX))) {
			try {
				update();
			}
			catch (BindException | InvalidRelationConfigurationException ex) {
				// An exception would keep other listeners from being called
				logger.error("Changed properties of relations to etcd cannot be used, what they said before stays", ex);
			}
		}
	}

	private void update() {
		// Not the beans, which may be rebound at the same time
		RelationPropertiesBinder binder = new RelationPropertiesBinder(this.environment);
		Map<String, EtcdRelationProperties> properties = new HashMap<>();
		binder.bindFurther().forEach((key, further) -> properties.put(RelationDefinition.furtherPrefix(key), further));
		properties.put(RelationDefinition.DEFAULT_PREFIX, binder.bindDefault());
		for (ManagedRelation relation : this.registry.getManaged()) {
			EtcdRelationProperties latest = properties.getOrDefault(relation.prefix(), new EtcdRelationProperties());
			update(relation, latest);
		}
	}

	private void update(ManagedRelation relation, EtcdRelationProperties latest) {
		try {
			EtcdUser user = latest.getClient().toUser();
			relation.update(() -> this.databag.create(latest), () -> OwnData.of(latest), () -> user,
					latest.getClientKeyPassword());
		}
		catch (InvalidRelationDataException ex) {
			// Refused like other data that cannot be used, by each refresh
			EtcdUser former = relation.user().get();
			relation.update(() -> {
				throw ex;
			}, () -> OwnData.of(latest), () -> former, latest.getClientKeyPassword());
		}
	}

}
