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

package io.github.etcdrelation.integration.autoconfigure;

import java.util.UUID;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.autoconfigure.EtcdRelationAutoConfiguration;
import io.github.etcdrelation.integration.EtcdLockRegistry;
import io.github.etcdrelation.integration.EtcdMetadataStore;
import io.github.etcdrelation.integration.EtcdSession;
import io.github.etcdrelation.integration.LeaderInitiator;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.integration.leader.Candidate;
import org.springframework.integration.leader.DefaultCandidate;
import org.springframework.integration.metadata.MetadataStore;
import org.springframework.integration.support.leader.LockRegistryLeaderInitiator;
import org.springframework.integration.support.locks.LockRegistry;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for locks, leadership and metadata
 * of Spring Integration in etcd.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = EtcdRelationAutoConfiguration.class)
@ConditionalOnClass({ Client.class, LockRegistry.class })
@ConditionalOnSingleCandidate(Client.class)
@ConditionalOnBooleanProperty(name = "etcd.integration.enabled", matchIfMissing = true)
@EnableConfigurationProperties(EtcdIntegrationProperties.class)
public final class EtcdIntegrationAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	@Nullable EtcdSession etcdSession(ObjectProvider<Client> client, EtcdIntegrationProperties properties) {
		// Ahead of time it is not known whether there is a client
		Client given = client.getIfAvailable();
		return (given != null) ? new EtcdSession(given, properties.getTimeToLive()) : null;
	}

	@Bean
	@ConditionalOnBooleanProperty(name = "etcd.integration.lock-registry.enabled", matchIfMissing = true)
	@ConditionalOnMissingBean(LockRegistry.class)
	@Nullable EtcdLockRegistry etcdLockRegistry(ObjectProvider<EtcdSession> session, EtcdIntegrationProperties properties) {
		EtcdSession given = session.getIfAvailable();
		if (given == null) {
			return null;
		}
		EtcdLockRegistry registry = new EtcdLockRegistry(given, properties.getPrefix() + "locks/");
		registry.setCapacity(properties.getLockRegistry().getCapacity());
		return registry;
	}

	/**
	 * Backs off for a bean of its name, not for one of its type, which may be for another
	 * role.
	 */
	@Bean
	@ConditionalOnProperty("etcd.integration.leader.role")
	@ConditionalOnMissingBean(value = LockRegistryLeaderInitiator.class, name = "etcdLeaderInitiator")
	@Nullable LeaderInitiator etcdLeaderInitiator(ObjectProvider<EtcdSession> session, ObjectProvider<Candidate> candidates,
			EtcdIntegrationProperties properties) {
		EtcdSession given = session.getIfAvailable();
		String role = properties.getLeader().getRole();
		if (given == null || role == null) {
			return null;
		}
		Candidate candidate = candidates.orderedStream()
			.filter((own) -> own.getRole().equals(role))
			.findFirst()
			.orElseGet(() -> new DefaultCandidate(UUID.randomUUID().toString(), role));
		LeaderInitiator initiator = new LeaderInitiator(given, candidate, properties.getPrefix() + "leaders/");
		initiator.setPublishFailedEvents(properties.getLeader().isPublishFailedEvents());
		return initiator;
	}

	/**
	 * The name is the one by which Spring Integration looks for it.
	 */
	@Bean
	@ConditionalOnBooleanProperty("etcd.integration.metadata-store.enabled")
	@ConditionalOnMissingBean(MetadataStore.class)
	@Nullable EtcdMetadataStore metadataStore(ObjectProvider<Client> client, EtcdIntegrationProperties properties) {
		Client given = client.getIfAvailable();
		return (given != null) ? new EtcdMetadataStore(given, properties.getPrefix() + "metadata/") : null;
	}

}
