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

package io.github.etcdrelation.sample.quickstart;

import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.event.EtcdAvailableEvent;
import io.github.etcdrelation.event.EtcdChangedEvent;
import io.github.etcdrelation.event.EtcdConnectedEvent;
import io.github.etcdrelation.event.EtcdRotationFailedEvent;
import io.github.etcdrelation.event.EtcdTlsAvailableEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Logs each state that the relation reaches, and each change of its values.
 */
@Component
class RelationListener {

	private static final Logger logger = LoggerFactory.getLogger(RelationListener.class);

	@EventListener
	void onConnected(EtcdConnectedEvent event) {
		logger.info("state    {}", RelationState.CONNECTED.flag(event.getRelationName()));
	}

	@EventListener
	void onAvailable(EtcdAvailableEvent event) {
		logger.info("state    {} at {}", RelationState.AVAILABLE.flag(event.getRelationName()),
				event.getRelation().getConnectionString());
	}

	@EventListener
	void onTlsAvailable(EtcdTlsAvailableEvent event) {
		logger.info("state    {}", RelationState.TLS_AVAILABLE.flag(event.getRelationName()));
	}

	@EventListener
	void onChanged(EtcdChangedEvent event) {
		logger.info("changed  {}", event.getRelationName());
	}

	@EventListener
	void onRotationFailed(EtcdRotationFailedEvent event) {
		logger.warn("refused  {}: {}", event.getRelationName(), event.getCause().getMessage());
	}

}
