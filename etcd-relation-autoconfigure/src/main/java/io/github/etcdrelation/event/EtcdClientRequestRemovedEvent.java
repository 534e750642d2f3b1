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

import io.github.etcdrelation.EtcdClientRequest;
import io.github.etcdrelation.EtcdRelationProvider;

/**
 * Published when a request to the provider of an {@code etcd_client} relation has gone,
 * with its relation or without, and its user should be removed from etcd. Published at
 * the leader only. What goes while no leader runs is not reported: compare the users in
 * etcd with {@link EtcdRelationProvider#getRequests()}.
 *
 * @since 0.1.0
 */
public class EtcdClientRequestRemovedEvent extends EtcdProviderEvent {

	private final EtcdClientRequest request;

	/**
	 * Create a new event.
	 * @param provider the provider that it is about
	 * @param request the request as it last was
	 */
	public EtcdClientRequestRemovedEvent(EtcdRelationProvider provider, EtcdClientRequest request) {
		super(provider);
		this.request = request;
	}

	/**
	 * Return the request that has gone.
	 * @return the request as it last was
	 */
	public EtcdClientRequest getRequest() {
		return this.request;
	}

}
