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
 * Juju interface of a relation to etcd, which determines what its data looks like.
 *
 * @since 0.1.0
 */
public enum RelationInterface {

	/**
	 * The classic interface: each remote unit publishes URLs and client credentials.
	 */
	ETCD("etcd"),

	/**
	 * The interface of charmed etcd: the remote application grants a user to the client
	 * certificate that this side brings, and refers to Juju secrets.
	 */
	ETCD_CLIENT("etcd_client");

	private final String interfaceName;

	RelationInterface(String interfaceName) {
		this.interfaceName = interfaceName;
	}

	/**
	 * Return the name of the interface in the metadata of charms.
	 * @return the name
	 */
	public String getName() {
		return this.interfaceName;
	}

}
