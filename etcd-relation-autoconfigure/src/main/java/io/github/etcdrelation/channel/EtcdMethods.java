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

import java.util.concurrent.Executor;

import com.google.common.util.concurrent.MoreExecutors;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * Knows which of etcd's methods waits, streams or ends soon.
 */
final class EtcdMethods {

	private static final String WATCH = WatchGrpc.getWatchMethod().getFullMethodName();

	private static final String KEEP_ALIVE = LeaseGrpc.getLeaseKeepAliveMethod().getFullMethodName();

	private EtcdMethods() {
	}

	@SuppressWarnings("unchecked") // the name of a method determines the types of its
									// messages
	static <ReqT, RespT> ClientCall<ReqT, RespT> newCall(RelationChannel channel, MethodDescriptor<ReqT, RespT> method,
			CallOptions options, Executor executor, @Nullable Endpoint member) {
		String name = method.getFullMethodName();
		if (method.getType() == MethodType.UNARY) {
			if (WaitingCalls.isWaiting(method)) {
				Executor callbacks = (options.getExecutor() != null) ? options.getExecutor() : channel::offload;
				return channel.getWaitingCalls()
					.newCall(method, options, callbacks,
							() -> new RoutedCall<>(channel, method, channel.unaryOptions(options),
									options.getDeadline(), executor, RoutedCall.Kind.LASTING, member));
			}
			return new RoutedCall<>(channel, method, channel.unaryOptions(options), options.getDeadline(), executor,
					RoutedCall.Kind.UNARY, member);
		}
		if (name.equals(WATCH)) {
			return (ClientCall<ReqT, RespT>) new WatchCall(channel,
					(MethodDescriptor<WatchRequest, WatchResponse>) method, options,
					MoreExecutors.newSequentialExecutor(executor));
		}
		if (name.equals(KEEP_ALIVE)) {
			return (ClientCall<ReqT, RespT>) new KeepAliveCall(channel,
					(MethodDescriptor<LeaseKeepAliveRequest, LeaseKeepAliveResponse>) method, options,
					MoreExecutors.newSequentialExecutor(executor));
		}
		return new RoutedCall<>(channel, method, options.withExecutor(executor).withoutWaitForReady(),
				options.getDeadline(), executor, RoutedCall.Kind.STREAM, member);
	}

}
