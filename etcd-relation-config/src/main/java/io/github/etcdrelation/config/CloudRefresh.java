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

package io.github.etcdrelation.config;

import io.github.etcdrelation.internal.state.IsolatingEventPublisher;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.cloud.context.scope.refresh.RefreshScope;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;

/**
 * Does after a change what Spring Cloud's own refresh does once properties are loaded
 * again. First of all listeners, so that the others find what is bound up to date.
 */
final class CloudRefresh implements ApplicationListener<EtcdConfigChangedEvent>, Ordered {

	private final ApplicationContext context;

	private final ObjectProvider<RefreshScope> refreshScope;

	CloudRefresh(ApplicationContext context, ObjectProvider<RefreshScope> refreshScope) {
		this.context = context;
		this.refreshScope = refreshScope;
	}

	@Override
	public void onApplicationEvent(EtcdConfigChangedEvent event) {
		// What cannot be bound keeps neither other listeners nor beans from the change
		new IsolatingEventPublisher(this.context)
			.publishEvent(new EnvironmentChangeEvent(this.context, event.getPropertyNames()));
		this.refreshScope.ifAvailable(RefreshScope::refreshAll);
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

}
