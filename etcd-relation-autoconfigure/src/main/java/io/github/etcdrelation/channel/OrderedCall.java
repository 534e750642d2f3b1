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

package io.github.etcdrelation.channel;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * A call whose operations are put in order under a lock of its owner and carried out
 * without it: gRPC may run callbacks of other calls meanwhile, whose owners have locks of
 * their own.
 *
 * @param <ReqT> the type of the requests
 * @param <RespT> the type of the responses
 */
final class OrderedCall<ReqT, RespT> {

	private final ClientCall<ReqT, RespT> call;

	private final Queue<Runnable> operations = new ConcurrentLinkedQueue<>();

	private final AtomicInteger drains = new AtomicInteger();

	OrderedCall(ClientCall<ReqT, RespT> call) {
		this.call = call;
	}

	void start(ClientCall.Listener<RespT> listener, Metadata headers) {
		this.operations.add(() -> this.call.start(listener, headers));
	}

	void request(int numMessages) {
		this.operations.add(() -> this.call.request(numMessages));
	}

	void sendMessage(ReqT message) {
		this.operations.add(() -> this.call.sendMessage(message));
	}

	void halfClose() {
		this.operations.add(this.call::halfClose);
	}

	void cancel(@Nullable String message, @Nullable Throwable cause) {
		this.operations.add(() -> this.call.cancel(message, cause));
	}

	/**
	 * Carry out what is to be done, to be called without a lock. If another thread is
	 * about it, it does this too.
	 */
	void drain() {
		if (this.drains.getAndIncrement() != 0) {
			return;
		}
		int seen = 1;
		do {
			for (Runnable operation = this.operations.poll(); operation != null; operation = this.operations.poll()) {
				operation.run();
			}
			seen = this.drains.addAndGet(-seen);
		}
		while (seen != 0);
	}

	boolean isReady() {
		return this.call.isReady();
	}

}
