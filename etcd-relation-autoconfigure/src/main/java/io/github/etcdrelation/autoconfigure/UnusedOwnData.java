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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;
import org.springframework.util.StringUtils;

/**
 * Logs once that what properties give for a relation of the interface {@code etcd_client}
 * is not used, since the relation is of the interface whose provider hands over the
 * credentials and grants no prefix.
 */
final class UnusedOwnData implements Consumer<RelationSnapshot> {

	private static final Log logger = LogFactory.getLog(UnusedOwnData.class);

	private final RelationDefinition definition;

	private final AtomicBoolean logged = new AtomicBoolean();

	UnusedOwnData(RelationDefinition definition) {
		this.definition = definition;
	}

	@Override
	public void accept(RelationSnapshot snapshot) {
		if (snapshot.relationInterface() == RelationInterface.ETCD && this.logged.compareAndSet(false, true)) {
			if (isHandedOver()) {
				logCertificate();
			}
			logPrefix();
		}
	}

	/**
	 * Return whether certificates are those of the data, not of properties.
	 */
	private boolean isHandedOver() {
		return this.definition.connectionDetails() == null
				&& (this.definition.directory() != null || this.definition.properties().getJuju().isEnabled());
	}

	/**
	 * Return whether all data is that of properties, which do not show the interface.
	 */
	private boolean isGivenByProperties() {
		return this.definition.connectionDetails() == null && this.definition.properties().hasRemoteData();
	}

	private void logCertificate() {
		List<String> given = Stream.of("client-cert", "client-key")
			.filter((item) -> StringUtils.hasText(this.definition.properties().credentials().get(item)))
			.map((item) -> "'%s.%s'".formatted(this.definition.prefix(), item))
			.toList();
		if (!given.isEmpty()) {
			// An application may be deployed with either interface
			logger.info(LogMessage.format(
					"Relation '%s': %s %s not used, for its data is of the interface etcd, whose provider hands "
							+ "over the client certificate and its key",
					this.definition.name(), String.join(" and ", given), (given.size() > 1) ? "are" : "is"));
		}
	}

	private void logPrefix() {
		EtcdRelationProperties properties = this.definition.properties();
		if (!StringUtils.hasText(properties.getPrefix()) || properties.getClient().isNamespaceFromPrefix()) {
			return;
		}
		if (isGivenByProperties()) {
			logger.warn(LogMessage.format(
					"Relation '%1$s': '%2$s.prefix' has no effect, for the relation is of the interface etcd: remove it, or "
							+ "set '%2$s.interface' to etcd-client if a provider granted it to the client certificate",
					this.definition.name(), this.definition.prefix()));
		}
		else {
			logger.info(LogMessage.format(
					"Relation '%s': '%s.prefix' is not used, for its data is of the interface etcd, whose provider grants "
							+ "no prefix",
					this.definition.name(), this.definition.prefix()));
		}
	}

}
