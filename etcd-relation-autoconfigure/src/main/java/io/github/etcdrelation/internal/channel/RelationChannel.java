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
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.LongAdder;

import io.github.etcdrelation.InvalidRelationDataException;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The gRPC channel of a relation. It lives as long as the application; the members that
 * serve its calls change with the relation. All methods may be called from any thread.
 */
public final class RelationChannel extends Channel implements AutoCloseable {

	private final String relationName;

	private final ChannelSettings settings;

	private final ChannelExecutors executors;

	private final Members members;

	private final DedicatedMembers dedicated;

	private final ServiceProblems problems;

	private final Authenticator authenticator;

	private final DeadlineQueue deadlineQueue;

	private final PendingCalls delayed;

	private final LongAdder resumedStreams = new LongAdder();

	private final EtcdCalls calls;

	private final CallsInFlight callsInFlight;

	private volatile Grant grant = Grant.NONE;

	private volatile @Nullable EtcdUser fallbackUser;

	private volatile RotationListener rotationListener = RotationListener.NONE;

	/**
	 * Create a channel without a target; calls wait until one is set.
	 * @param relationName the name of the relation
	 * @param settings its timeouts and limits
	 * @param executors the threads to use
	 * @param direct whether callbacks run on the network threads
	 */
	public RelationChannel(String relationName, ChannelSettings settings, ChannelExecutors executors, boolean direct) {
		this.relationName = relationName;
		this.settings = settings;
		this.executors = executors;
		this.members = new Members(toString(), settings, executors, new DelegatingRotationListener(), false);
		this.dedicated = new DedicatedMembers(toString(), settings, executors);
		this.deadlineQueue = new DeadlineQueue(executors);
		this.problems = new ServiceProblems(toString());
		this.authenticator = new Authenticator(toString(), executors, this.problems);
		this.delayed = new PendingCalls(executors);
		CallContext context = new CallContext(toString(), this.members, this.dedicated, this.problems,
				this.authenticator, () -> this.grant, settings, executors, this.deadlineQueue, this.delayed,
				this.resumedStreams);
		this.calls = new EtcdCalls(context, executors.callbacks(direct));
		this.callsInFlight = new CallsInFlight(context);
		this.authenticator.setChannel(this.calls);
	}

	/**
	 * Set the listener of rotations.
	 * @param rotationListener the listener
	 */
	public void setRotationListener(RotationListener rotationListener) {
		this.rotationListener = rotationListener;
	}

	/**
	 * Connect to a target. A current one serves until a member has accepted the new one;
	 * members that have not keep their former connections.
	 * @param target the target
	 * @return completed when the target is in use, exceptionally with the reason if no
	 * member accepts it; it is proposed again until another one is set
	 * @throws InvalidRelationDataException if the TLS material cannot be used
	 */
	public CompletableFuture<Void> connectTo(ChannelTarget target) {
		CompletableFuture<Void> connected = this.members.connectTo(target);
		this.grant = target.getGrant();
		EtcdUser user = (target.getUser() != null) ? target.getUser() : this.fallbackUser;
		CompletableFuture<Void> all = CompletableFuture.allOf(connected, this.authenticator.setUser(user));
		// What waits for it may be the application's, and no other thread may run that
		return all.isDone() ? all : all.thenRunAsync(() -> {
		}, this.executors.callbacks(false));
	}

	/**
	 * Set the user for targets without one.
	 * @param user the user
	 */
	public void setFallbackUser(EtcdUser user) {
		this.fallbackUser = user;
		if (!this.authenticator.isActive()) {
			this.authenticator.setUser(user);
		}
	}

	/**
	 * Remove the target; calls are queued until another one is set.
	 * @param reason why the relation is not available, for the status of calls that fail
	 */
	public void clear(String reason) {
		this.members.clear(reason);
	}

	/**
	 * Record that the current data cannot be used; the current connections stay in use.
	 * @param reason what is wrong with the relation's data
	 */
	public void refuse(String reason) {
		this.members.refuse(reason);
	}

