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

package io.github.etcdrelation.benchmark;

import java.util.concurrent.TimeUnit;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;

/**
 * gRPC without a client of etcd around it: what nothing that is built upon gRPC can be
 * cheaper than.
 */
final class RawStore implements KeyValueStore {

	private static final long DEADLINE_SECONDS = 10;

	private final Keys<ByteString> keys = new Keys<>(ByteString::copyFrom, ByteString[]::new);

	private final ManagedChannel channel;

	private final boolean deadline;

	private RawStore(ManagedChannel channel, boolean deadline) {
		this.channel = channel;
		this.deadline = deadline;
	}

	/**
	 * Create a store.
	 * @param access where etcd is
	 * @param direct whether callbacks run on the network threads
	 * @param deadline whether calls have a deadline, as those of the starter do
	 */
	static RawStore create(Access access, boolean direct, boolean deadline) throws Exception {
		NettyChannelBuilder builder = NettyChannelBuilder
			.forAddress(access.address().getHost(), access.address().getPort())
			.sslContext(access.sslContext())
			.keepAliveTime(30, TimeUnit.SECONDS)
			.keepAliveTimeout(10, TimeUnit.SECONDS);
		if (direct) {
			builder.directExecutor();
		}
		return new RawStore(builder.build(), deadline);
	}

	@Override
	public void start(Operation operation, int key, Completion completion) {
		if (operation == Operation.GET) {
			FutureCompletion.add(
					ClientCalls.futureUnaryCall(this.channel.newCall(KVGrpc.getRangeMethod(), options()), range(key)),
					completion);
		}
		else {
			FutureCompletion.add(
					ClientCalls.futureUnaryCall(this.channel.newCall(KVGrpc.getPutMethod(), options()), put(key)),
					completion);
		}
	}

	@Override
	public int call(Operation operation, int key) {
		if (operation == Operation.GET) {
			return ClientCalls.blockingUnaryCall(this.channel, KVGrpc.getRangeMethod(), options(), range(key))
				.getKvs(0)
				.getValue()
				.size();
		}
		ClientCalls.blockingUnaryCall(this.channel, KVGrpc.getPutMethod(), options(), put(key));
		return Keys.VALUE_SIZE;
	}

	private CallOptions options() {
		return this.deadline ? CallOptions.DEFAULT.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
				: CallOptions.DEFAULT;
	}

	private RangeRequest range(int key) {
		return RangeRequest.newBuilder().setKey(this.keys.key(key)).build();
	}

	private PutRequest put(int key) {
		return PutRequest.newBuilder().setKey(this.keys.key(key)).setValue(this.keys.value()).build();
	}

	@Override
	public void close() {
		this.channel.shutdownNow();
	}

}
