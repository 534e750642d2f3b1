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

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * Verifies with a read that etcd serves the calls of a relation.
 */
final class Verification extends ClientCall.Listener<RangeResponse> {

	// Any key will do: a user who may not read it is served too
	private static final RangeRequest REQUEST = RangeRequest.newBuilder()
		.setKey(ByteString.copyFrom(new byte[1]))
		.setCountOnly(true)
		.build();

	private final CompletableFuture<Status> result = new CompletableFuture<>();

	CompletableFuture<Status> begin(Channel channel, Duration timeout) {
		Context previous = Context.ROOT.attach();
		try {
			ClientCall<RangeRequest, RangeResponse> call = channel.newCall(KVGrpc.getRangeMethod(),
					CallOptions.DEFAULT.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS));
			call.start(this, new Metadata());
			call.request(2);
			call.sendMessage(REQUEST);
			call.halfClose();
		}
		finally {
			Context.ROOT.detach(previous);
		}
		return this.result;
	}

	@Override
	public void onClose(Status status, Metadata trailers) {
		boolean served = status.isOk() || status.getCode() == Status.Code.PERMISSION_DENIED;
		this.result.complete(served ? Status.OK : status.withDescription(FailureReason.of(status)));
	}

}