	@Override
	public <ReqT, RespT> ClientCall<ReqT, RespT> newCall(MethodDescriptor<ReqT, RespT> method, CallOptions options) {
		return this.callsInFlight.count(method, this.calls.newCall(method, withoutForeignCredentials(options)));
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
		if (method.getType() != MethodType.UNARY) {
			return newCall(method, options);
		}
		return this.callsInFlight.count(method, this.calls.newMemberCall(method, withoutForeignCredentials(options),
				Endpoints.parseAuthority(authority)));
	}

	/**
	 * A user of this channel takes precedence over the credentials of a call.
	 */
	private CallOptions withoutForeignCredentials(CallOptions options) {
		return (options.getCredentials() != null && this.authenticator.isActive()) ? options.withCallCredentials(null)
				: options;
	}

	/**
	 * Have etcd accept or refuse the user before a call needs that.
	 */
	public void prepareUser() {
		this.authenticator.prepare();
	}

	/**
	 * Verify that etcd serves calls, waiting for the relation if need be.
	 * @param timeout how long to wait
	 * @return completed with {@link Status#OK} or the reason why etcd does not serve
	 */
	public CompletableFuture<Status> verify(Duration timeout) {
		return new Verification().begin(this.calls, timeout);
	}

	@Override
	public String authority() {
		return this.relationName;
	}

	/**
	 * Return the current status of the channel.
	 * @return the status
	 */
	public ChannelStatus getStatus() {
		MemberReports reports = MemberReports.of(this.members.getMembers(), System.nanoTime(), Instant.now());
		String refusal = this.problems.get();
		String problem = this.members.getAvailability().getProblem();
		return new ChannelStatus(this.members.getTarget(), refusal, (problem != null) ? problem : refusal,
				reports.unserved(), this.members.getRotations(), this.resumedStreams.sum(), getCallsInFlight(),
				reports.members());
	}

	/**
	 * Return how many calls of the application were started and have not ended.
	 * @return the number of calls
	 */
	public int getCallsInFlight() {
		return this.callsInFlight.getCount();
	}

	/**
	 * Schedule a task on the timer's thread, where no callback may run.
	 */
	@Nullable Cancellable schedule(Runnable task, long nanos) {
		ScheduledFuture<?> scheduled = this.executors.schedule(task, nanos);
		return (scheduled != null) ? () -> scheduled.cancel(false) : null;
	}

	/**
	 * Return the connection in use of a member that has not accepted the new credentials.
	 * @param same the same member in another set
	 * @return the connection, {@code null} if there is none or the member has accepted
	 */
	@Nullable Connection getServedConnection(Member same) {
		for (Member member : this.members.getMembers()) {
			if (member.isLagging() && member.getEndpoint().equals(same.getEndpoint())
					&& member.getAddress().equals(same.getAddress())) {
				return member.getUnary();
			}
		}
		return null;
	}

	/**
	 * Connect members that are out of use and may not be: nothing asks them while there
	 * are no calls.
	 */
	void reconnect() {
		if (this.members.getMembers().stream().anyMatch(Member::isOut)) {
			this.members.connect();
		}
	}

	DedicatedMembers getDedicatedMembers() {
		return this.dedicated;
	}

	/**
	 * End all calls: those queued or in flight fail with {@code CANCELLED}.
	 */
	@Override
	public void close() {
		Status closed = Status.CANCELLED.withDescription(this + " is closed");
		this.calls.close(closed);
		this.members.close();
		this.delayed.close(closed);
		this.authenticator.close(closed);
		this.dedicated.close();
		this.deadlineQueue.close();
	}

	@Override
	public String toString() {
		return "Relation '" + this.relationName + "'";
	}

	private final class DelegatingRotationListener implements RotationListener {

		@Override
		public void rotated(ChannelTarget target) {
			RelationChannel.this.rotationListener.rotated(target);
		}

		@Override
		public void lagging(ReplacementRefusedException reason) {
			RelationChannel.this.rotationListener.lagging(reason);
		}

	}

}
