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
import org.jspecify.annotations.Nullable;

/**
 * Published when an application makes a request to the provider of an {@code etcd_client}
 * relation, and when prefix or certificate of the request change. The answer is
 * {@link EtcdRelationProvider#setUser} or {@link EtcdRelationProvider#refuse}; until then
 * an answer given before stays. Published at the leader only, for all requests after each
 * start and whenever a unit becomes the leader, so a listener expects users in etcd that
 * exist already.
 *
 * @since 0.1.0
 */
public class EtcdClientRequestedEvent extends EtcdProviderEvent {

	private final EtcdClientRequest request;

	private final @Nullable EtcdClientRequest previousRequest;

	/**
	 * Create a new event.
	 * @param provider the provider that it is about
	 * @param request the request
	 * @param previousRequest the request before its change, {@code null} if it is new
	 */
	public EtcdClientRequestedEvent(EtcdRelationProvider provider, EtcdClientRequest request,
			@Nullable EtcdClientRequest previousRequest) {
		super(provider);
		this.request = request;
		this.previousRequest = previousRequest;
	}

	/**
	 * Return the request.
	 * @return the request
	 */
	public EtcdClientRequest getRequest() {
		return this.request;
	}

	/**
	 * Return the request before its change, for example to remove a user whose common
	 * name is not used any more.
	 * @return the former request, {@code null} if it is new
	 */
	public @Nullable EtcdClientRequest getPreviousRequest() {
		return this.previousRequest;
	}

}
