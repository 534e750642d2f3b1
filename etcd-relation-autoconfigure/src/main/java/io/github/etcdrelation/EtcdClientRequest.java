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

package io.github.etcdrelation;

import org.jspecify.annotations.Nullable;

/**
 * What an application requests from the provider of an {@code etcd_client} relation: a
 * user that its certificate authenticates and that may read and write the keys of a
 * prefix.
 *
 * @param relationId the id of the relation, for example {@code etcd-client:3}
 * @param requestId the id of the request, {@code null} if the application makes a single
 * one, in version 0 of the interface
 * @param prefix the prefix of the keys
 * @param certificate the client certificate of the application and its chain as PEM text
 * @param commonName the common name of the certificate, {@code null} if it has none or
 * cannot be read; etcd uses it as the name of the user
 * @since 0.1.0
 */
public record EtcdClientRequest(String relationId, @Nullable String requestId, String prefix, String certificate,
		@Nullable String commonName) {

	/**
	 * Omits the certificate.
	 */
	@Override
	public String toString() {
		return "EtcdClientRequest[relationId=%s, requestId=%s, prefix=%s, commonName=%s]".formatted(this.relationId,
				this.requestId, this.prefix, this.commonName);
	}

}
