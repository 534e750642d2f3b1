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

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * One generation of a channel: the gRPC channel to one target, used until it is retired
 * and its last call has ended.
 */
final class Connection {

	private static final long BACKOFF_RESET_MILLIS = 1000;

	private static final long MEMBER_BACKOFF_RESET_MILLIS = 5000;

	private static final long DIAGNOSIS_SECONDS = 2;

	private static final int MAX_DIAGNOSED_MEMBERS = 5;

	private static final int CLOSED = Integer.MIN_VALUE / 2;

	private final ChannelTarget target;

	private final ChannelSettings settings;

	private final ChannelExecutors executors;

	private final Listener listener;

	private final EndpointsNameResolver.Factory resolverFactory;

	private final ManagedChannelBuilder<?> channelBuilder;

	private final AtomicInteger users = new AtomicInteger();

	private final Set<Movable> streams = ConcurrentHashMap.newKeySet();

	private volatile @Nullable ManagedChannel channel;

	private boolean observed;

	private boolean closed;

	private volatile boolean retired;

	private volatile @Nullable String problem;

	private @Nullable ScheduledFuture<?> backoffReset;

	private ConnectivityState backoffState = ConnectivityState.IDLE;

	Connection(ChannelTarget target, ChannelSettings settings, ChannelExecutors executors, Listener listener) {
		this.target = target;
		this.settings = settings;
		this.executors = executors;
		this.listener = listener;
		this.resolverFactory = new EndpointsNameResolver.Factory(target.getEndpoints());
		this.channelBuilder = ManagedChannels.builder(target, settings, this.resolverFactory);
	}

	/**
	 * Tell the listener about the state from now on; without a call nothing is connected.
	 */
	void observe() {
		ManagedChannel made;
		synchronized (this) {
			this.observed = true;
			made = this.channel;
		}
		if (made != null) {
			observe(made, made.getState(false));
		}
	}

	private void observe(ManagedChannel channel, ConnectivityState state) {
		channel.notifyWhenStateChanged(state, () -> stateChanged(channel));
	}

	/**
	 * Return the gRPC channel, which is made when it is needed: an application that
	 * starts has better things to do.
	 */
	private ManagedChannel channel() {
		ManagedChannel made = this.channel;
		return (made != null) ? made : makeChannel();
	}

	private ManagedChannel makeChannel() {
		ManagedChannel made;
		boolean ended;
		synchronized (this) {
			if (this.channel != null) {
				return this.channel;
			}
			made = this.channelBuilder.build();
			this.channel = made;
			if (!this.observed && !this.closed) {
				return made;
			}
			ended = this.closed;
		}
		if (ended) {
			made.shutdownNow();
		}
		else {
			observe(made, made.getState(false));
		}
		return made;
	}

	private void stateChanged(ManagedChannel channel) {
		ConnectivityState state = channel.getState(false);
		if (state == ConnectivityState.SHUTDOWN) {
			cancelBackoffReset();
			return;
		}
		observe(channel, state);
		limitBackoff(channel, state);
		if (state == ConnectivityState.READY) {
			boolean recovered = this.problem != null;
			this.problem = null;
			this.listener.ready(this, recovered);
		}
		else if (state == ConnectivityState.TRANSIENT_FAILURE) {
			diagnose();
		}
		else if (state == ConnectivityState.IDLE) {
			this.listener.idle(this);
		}
	}

	/**
	 * Keeps the time between attempts to connect short, which gRPC lets grow to two
	 * minutes.
	 */
	private synchronized void limitBackoff(ManagedChannel channel, ConnectivityState state) {
		if (state == this.backoffState || state == ConnectivityState.CONNECTING) {
			return;
		}
		this.backoffState = state;
		cancelBackoffReset();
		boolean failing = state == ConnectivityState.TRANSIENT_FAILURE;
		boolean severalMembers = this.target.getEndpoints().getMembers().size() > 1;
		if (failing || (severalMembers && state == ConnectivityState.READY)) {
			long period = failing ? BACKOFF_RESET_MILLIS : MEMBER_BACKOFF_RESET_MILLIS;
			this.backoffReset = this.executors.timer()
				.scheduleWithFixedDelay(failing ? this::tryAgain : channel::resetConnectBackoff, period, period,
						TimeUnit.MILLISECONDS);
		}
	}

	private void tryAgain() {
		channel().resetConnectBackoff();
		// The state stays as it is when the reason changes
		diagnose();
	}

	private synchronized void cancelBackoffReset() {
		if (this.backoffReset != null) {
			this.backoffReset.cancel(false);
			this.backoffReset = null;
		}
	}

