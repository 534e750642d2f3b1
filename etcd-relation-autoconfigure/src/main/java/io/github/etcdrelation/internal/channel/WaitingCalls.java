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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.etcd.jetcd.api.CampaignRequest;
import io.etcd.jetcd.api.CampaignResponse;
import io.etcd.jetcd.api.ElectionGrpc;
import io.etcd.jetcd.api.lock.LockGrpc;
import io.etcd.jetcd.api.lock.LockRequest;
import io.etcd.jetcd.api.lock.LockResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a channel that wait for a lock or for leadership.
 */
final class WaitingCalls {

	private static final String LOCK = LockGrpc.getLockMethod().getFullMethodName();

	private static final String CAMPAIGN = ElectionGrpc.getCampaignMethod().getFullMethodName();

	private final Channel channel;

	private final String relation;

	private final Delays delays;

	private final Duration patience;

	private final SharedKeys keys = new SharedKeys();

	private final Set<WaitingCall<?, ?>> waiting = ConcurrentHashMap.newKeySet();

	private volatile @Nullable Status closed;

	/**
	 * Create an empty set of calls.
	 * @param channel sends the steps: it retries reads, resumes watches and limits the
	 * duration of unary calls
	 * @param relation the name of the relation for messages
	 * @param delays schedules tasks
	 * @param patience how long a call repeats its first step when a connection breaks
	 */
	WaitingCalls(Channel channel, String relation, Delays delays, Duration patience) {
		this.channel = channel;
		this.relation = relation;
		this.delays = delays;
		this.patience = patience;
	}

	static boolean isWaiting(MethodDescriptor<?, ?> method) {
		String name = method.getFullMethodName();
		return name.equals(LOCK) || name.equals(CAMPAIGN);
	}

	@SuppressWarnings("unchecked") // the method name determines the message types
	<ReqT, RespT> ClientCall<ReqT, RespT> newCall(MethodDescriptor<ReqT, RespT> method, CallOptions options,
			Executor executor, Supplier<ClientCall<ReqT, RespT>> rpc) {
		Supplier<?> untyped = rpc;
		if (method.getFullMethodName().equals(LOCK)) {
			return (ClientCall<ReqT, RespT>) new LockCall(this, options, executor,
					(Supplier<ClientCall<LockRequest, LockResponse>>) untyped);
		}
		return (ClientCall<ReqT, RespT>) new CampaignCall(this, options, executor,
				(Supplier<ClientCall<CampaignRequest, CampaignResponse>>) untyped);
	}

	/**
	 * Return a new place in the queue for a call, and track the call.
	 */
	QueuePlace place(WaitingCall<?, ?> call, QueueRequests requests, CallOptions options, Metadata headers,
			Context context, SynchronizationContext synchronization) {
		this.waiting.add(call);
		Status closed = this.closed;
		if (closed != null) {
			call.close(closed);
		}
		QueueSteps steps = new QueueSteps(this.channel, options, headers, context, synchronization, this.delays);
		return new QueuePlace(steps, requests, this.keys.use(requests.getKey()), call, this.relation,
				Deadline.after(this.patience.toNanos(), TimeUnit.NANOSECONDS));
	}

	void remove(WaitingCall<?, ?> call) {
		this.waiting.remove(call);
	}

	@Nullable Cancellable schedule(Runnable task, long nanos) {
		return this.delays.schedule(task, nanos);
	}

	/**
	 * End all calls.
	 */
	void close(Status status) {
		this.closed = status;
		this.waiting.forEach((call) -> call.close(status));
	}

	@Override
	public String toString() {
		return this.relation;
	}

}
