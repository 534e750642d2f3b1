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

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * Remembers how a call ends, and what it hears afterwards.
 *
 * @param <T> the type of the responses
 */
class RecordingCallListener<T> extends ClientCall.Listener<T> {

	private final List<Status> ends = new CopyOnWriteArrayList<>();

	private final AtomicInteger messages = new AtomicInteger();

	private final AtomicInteger afterEnd = new AtomicInteger();

	@Override
	public void onHeaders(Metadata headers) {
		note();
	}

	@Override
	public void onMessage(T message) {
		this.messages.incrementAndGet();
		note();
	}

	@Override
	public void onReady() {
		note();
	}

	@Override
	public void onClose(Status status, Metadata trailers) {
		note();
		this.ends.add(status);
	}

	private void note() {
		if (!this.ends.isEmpty()) {
			this.afterEnd.incrementAndGet();
		}
	}

	/**
	 * Return the ends that were told, of which there should be one.
	 */
	List<Status> getEnds() {
		return this.ends;
	}

	int getMessages() {
		return this.messages.get();
	}

	/**
	 * Return how often anything was told after the end.
	 */
	int getCallbacksAfterEnd() {
		return this.afterEnd.get();
	}

}
