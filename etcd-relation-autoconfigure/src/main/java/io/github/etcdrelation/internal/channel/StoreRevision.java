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
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Reads the revision of the store for a watch.
 */
final class StoreRevision {

	private static final long READ_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final Channel channel;

	private final Delays delays;

	StoreRevision(Channel channel, Delays delays) {
		this.channel = channel;
		this.delays = delays;
	}

	/**
	 * Read the revision of the store by a linearizable read, repeated until it succeeds.
	 * @param key a key that may be read
	 * @param needed whether the revision is still needed
	 * @param callback receives the header of the response
	 */
	void read(ByteString key, BooleanSupplier needed, Consumer<ResponseHeader> callback) {
		send(RangeRequest.newBuilder().setKey(key).setCountOnly(true).build(), (status, response) -> {
			if (response != null) {
				callback.accept(response.getHeader());
			}
			else if (needed.getAsBoolean()) {
				this.delays.schedule(() -> read(key, needed, callback), READ_AGAIN_NANOS);
			}
		});
	}

	/**
	 * Check whether a watch can no longer be created at a revision.
	 * @param watch the keys
	 * @param revision the revision
	 * @param callback receives the result, {@code false} if it is unknown
	 */
	void isCompacted(WatchCreateRequest watch, long revision, Consumer<Boolean> callback) {
		RangeRequest request = RangeRequest.newBuilder()
			.setKey(watch.getKey())
			.setRangeEnd(watch.getRangeEnd())
			.setRevision(revision)
			.setLimit(1)
			.setKeysOnly(true)
			.build();
		send(request, (status, response) -> callback
			.accept(String.valueOf(status.getDescription()).endsWith("required revision has been compacted")));
	}

	private void send(RangeRequest request, BiConsumer<Status, @Nullable RangeResponse> callback) {
		Context previous = Context.ROOT.attach();
		try {
			ClientCall<RangeRequest, RangeResponse> call = this.channel.newCall(KVGrpc.getRangeMethod(),
					CallOptions.DEFAULT);
			call.start(new ClientCall.Listener<>() {

				private @Nullable RangeResponse response;

				@Override
				public void onMessage(RangeResponse message) {
					this.response = message;
				}

				@Override
				public void onClose(Status status, Metadata trailers) {
					callback.accept(status, status.isOk() ? this.response : null);
				}

			}, new Metadata());
			call.request(2);
			call.sendMessage(request);
			call.halfClose();
		}
		finally {
			Context.ROOT.detach(previous);
		}
	}

}
