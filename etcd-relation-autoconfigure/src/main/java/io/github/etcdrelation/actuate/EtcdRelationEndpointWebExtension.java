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

package io.github.etcdrelation.actuate;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * {@link EndpointWebExtension @EndpointWebExtension} for the
 * {@link EtcdRelationEndpoint}.
 *
 * @since 0.1.0
 */
@EndpointWebExtension(endpoint = EtcdRelationEndpoint.class)
public final class EtcdRelationEndpointWebExtension {

	private final EtcdRelationEndpoint endpoint;

	/**
	 * Create a new instance.
	 * @param endpoint the endpoint to extend
	 */
	public EtcdRelationEndpointWebExtension(EtcdRelationEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/**
	 * Read the source of a relation and apply what changed.
	 * @param name its name
	 * @return the refreshed relation, or status 404 if there is none of that name
	 */
	@WriteOperation
	public WebEndpointResponse<@Nullable RelationDescriptor> refresh(@Selector String name) {
		RelationDescriptor refreshed = this.endpoint.refresh(name);
		return new WebEndpointResponse<>(refreshed,
				(refreshed != null) ? WebEndpointResponse.STATUS_OK : WebEndpointResponse.STATUS_NOT_FOUND);
	}

}
