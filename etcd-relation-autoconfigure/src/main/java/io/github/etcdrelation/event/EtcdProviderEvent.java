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

package io.github.etcdrelation.event;

import io.github.etcdrelation.EtcdRelationProvider;

import org.springframework.context.ApplicationEvent;

/**
 * Base class of events about the provider's side of a relation to etcd. At the start of
 * the application they are published on the starting thread before the web server accepts
 * requests, later on the starter's refresh thread.
 *
 * @since 0.1.0
 */
public abstract class EtcdProviderEvent extends ApplicationEvent {

	private final transient EtcdRelationProvider provider;

	/**
	 * Create a new event.
	 * @param provider the provider that it is about
	 */
	protected EtcdProviderEvent(EtcdRelationProvider provider) {
		super(provider);
		this.provider = provider;
	}

	/**
	 * Return the provider that the event is about.
	 * @return the provider
	 */
	public EtcdRelationProvider getProvider() {
		return this.provider;
	}

	/**
	 * Return the name of the provider.
	 * @return the name
	 */
	public String getProviderName() {
		return this.provider.getName();
	}

}
