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

import java.util.Map;

/**
 * Relations to an application in another model, across which a requirer cannot grant
 * secrets.
 */
final class CrossModel {

	/**
	 * What does not work, as the end of a sentence about the relation.
	 */
	static final String UNSUPPORTED = "it is to another model, to which no own certificate can be granted as a secret, "
			+ "and publishing it encrypted is not supported: relate to an etcd of the same model, or have the charm "
			+ "publish the request";

	/**
	 * What may be the matter if that is not known.
	 */
	static final String HINT = "relations to another model are not supported";

	private static final String ENCRYPTION_SECRET = "encryption-secret";

	private CrossModel() {
	}

	/**
	 * Return whether the provider offers what it needs to take a certificate without a
	 * secret.
	 */
	static boolean isAssumed(Map<String, String> databag) {
		return databag.containsKey(ENCRYPTION_SECRET);
	}

}
