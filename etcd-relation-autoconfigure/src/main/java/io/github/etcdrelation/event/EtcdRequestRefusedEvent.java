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
import org.jspecify.annotations.Nullable;

/**
 * Published when the provider of an {@code etcd_client} relation refuses what this side
 * requests, for example since another application uses the same common name. Published
 * once for each refusal, until it is withdrawn and raised again.
 *
 * @since 0.1.0
 */
public class EtcdRequestRefusedEvent extends EtcdRelationEvent {

	private final int code;

	private final String message;

	private final @Nullable String resolution;

	/**
	 * Create a new event.
	 * @param relation the relation that it is about
	 * @param code the code of the refusal
	 * @param message what is refused, and why
	 * @param resolution what to do about it or {@code null}
	 */
	public EtcdRequestRefusedEvent(EtcdRelation relation, int code, String message, @Nullable String resolution) {
		super(relation);
		this.code = code;
		this.message = message;
		this.resolution = resolution;
	}

	/**
	 * Return the code of the refusal: from 4000 it may pass by itself, from 5000 it does
	 * not.
	 * @return the code, as the provider published it
	 */
	public int getCode() {
		return this.code;
	}

	/**
	 * Return what is refused, and why.
	 * @return the message, as the provider published it
	 */
	public String getMessage() {
		return this.message;
	}

	/**
	 * Return what to do about it.
	 * @return the resolution, as the provider published it, or {@code null}
	 */
	public @Nullable String getResolution() {
		return this.resolution;
	}

}
