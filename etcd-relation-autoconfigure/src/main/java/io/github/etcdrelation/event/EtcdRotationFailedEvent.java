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

import io.github.etcdrelation.EtcdRelation;

/**
 * Published when new data of a relation was refused: what is in use stays in use. Data
 * that etcd refuses is tried again until it is accepted or replaced; data that cannot be
 * read or is malformed waits to be replaced. Also published when reachable members refuse
 * for a minute new credentials that others have accepted.
 *
 * @since 0.1.0
 */
public class EtcdRotationFailedEvent extends EtcdRelationEvent {

	private final Throwable cause;

	/**
	 * Create a new event.
	 * @param relation the relation that it is about
	 * @param cause why the new data was refused
	 */
	public EtcdRotationFailedEvent(EtcdRelation relation, Throwable cause) {
		super(relation);
		this.cause = cause;
	}

	/**
	 * Return why the new data was refused. The type of the cause may change, only its
	 * message is for use.
	 * @return the cause, usually a {@link RuntimeException}, without key material
	 */
	public Throwable getCause() {
		return this.cause;
	}

}
