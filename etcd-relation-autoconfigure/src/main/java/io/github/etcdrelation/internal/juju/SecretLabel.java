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

package io.github.etcdrelation.internal.juju;

import org.jspecify.annotations.Nullable;

/**
 * Labels of secrets, by which Canonical's library recognizes them.
 */
public final class SecretLabel {

	/**
	 * Group of the client certificate.
	 */
	public static final String MTLS = "mtls";

	/**
	 * Group of the user.
	 */
	public static final String USER = "user";

	/**
	 * Group of the certificate authority.
	 */
	public static final String TLS = "tls";

	private SecretLabel() {
	}

	/**
	 * Return the label of a secret.
	 * @param relationId the id of the relation
	 * @param requestId the id of the request that it belongs to, {@code null} for the
	 * only one of the relation
	 * @param group what it is about, which is the end of the key that refers to it
	 * @return the label
	 */
	public static String of(String relationId, @Nullable String requestId, String group) {
		return "%s%s.%s.secret".formatted(relationId.replace(':', '.'), (requestId != null) ? "." + requestId : "",
				group);
	}

}
