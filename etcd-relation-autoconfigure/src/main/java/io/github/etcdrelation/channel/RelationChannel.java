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

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import com.google.common.util.concurrent.MoreExecutors;
import io.github.etcdrelation.InvalidRelationDataException;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * The gRPC channel of a relation. It lives as long as the application; where its calls go
 * changes with the relation. All methods may be called from any thread.
 *
 * @since 0.1.0
 */
public final class RelationChannel extends Channel implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(RelationChannel.class);

	private final String relationName;

	private final ChannelSettings settings;

	private final ChannelExecutors executors;

	private final Executor callbacks;

	private final Connection.Listener listener = new ConnectionListener();

	private final Connection.Listener memberListener = new MemberListener();

	private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

	private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();

	private final RequestTimeouts requestTimeouts;

	private final WaitingCalls waitingCalls;

	private volatile UnaryOptions unaryOptions = new UnaryOptions(CallOptions.DEFAULT);

	private final LongAdder rotations = new LongAdder();

	private final LongAdder resumedStreams = new LongAdder();

	private volatile @Nullable Connection current;

	private volatile String unavailable = "it is not connected";

	private volatile boolean closed;

	private @Nullable Replacement replacement;

	/**
	 * Create a channel that leads nowhere yet.
	 * @param relationName the name of the relation
	 * @param settings how it waits and connects
	 * @param executors the threads to use
	 * @param direct whether callbacks run on the network threads
	 */
	public RelationChannel(String relationName, ChannelSettings settings, ChannelExecutors executors, boolean direct) {
		this.relationName = relationName;
		this.settings = settings;
		this.executors = executors;
		this.callbacks = executors.callbacks(direct);
		this.requestTimeouts = new RequestTimeouts(executors);
		Duration request = settings.requestTimeout();
		Duration available = settings.availableTimeout();
		this.waitingCalls = new WaitingCalls(this, toString(), this::schedule,
				(request.compareTo(available) < 0) ? request : available);
	}

	/**
	 * Let the channel lead nowhere: calls wait for another target.
	 * @param reason why the relation is not available, for the message of calls that fail
	 */
	public void clear(String reason) {
		Replacement abandoned;
		Connection old;
		synchronized (this) {
			this.unavailable = reason;
			abandoned = takeReplacement(null);
			old = this.current;
			this.current = null;
		}
		abandon(abandoned);
		if (old != null) {
			old.retire();
		}
	}

	/**
	 * Tell that the relation is available but leads nowhere that the channel could go.
	 * What is in use goes on serving.
	 * @param reason what is wrong with the relation's data
	 */
	public void refuse(String reason) {
		this.unavailable = reason;
	}

	/**
	 * Let the channel lead to a target. If it leads somewhere already, the new connection
	 * is proven before it takes over; until then, and if that fails, the old one serves.
	 * @param target the target
	 * @return completed when calls that start go to the target, exceptionally with the
	 * reason if it was refused or another target was given meanwhile
	 * @throws InvalidRelationDataException if the TLS material cannot be used
	 */
	public CompletableFuture<Void> lead(ChannelTarget target) {
		Replacement abandoned;
		Connection connection = null;
		Replacement proving = null;
		// Connections are only created here: what they do may take locks of calls, which
		// may be waiting for the lock of the channel
		synchronized (this) {
			if (this.closed) {
				return CompletableFuture.failedFuture(new IllegalStateException(closedMessage()));
			}
			Connection old = this.current;
			if (old == null || !old.getTarget().equals(target)) {
				connection = new Connection(target, this.settings, this.executors, this.listener);
				this.connections.add(connection);
			}
			abandoned = takeReplacement(null);
			if (old == null) {
				this.current = connection;
			}
			else if (connection != null) {
				proving = prove(connection);
			}
		}
		abandon(abandoned);
		if (connection != null) {
			connection.observe();
			if (proving != null || !this.waiters.isEmpty()) {
				connection.connect();
			}
		}
		return (proving != null) ? proving.result() : CompletableFuture.completedFuture(null);
	}

	private Replacement prove(Connection connection) {
		long timeout = 2 * this.settings.connectTimeout().toMillis();
		Replacement proving = new Replacement(connection, new CompletableFuture<>(),
				this.executors.timer()
					.schedule(() -> refuse(connection, "no connection within " + timeout + " ms"), timeout,
							TimeUnit.MILLISECONDS));
		this.replacement = proving;
		return proving;
	}

	private void abandon(@Nullable Replacement abandoned) {
		if (abandoned != null) {
			refuse(abandoned, "other data of the relation came first");
		}
	}

	private void refuse(Connection connection, String reason) {
		Replacement refused = takeReplacement(connection);
		if (refused != null) {
			refuse(refused, reason);
		}
	}

	private void refuse(Replacement refused, String reason) {
		Connection connection = refused.connection();
		connection.closeNow();
		refused.result()
			.completeExceptionally(new ReplacementRefusedException(
					"%s: etcd at %s cannot be reached: %s".formatted(this, connection.getTarget(), reason)));
	}

	private void takeOver(Connection connection) {
		Replacement proven;
		Connection old;
		synchronized (this) {
			proven = takeReplacement(connection);
			old = this.current;
			if (proven != null) {
				this.current = connection;
				this.rotations.increment();
			}
		}
		if (proven != null) {
			if (old != null) {
				old.retire();
			}
			// What depends on it may be code of the application
			proven.result().completeAsync(() -> null, this.executors.callbacks(false));
		}
	}

	private synchronized @Nullable Replacement takeReplacement(@Nullable Connection connection) {
		Replacement candidate = this.replacement;
		if (candidate == null || (connection != null && candidate.connection() != connection)) {
			return null;
		}
		this.replacement = null;
		candidate.timeout().cancel(false);
		return candidate;
	}

	@Override
	public <ReqT, RespT> ClientCall<ReqT, RespT> newCall(MethodDescriptor<ReqT, RespT> method, CallOptions options) {
		return newCall(method, options, null);
	}

	/**
	 * Create a call to one member of the cluster instead of any.
	 * @param <ReqT> the type of the request
	 * @param <RespT> the type of the response
	 * @param method the method
	 * @param options the options
	 * @param authority host and port of the member
	 * @return the call
	 */
	public <ReqT, RespT> ClientCall<ReqT, RespT> newMemberCall(MethodDescriptor<ReqT, RespT> method,
			CallOptions options, String authority) {
		return newCall(method, options, Endpoints.parseAuthority(authority));
	}

	private <ReqT, RespT> ClientCall<ReqT, RespT> newCall(MethodDescriptor<ReqT, RespT> method, CallOptions options,
			@Nullable Endpoint member) {
		Executor executor = (options.getExecutor() != null) ? options.getExecutor() : this.callbacks;
		return EtcdMethods.newCall(this, method, options, executor, member);
	}

	/**
	 * Return the options of the attempts of a call with one response. A stub uses the
	 * same options for all its calls, so the last ones are kept.
	 */
	CallOptions unaryOptions(CallOptions options) {
		UnaryOptions last = this.unaryOptions;
		if (last.given() != options) {
			last = new UnaryOptions(options);
			this.unaryOptions = last;
		}
		return last.used();
	}

	@Override
	public String authority() {
		return this.relationName;
	}

	/**
	 * Return how the channel is at this moment.
	 * @return the status
	 */
	public ChannelStatus getStatus() {
		Connection connection = this.current;
		return new ChannelStatus((connection != null) ? connection.getTarget() : null,
				(connection != null) ? connection.getProblem() : this.unavailable, this.rotations.sum(),
				this.resumedStreams.sum());
	}

	void streamResumed() {
		this.resumedStreams.increment();
	}

	@Nullable Connection getCurrent() {
		return this.current;
	}

	ChannelSettings getSettings() {
		return this.settings;
	}

	/**
	 * Return the connection for a call, acquired for it, {@code null} if there is none.
	 */
	@Nullable Connection acquire() {
		Connection connection = this.current;
		while (connection != null && !connection.acquire()) {
			// Retired since it was looked up: there is another, or none
			connection = this.current;
		}
		return connection;
	}

	/**
	 * Run a task later, on the timer's thread, where it must not run callbacks.
	 */
	@Nullable Timeout schedule(Runnable task, long nanos) {
		ScheduledFuture<?> scheduled = this.executors.schedule(task, nanos);
		return (scheduled != null) ? () -> scheduled.cancel(false) : null;
	}

	/**
	 * Return what ends calls that have the channel's own timeout.
	 */
	RequestTimeouts getRequestTimeouts() {
		return this.requestTimeouts;
	}

	WaitingCalls getWaitingCalls() {
		return this.waitingCalls;
	}

	/**
	 * Have a call go on as soon as there is a connection that is ready. It does not do so
	 * before this method returns.
	 */
	void await(Waiter waiter) {
		this.waiters.add(waiter);
		Connection connection = this.current;
		if (connection != null) {
			connection.connect();
			if (connection.isReady()) {
				proceed(waiter);
			}
		}
		if (this.closed && this.waiters.remove(waiter)) {
			waiter.abandon();
		}
	}

	/**
	 * Have a waiter go on from the timer's thread: here locks of a call or of gRPC may be
	 * held, and it takes others.
	 */
	private void proceed(Waiter waiter) {
		// It counts as waiting until it goes on, so that it is found when the channel is
		// closed
		schedule(() -> {
			if (this.waiters.remove(waiter)) {
				waiter.proceed();
			}
		}, TimeUnit.MILLISECONDS.toNanos(waiter.delayMillis()));
	}

	/**
	 * Run a callback that has no network thread to run on.
	 */
	void offload(Runnable callback) {
		this.executors.callbacks(false).execute(callback);
	}

	/**
	 * Return a connection to one member that closes itself after its first call; it has
	 * been acquired for that call.
	 */
	Connection connectToMember(Connection connection, Endpoint member) {
		Connection toMember = openToMember(connection.getTarget(), member);
		toMember.acquire();
		toMember.retire();
		return toMember;
	}

	/**
	 * Open a connection to one member, which stays until it is retired.
	 */
	Connection openToMember(ChannelTarget target, Endpoint member) {
		Connection toMember = new Connection(target.only(member), this.settings, this.executors, this.memberListener);
		this.connections.add(toMember);
		if (this.closed) {
			toMember.closeNow();
		}
		return toMember;
	}

	void forget(Waiter waiter) {
		this.waiters.remove(waiter);
	}

	boolean isClosed() {
		return this.closed;
	}

	/**
	 * Return why a call that waited was not served.
	 */
	Status unservedStatus() {
		Connection connection = this.current;
		if (this.closed) {
			return Status.CANCELLED.withDescription(closedMessage());
		}
		if (connection == null) {
			return Status.UNAVAILABLE.withDescription("%s is not available: %s".formatted(this, this.unavailable));
		}
		String problem = connection.getProblem();
		if (problem == null && connection.isReady()) {
			return Status.DEADLINE_EXCEEDED
				.withDescription("%s: no answer from etcd at %s".formatted(this, connection.getTarget()));
		}
		return Status.DEADLINE_EXCEEDED.withDescription("%s: etcd at %s cannot be reached: %s".formatted(this,
				connection.getTarget(), (problem != null) ? problem : "still connecting"));
	}

	private String closedMessage() {
		return this + " is closed";
	}

	/**
	 * End all calls; what is waiting or in flight fails with the status
	 * {@code CANCELLED}.
	 */
	@Override
	public void close() {
		Replacement abandoned;
		synchronized (this) {
			this.closed = true;
			abandoned = takeReplacement(null);
			this.current = null;
		}
		abandon(abandoned);
		this.waitingCalls.close(unservedStatus());
		for (Waiter waiter : new LinkedHashSet<>(this.waiters)) {
			if (this.waiters.remove(waiter)) {
				waiter.abandon();
			}
		}
		this.connections.forEach(Connection::closeNow);
		this.requestTimeouts.close();
	}

	@Override
	public String toString() {
		return "Relation '" + this.relationName + "'";
	}

	private record UnaryOptions(CallOptions given, CallOptions used) {

		private UnaryOptions(CallOptions given) {
			this(given, given.withExecutor(MoreExecutors.directExecutor()).withoutWaitForReady());
		}

	}

	private record Replacement(Connection connection, CompletableFuture<Void> result, ScheduledFuture<?> timeout) {

	}

	private class MemberListener implements Connection.Listener {

		@Override
		public void closed(Connection connection) {
			RelationChannel.this.connections.remove(connection);
		}

	}

	private final class ConnectionListener extends MemberListener {

		@Override
		public void ready(Connection connection, boolean recovered) {
			schedule(() -> {
				takeOver(connection);
				if (connection == RelationChannel.this.current) {
					if (recovered) {
						logger.info(LogMessage.format("%s: etcd at %s is reached again", RelationChannel.this,
								connection.getTarget()));
					}
					RelationChannel.this.waiters.forEach(RelationChannel.this::proceed);
				}
			}, 0);
		}

		@Override
		public void idle(Connection connection) {
			if (connection == RelationChannel.this.current && !RelationChannel.this.waiters.isEmpty()) {
				connection.connect();
			}
		}

		@Override
		public void failed(Connection connection, String reason, boolean first) {
			if (connection == RelationChannel.this.current && first) {
				logger.warn(LogMessage.format("%s: etcd at %s cannot be reached: %s", RelationChannel.this,
						connection.getTarget(), reason));
			}
			schedule(() -> refuse(connection, reason), 0);
		}

	}

}
