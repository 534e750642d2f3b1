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

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.etcd.jetcd.api.StatusResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a member, with one set of credentials. It is opened once, and
 * replaced after it broke. State changes run in the members'
 * {@link io.grpc.SynchronizationContext}; calls may start and end on any thread.
 */
final class Connection {

	private static final int CLOSED = Integer.MIN_VALUE / 2;

	private final Member member;

	private final TransportSecurity security;

	private final Listener listener;

	private final ManagedChannel channel;

	private final long startTime = System.nanoTime();

	private final AtomicInteger users = new AtomicInteger();

	private final Attempts attempts = new Attempts();

	private final Liveness liveness = new Liveness();

	private volatile Attempt.@Nullable Unusable unusable;

	private volatile boolean open;

	private volatile @Nullable String version;

	private boolean closed;

	/**
	 * Create a connection. The member is asked for its status first, so that it is known
	 * to serve before the first call is sent.
	 * @param member the member
	 * @param security the transport security
	 * @param listener notified of its state, not before this returns
	 */
	Connection(Member member, TransportSecurity security, Listener listener) {
		this.member = member;
		this.security = security;
		this.listener = listener;
		this.channel = security.newChannel(member.getAddress(), member.getEndpoint());
	}

	/**
	 * Connect and ask, see {@link Listener#answered} and {@link Listener#failed}.
	 */
	void connect(Consumer<Runnable> sync) {
		observe(sync, ConnectivityState.IDLE);
		ask(sync, System.nanoTime());
	}

	private void observe(Consumer<Runnable> sync, ConnectivityState state) {
		this.channel.notifyWhenStateChanged(state, () -> sync.accept(() -> {
			ConnectivityState current = this.channel.getState(false);
			if (current == ConnectivityState.SHUTDOWN) {
				return;
			}
			observe(sync, current);
			if (this.open && current != ConnectivityState.READY) {
				this.listener.broken(this);
			}
		}));
	}

	/**
	 * Ask the member for its status on this connection unless a question is pending.
	 */
	void ask(Consumer<Runnable> sync, long now) {
		if (!this.liveness.isQuestioned()) {
			MemberQuestion asked = new MemberQuestion(now,
					(question, response, status) -> sync.accept(() -> answered(question, response, status)));
			this.liveness.asked(asked);
			asked.ask(this);
		}
	}

	private void answered(MemberQuestion answered, @Nullable StatusResponse response, Status status) {
		this.liveness.answered(answered);
		boolean broken = response == null && BrokenConnection.is(status);
		if (!broken) {
			this.liveness.heard(System.nanoTime());
		}
		if (response != null) {
			this.version = response.getVersion();
		}
		if (!this.open) {
			if (broken || this.closed) {
				this.listener.failed(this, status);
				return;
			}
			this.open = true;
		}
		if (!broken) {
			this.listener.answered(this,
					new MemberAnswer(answered.getTime(), response, status, answered.getRoundTrip()));
		}
	}

	/**
	 * Return whether responses are overdue and nothing was received; ask if it is quiet.
	 * @param now the time by {@link System#nanoTime()}
	 * @param since silence before this time is ignored
	 */
	boolean checkSilence(Consumer<Runnable> sync, long now, long since) {
		if (this.open && this.liveness.isToBeAsked(getAttempts(), now, since)) {
			ask(sync, now);
		}
		return this.open && this.liveness.isSilent(now, since);
	}

	Liveness getLiveness() {
		return this.liveness;
	}

	boolean isStale(long now) {
		return this.liveness.isStale(now);
	}

	long getStartTime() {
		return this.startTime;
	}

	Member getMember() {
		return this.member;
	}

	TransportSecurity getSecurity() {
		return this.security;
	}

	boolean isOpen() {
		return this.open && this.unusable == null;
	}

	/**
	 * Return the version of the connected etcd process, {@code null} if unknown.
	 */
	@Nullable String getVersion() {
		return this.version;
	}

	boolean isRetired() {
		return this.unusable == Attempt.Unusable.RETIRED;
	}

	/**
	 * Fail if the connection was not opened within the timeout.
	 */
	void checkOpened(long now, long since, long timeoutNanos) {
		if (!isOpen() && now - Math.max(this.startTime, since) > timeoutNanos) {
			this.listener.failed(this, Status.UNAVAILABLE
				.withDescription("no connection within %d ms".formatted(TimeUnit.NANOSECONDS.toMillis(timeoutNanos))));
		}
	}

	/**
	 * Count a call in.
	 * @return {@code false} if the connection accepts no more calls
	 */
	boolean acquire() {
		for (;;) {
			int current = this.users.get();
			if (current < 0 || this.unusable != null) {
				return false;
			}
			if (this.users.compareAndSet(current, current + 1)) {
				return true;
			}
		}
	}

	/**
	 * Count out a call whose attempt was not added.
	 */
	void release() {
		if (this.users.decrementAndGet() == 0 && this.unusable != null) {
			closeWhenUnused();
		}
	}

	/**
	 * Return how many calls are in flight.
	 */
	int getCalls() {
		return Math.max(0, this.users.get());
	}

	/**
	 * Add an attempt whose call has been counted in.
	 */
	void add(Attempt<?> attempt) {
		this.attempts.add(attempt);
	}

	/**
	 * Notify an attempt that started while the connection went out of use.
	 */
	void started(Attempt<?> attempt) {
		Attempt.Unusable reason = this.unusable;
		if (reason != null) {
			attempt.onUnusable(reason);
		}
	}

	void remove(Attempt<?> attempt) {
		if (this.attempts.remove(attempt)) {
			release();
		}
	}

	List<Attempt<?>> getAttempts() {
		return this.attempts.toList();
	}

	<ReqT, RespT> ClientCall<ReqT, RespT> newCall(MethodDescriptor<ReqT, RespT> method, CallOptions options) {
		return this.channel.newCall(method, options);
	}

	/**
	 * Accept no more calls. Attempts that can move do; the connection is closed when its
	 * last call has ended.
	 */
	void setUnusable(Attempt.Unusable reason) {
		if (this.unusable != null) {
			return;
		}
		this.unusable = reason;
		notifyAttempts(reason);
		closeWhenUnused();
	}

	/**
	 * Move attempts that can move, although the connection stays in use.
	 */
	void notifyAttempts(Attempt.Unusable reason) {
		getAttempts().forEach((attempt) -> attempt.onUnusable(reason));
	}

	private void closeWhenUnused() {
		if (this.users.compareAndSet(0, CLOSED)) {
			// A pending question does not matter any more
			this.channel.shutdownNow();
			this.listener.closed(this);
		}
	}

	/**
	 * Close the connection, whatever calls it has.
	 */
	void closeNow() {
		this.closed = true;
		if (this.unusable == null) {
			this.unusable = Attempt.Unusable.BROKEN;
		}
		this.channel.shutdownNow();
		this.listener.closed(this);
	}

	@Override
	public String toString() {
		return this.member.toString();
	}

	/**
	 * Notified of the state of a connection. All methods but {@link #closed} are called
	 * in the members' synchronization context.
	 */
	interface Listener {

		/**
		 * The connection could not be opened.
		 * @param reason the status of the first request
		 */
		void failed(Connection connection, Status reason);

		/**
		 * The member answered a question; the first answer opens the connection.
		 */
		void answered(Connection connection, MemberAnswer answer);

		/**
		 * The connection was open and broke.
		 */
		void broken(Connection connection);

		/**
		 * The connection is closed; called on any thread.
		 */
		void closed(Connection connection);

	}

}
