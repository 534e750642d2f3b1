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

package io.github.etcdrelation.integration;

import org.springframework.context.ApplicationEvent;

/**
 * A lock was lost while it was held: its lease has ended. Published by a thread of its
 * own before anyone else can hold the lock, unless the process was stopped.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public class EtcdLockLostEvent extends ApplicationEvent {

	private final String lockKey;

	private final long fencingToken;

	/**
	 * Create an event.
	 * @param source the registry of the lock
	 * @param lockKey the key of the lock, as it was obtained
	 * @param fencingToken the token of the holding that was lost
	 */
	public EtcdLockLostEvent(Object source, String lockKey, long fencingToken) {
		super(source);
		this.lockKey = lockKey;
		this.fencingToken = fencingToken;
	}

	/**
	 * Return the key of the lock.
	 * @return the key, as it was obtained
	 */
	public String getLockKey() {
		return this.lockKey;
	}

	/**
	 * Return the fencing token of the holding that was lost.
	 * @return the token
	 */
	public long getFencingToken() {
		return this.fencingToken;
	}

}
