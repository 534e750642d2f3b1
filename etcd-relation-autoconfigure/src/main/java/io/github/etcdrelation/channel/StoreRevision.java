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

import java.util.function.Consumer;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;

/**
 * Reads the revision of the store as the majority of its members knows it.
 */
final class StoreRevision {

	private static final RangeRequest REQUEST = RangeRequest.newBuilder()
		.setKey(ByteString.copyFrom(new byte[1]))
		.setCountOnly(true)
		.build();

	private final Channel channel;

	StoreRevision(Channel channel) {
		this.channel = channel;
	}

	/**
	 * Read it.
	 * @param callback takes the header of the answer; not called if there is none
	 */
	void read(Consumer<ResponseHeader> callback) {
		Context previous = Context.ROOT.attach();
		try {
			ClientCall<RangeRequest, RangeResponse> call = this.channel.newCall(KVGrpc.getRangeMethod(),
					CallOptions.DEFAULT);
			call.start(new ClientCall.Listener<>() {

				@Override
				public void onMessage(RangeResponse message) {
					callback.accept(message.getHeader());
				}

			}, new Metadata());
			call.request(2);
			call.sendMessage(REQUEST);
			call.halfClose();
		}
		finally {
			Context.ROOT.detach(previous);
		}
	}

}
