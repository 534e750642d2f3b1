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
import java.util.concurrent.Executor;

import com.google.common.util.concurrent.MoreExecutors;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;

/**
 * Creates the call for each of etcd's methods.
 */
final class EtcdCalls extends Channel {

	private static final String WATCH = WatchGrpc.getWatchMethod().getFullMethodName();

	private static final String KEEP_ALIVE = LeaseGrpc.getLeaseKeepAliveMethod().getFullMethodName();

	private final CallContext context;

	private final Executor callbacks;

	private final WaitingCalls waitingCalls;

	private final MemberChoice anyMember;

	private volatile UnaryOptions unaryOptions = new UnaryOptions(CallOptions.DEFAULT);

	/**
	 * Create a factory.
	 * @param context the shared context of the calls
	 * @param callbacks runs the callbacks of calls without an executor
	 */
	EtcdCalls(CallContext context, Executor callbacks) {
		this.context = context;
		this.callbacks = callbacks;
		this.anyMember = new MemberChoice(context, null);
		Duration request = context.settings().requestTimeout();
		Duration available = context.settings().availableTimeout();
		this.waitingCalls = new WaitingCalls(this, context.relation(), context::schedule,
				(request.compareTo(available) < 0) ? request : available);
	}

	@Override
	@SuppressWarnings("unchecked") // the method name determines the message types
	public <ReqT, RespT> ClientCall<ReqT, RespT> newCall(MethodDescriptor<ReqT, RespT> method, CallOptions options) {
		if (WaitingCalls.isWaiting(method)) {
			Executor own = (options.getExecutor() != null) ? options.getExecutor() : this.context::offload;
			return this.waitingCalls.newCall(method, options, own, () -> newUnaryCall(method, options, this.anyMember));
		}
		if (method.getType() == MethodType.UNARY) {
			return newUnaryCall(method, options, this.anyMember);
		}
		Executor sequential = MoreExecutors.newSequentialExecutor(executor(options));
		String name = method.getFullMethodName();
		if (name.equals(WATCH)) {
			return (ClientCall<ReqT, RespT>) new WatchCall(this.context,
					(MethodDescriptor<WatchRequest, WatchResponse>) method, options, sequential, this);
		}
		if (name.equals(KEEP_ALIVE)) {
			return (ClientCall<ReqT, RespT>) new KeepAliveCall(this.context,
					(MethodDescriptor<LeaseKeepAliveRequest, LeaseKeepAliveResponse>) method, options, sequential);
		}
		return new StreamCall<>(this.context, method, options, sequential);
	}

	/**
	 * Create a unary call to one member, whatever its condition.
	 * @param endpoint the member
	 */
	<ReqT, RespT> ClientCall<ReqT, RespT> newMemberCall(MethodDescriptor<ReqT, RespT> method, CallOptions options,
			Endpoint endpoint) {
		return newUnaryCall(method, options, new MemberChoice(this.context, endpoint));
	}

	private <ReqT, RespT> ClientCall<ReqT, RespT> newUnaryCall(MethodDescriptor<ReqT, RespT> method,
			CallOptions options, MemberChoice choice) {
		return new UnaryCall<>(this.context, method, unaryOptions(options),
				new CallLimit(this.context, options.getDeadline()), executor(options), choice);
	}

	/**
	 * End the queued lock and campaign calls.
	 * @param status the status they end with
	 */
	void close(Status status) {
		this.waitingCalls.close(status);
	}

	private Executor executor(CallOptions options) {
		Executor own = options.getExecutor();
		return (own != null) ? own : this.callbacks;
	}

	/**
	 * Return the options of the attempts of a unary call. A stub uses the same options
	 * for all its calls, so the last ones are cached.
	 */
	private CallOptions unaryOptions(CallOptions options) {
		UnaryOptions last = this.unaryOptions;
		if (last.given() != options) {
			last = new UnaryOptions(options);
			this.unaryOptions = last;
		}
		return last.used();
	}

	@Override
	public String authority() {
		return this.context.relation();
	}

	private record UnaryOptions(CallOptions given, CallOptions used) {

		private UnaryOptions(CallOptions given) {
			this(given, given.withExecutor(MoreExecutors.directExecutor()).withoutWaitForReady().withDeadline(null));
		}

	}

}