	/**
	 * Finds out why members cannot be reached: gRPC tells it only to a call that does not
	 * wait for them.
	 */
	private void diagnose() {
		int members = Math.min(this.target.getEndpoints().getMembers().size(), MAX_DIAGNOSED_MEMBERS);
		Set<String> reasons = new ConcurrentSkipListSet<>();
		AtomicInteger missing = new AtomicInteger(members);
		for (int i = 0; i < members; i++) {
			ClientCall<StatusRequest, StatusResponse> call = channel().newCall(MaintenanceGrpc.getStatusMethod(),
					CallOptions.DEFAULT.withDeadlineAfter(DIAGNOSIS_SECONDS, TimeUnit.SECONDS));
			call.start(new ClientCall.Listener<>() {

				@Override
				public void onClose(Status status, Metadata trailers) {
					if (status.getCode() == Status.Code.UNAVAILABLE) {
						reasons.add(FailureReason.of(status));
					}
					if (missing.decrementAndGet() == 0 && !reasons.isEmpty()) {
						failed(reasons);
					}
				}

			}, new Metadata());
			call.sendMessage(StatusRequest.getDefaultInstance());
			call.halfClose();
			call.request(1);
		}
	}

	private void failed(Set<String> reasons) {
		String previous = this.problem;
		boolean vague = reasons.stream().allMatch(FailureReason::isVague);
		if (vague && previous != null && !FailureReason.isVague(previous)) {
			// Whether the alert or the end of the connection comes first is chance
			return;
		}
		String reason = explain(reasons);
		this.problem = reason;
		this.listener.failed(this, reason, previous == null);
	}

	/**
	 * Return why the target cannot be reached.
	 * @param failures the reasons of calls that failed
	 */
	String explain(Set<String> failures) {
		Set<String> reasons = new TreeSet<>(failures);
		if (this.target.getSslBundle() != null && failures.stream().allMatch(FailureReason::isVague)) {
			reasons.add("etcd may have refused the client certificate");
		}
		reasons.addAll(Certificates.expired(this.target.getSslBundle()));
		List<String> unknownHosts = this.resolverFactory.getUnknownHosts();
		if (!unknownHosts.isEmpty()) {
			reasons.removeIf((reason) -> reason.startsWith("unresolved address"));
			reasons.add("unknown host " + String.join(", ", unknownHosts));
		}
		return String.join("; ", reasons);
	}

	boolean acquire() {
		for (;;) {
			int current = this.users.get();
			if (current < 0) {
				return false;
			}
			if (this.users.compareAndSet(current, current + 1)) {
				return true;
			}
		}
	}

	void release() {
		if (this.users.decrementAndGet() == 0 && this.retired) {
			closeWhenUnused();
		}
	}

	/**
	 * Take the connection out of service: streams leave it, and it is closed when its
	 * last call has ended.
	 */
	void retire() {
		this.retired = true;
		cancelBackoffReset();
		this.streams.forEach((stream) -> stream.leave(this));
		closeWhenUnused();
	}

	private void closeWhenUnused() {
		if (this.users.compareAndSet(0, CLOSED)) {
			ManagedChannel unused = end();
			if (unused != null) {
				unused.shutdown();
			}
			this.listener.closed(this);
		}
	}

	private synchronized @Nullable ManagedChannel end() {
		this.closed = true;
		return this.channel;
	}

	void closeNow() {
		this.retired = true;
		cancelBackoffReset();
		ManagedChannel open = end();
		if (open != null) {
			open.shutdownNow();
		}
		this.listener.closed(this);
	}

	void add(Movable stream) {
		this.streams.add(stream);
		if (this.retired) {
			stream.leave(this);
		}
	}

	void remove(Movable stream) {
		this.streams.remove(stream);
	}

	<ReqT, RespT> ClientCall<ReqT, RespT> newCall(MethodDescriptor<ReqT, RespT> method, CallOptions options) {
		return channel().newCall(method, options);
	}

	boolean isReady() {
		ManagedChannel channel = this.channel;
		return channel != null && channel.getState(false) == ConnectivityState.READY;
	}

	void connect() {
		channel().getState(true);
	}

	ChannelTarget getTarget() {
		return this.target;
	}

	@Nullable String getProblem() {
		return this.problem;
	}

	/**
	 * Hears about a connection, on a network thread, where it must not wait.
	 */
	interface Listener {

		default void ready(Connection connection, boolean recovered) {
		}

		default void idle(Connection connection) {
		}

		default void failed(Connection connection, String reason, boolean first) {
		}

		default void closed(Connection connection) {
		}

	}

}
