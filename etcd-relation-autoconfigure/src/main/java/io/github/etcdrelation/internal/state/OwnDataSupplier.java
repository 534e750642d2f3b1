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

package io.github.etcdrelation.internal.state;

import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Supplies what the own side brings to a relation of the interface {@code etcd_client}:
 * its client certificate and private key, and the prefix that it requests.
 */
@FunctionalInterface
public interface OwnDataSupplier extends Supplier<Map<String, String>> {

	/**
	 * Return the password of the private key.
	 * @return the password, {@code null} if the key is not encrypted
	 */
	default @Nullable String getKeyPassword() {
		return null;
	}

}
