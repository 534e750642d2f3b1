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

package io.github.etcdrelation.internal.channel;

import java.util.concurrent.TimeUnit;

import io.grpc.Status;

/**
 * Whether and when a stream is opened again. Guarded by the lock of its call.
 */
final class ResumePolicy {

	static final long MAX_DELAY_MILLIS = 2000;

	private static final long FIRST_DELAY_MILLIS = 50;

	/**
	 * After this time a stream counts as working.
	 */
	private static final long LIFE_NANOS = TimeUnit.SECONDS.toNanos(5);

	/**
	 * How often in a row a stream may end with a status that may be intended.
	 */
	private static final int MAX_ODD_ENDS = 8;

	private static final int MAX_TOKENS = 4;

	private final CallContext context;

	private int fruitlessAttempts;

	private int tokens;

	ResumePolicy(CallContext context) {
		this.context = context;
	}

	/**
	 * Record that a response shows that the stream works.
	 */
	void fruitful() {
		this.fruitlessAttempts = 0;
		this.tokens = 0;
	}

	/**
	 * Record the end of an attempt.
	 */
	void ended(StreamAttempt<?, ?> ended) {
		if (System.nanoTime() - ended.getStartTime() > LIFE_NANOS) {
			this.fruitlessAttempts = 0;
		}
		this.fruitlessAttempts++;
	}

	/**
	 * Return whether a refused token is replaced by another one.
	 */
	boolean isTokenRenewed(StreamAttempt<?, ?> ended) {
		return ended.getToken() != null && ++this.tokens < MAX_TOKENS
				&& this.context.authenticator().refused(ended.getToken());
	}

	/**
	 * Return whether a stream is opened again.
	 * @param ended the attempt
	 * @param status the status it ended with
	 */
	boolean isResumable(StreamAttempt<?, ?> ended, Status status) {
		Refusal refusal = Refusal.of(status);
		if (refusal == Refusal.TOKEN) {
			return isTokenRenewed(ended);
		}
		if (refusal != null) {
			return true;
		}
		boolean odd = this.fruitlessAttempts <= MAX_ODD_ENDS;
		return switch (status.getCode()) {
			case OK, UNAVAILABLE, CANCELLED -> true;
			case INTERNAL -> odd;
			default -> BrokenConnection.is(status) || (BrokenConnection.maybe(status) && odd);
		};
	}

	/**
	 * Return the delay before the next attempt.
	 */
	long delayMillis() {
		int fruitless = this.fruitlessAttempts;
		return (fruitless < 2) ? 0 : Math.min(MAX_DELAY_MILLIS, FIRST_DELAY_MILLIS << Math.min(fruitless - 2, 6));
	}

}
