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

/**
 * State of a relation, derived from the databags that the other side currently publishes.
 *
 * @since 0.1.0
 */
public enum RelationState {

	/**
	 * The other side is there: the relation has at least one remote unit, or, with the
	 * interface {@code etcd_client}, it exists.
	 */
	CONNECTED("connected"),

	/**
	 * The relation is connected and has a connection string and, with the interface
	 * {@code etcd_client}, a user.
	 */
	AVAILABLE("available"),

	/**
	 * The relation is available and has a client certificate, which with the interface
	 * {@code etcd_client} is the own one, its key and the certificate authority of the
	 * servers.
	 */
	TLS_AVAILABLE("tls.available");

	private final String suffix;

	RelationState(String suffix) {
		this.suffix = suffix;
	}

	/**
	 * Return the flag that stands for this state, for example {@code etcd.tls.available}.
	 * @param relationName the name of the relation
	 * @return the flag
	 */
	public String flag(String relationName) {
		return relationName + "." + this.suffix;
	}

}
