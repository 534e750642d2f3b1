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

package io.github.etcdrelation.internal.client;

import java.util.function.Supplier;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Namespace of the clients of a relation, which cannot change once there is a client.
 */
public final class ClientNamespace implements Supplier<@Nullable String> {

	private final boolean fromPrefix;

	private final boolean given;

	private @Nullable String namespace;

	private @Nullable String granted;

	private ClientNamespace(boolean fromPrefix, @Nullable String namespace) {
		this.fromPrefix = fromPrefix;
		this.namespace = namespace;
		this.given = namespace != null;
	}

	/**
	 * Return a namespace that does not depend on the relation.
	 * @param namespace the namespace or {@code null} for none
	 * @return the namespace
	 */
	public static ClientNamespace of(@Nullable String namespace) {
		return new ClientNamespace(false, namespace);
	}

	/**
	 * Return a namespace that is the prefix of the relation.
	 * @param requested the prefix that is requested, {@code null} to use the one that is
	 * granted when the first client is created
	 * @return the namespace
	 */
	public static ClientNamespace ofPrefix(@Nullable String requested) {
		return new ClientNamespace(true, requested);
	}

	/**
	 * Return the namespace of a new client.
	 * @throws InvalidRelationDataException if it is the prefix, which is not known yet
	 */
	@Override
	public synchronized @Nullable String get() {
		if (this.fromPrefix && this.namespace == null) {
			if (this.granted == null) {
				throw new InvalidRelationDataException("client.namespace-from-prefix",
						"is true, but no prefix is known: property 'prefix' is not set, and the relation's data has "
								+ "granted none yet",
						"Set 'prefix' to the prefix that the application requests, or set 'client.namespace' instead");
			}
			this.namespace = this.granted;
		}
		return this.namespace;
	}

	/**
	 * Check that a snapshot does not grant another prefix than the one that clients use.
	 * @throws InvalidRelationDataException if it does
	 */
	synchronized void check(RelationSnapshot snapshot) {
		this.granted = snapshot.account().prefix();
		if (this.fromPrefix && this.namespace != null && this.granted != null && !this.granted.equals(this.namespace)) {
			throw new InvalidRelationDataException("prefix",
					"is '%s' now, but clients use '%s' as their namespace, which cannot change".formatted(this.granted,
							this.namespace),
					this.given ? "Restart the application with the property 'prefix' that the provider grants"
							: "Restart the application, so that it uses the new prefix");
		}
	}

}
