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

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.PutResponse;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;

/**
 * Answers as a member of etcd would, or otherwise.
 */
final class FakeMember implements AutoCloseable {

	private final Server server;

	private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();

	volatile BiConsumer<StatusRequest, StreamObserver<StatusResponse>> status = (request, observer) -> answer(observer,
			StatusResponse.newBuilder().setLeader(1).setVersion("3.4.23").build());

	volatile BiConsumer<RangeRequest, StreamObserver<RangeResponse>> range = (request, observer) -> answer(observer,
			RangeResponse.getDefaultInstance());

	volatile BiConsumer<PutRequest, StreamObserver<PutResponse>> put = (request, observer) -> answer(observer,
			PutResponse.getDefaultInstance());

	volatile Consumer<StreamObserver<WatchResponse>> watch = (observer) -> observer
		.onError(Status.UNAVAILABLE.asException());

	FakeMember() throws IOException {
		this.server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
			.addService(ServerServiceDefinition.builder("etcdserverpb.Maintenance")
				.addMethod(MaintenanceGrpc.getStatusMethod(),
						ServerCalls.asyncUnaryCall((StatusRequest request,
								StreamObserver<StatusResponse> observer) -> this.status.accept(request, observer)))
				.build())
			.addService(ServerServiceDefinition.builder("etcdserverpb.KV")
				.addMethod(KVGrpc.getRangeMethod(),
						ServerCalls.asyncUnaryCall((RangeRequest request, StreamObserver<RangeResponse> observer) -> {
							count(KVGrpc.getRangeMethod());
							this.range.accept(request, observer);
						}))
				.addMethod(KVGrpc.getPutMethod(),
						ServerCalls.asyncUnaryCall((PutRequest request, StreamObserver<PutResponse> observer) -> {
							count(KVGrpc.getPutMethod());
							this.put.accept(request, observer);
						}))
				.build())
			.addService(ServerServiceDefinition.builder("etcdserverpb.Watch")
				.addMethod(WatchGrpc.getWatchMethod(), ServerCalls.asyncBidiStreamingCall((observer) -> {
					count(WatchGrpc.getWatchMethod());
					this.watch.accept(observer);
					return new IgnoringObserver<>();
				}))
				.build())
			.build()
			.start();
	}

	static <T> void answer(StreamObserver<T> observer, T response) {
		observer.onNext(response);
		observer.onCompleted();
	}

	private void count(MethodDescriptor<?, ?> method) {
		this.calls.computeIfAbsent(method.getFullMethodName(), (name) -> new AtomicInteger()).incrementAndGet();
	}

	int calls(MethodDescriptor<?, ?> method) {
		AtomicInteger count = this.calls.get(method.getFullMethodName());
		return (count != null) ? count.get() : 0;
	}

	Endpoints endpoints() {
		return Endpoints.parse("http://127.0.0.1:" + this.server.getPort());
	}

	@Override
	public void close() {
		this.server.shutdownNow();
	}

	private static final class IgnoringObserver<T> implements StreamObserver<T> {

		@Override
		public void onNext(T value) {
		}

		@Override
		public void onError(Throwable failure) {
		}

		@Override
		public void onCompleted() {
		}

	}

}
