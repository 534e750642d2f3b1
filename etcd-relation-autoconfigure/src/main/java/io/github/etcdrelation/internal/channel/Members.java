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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.grpc.Status;
import io.grpc.SynchronizationContext;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The members that calls are routed to, and the calls queued for one. Changes of members
 * run serially, without a lock, on the thread that reports them; calls read
 * {@link Routes}.
 */
final class Members implements MemberListener {

	private static final Log logger = LogFactory.getLog(RelationChannel.class);

	/**
	 * How long after the last call members out of use are asked again.
	 */
	private static final long ACTIVE_NANOS = TimeUnit.SECONDS.toNanos(60);

	private final String relation;

	private final ChannelSettings settings;

	private final SynchronizationContext sync;

	private final CurrentTarget current;

	private final PendingCalls waiting;

	private final MemberMonitor monitor;

	private final MemberLog memberLog;

	private final OpenConnections connections = new OpenConnections();

	private final Balancer balancer;

	private final Availability availability;

	private volatile CompletableFuture<Void> change = new CompletableFuture<>();

	private long activeTime = System.nanoTime();

	private final boolean dedicated;

	/**
	 * Create a set without members.
	 * @param relation the name of the relation for messages
	 * @param settings the settings of the channel
	 * @param executors the threads to use
	 * @param rotationListener notified of rotations
	 * @param dedicated whether it is for one call or probe: it logs nothing, and no call
	 * waits once all members have failed
	 */
	Members(String relation, ChannelSettings settings, ChannelExecutors executors, RotationListener rotationListener,
			boolean dedicated) {
		this.relation = relation;
		this.settings = settings;
		this.dedicated = dedicated;
		this.availability = new Availability(relation);
		this.sync = new SynchronizationContext(
				(thread, failure) -> logger.error(relation + ": a change of members failed", failure));
		this.current = new CurrentTarget(relation, this.sync::execute, executors.callbacks(false), rotationListener,
				this, this::update);
		this.waiting = new PendingCalls(executors);
		this.monitor = new MemberMonitor(executors, this.sync, this::tick);
		this.balancer = new Balancer(this.sync::execute, this::called);
		this.memberLog = new MemberLog(relation);
	}

	/**
	 * Connect to a target. The former one serves until a member has accepted this one.
	 * @param target the target
	 * @return completed when it is in use, exceptionally when no member accepts it
	 */
	CompletableFuture<Void> connectTo(ChannelTarget target) {
		TransportSecurity security = new TransportSecurity(target, this.settings);
		CompletableFuture<CompletableFuture<Void>> result = new CompletableFuture<>();
		this.sync.execute(() -> {
			result.complete(
					isClosed() ? CompletableFuture.failedFuture(new IllegalStateException(this.relation + " is closed"))
							: this.current.set(target, security));
			if (!this.waiting.isEmpty()) {
				this.current.connect();
			}
			this.monitor.wake();
		});
		return result.thenCompose((applied) -> applied);
	}

	/**
	 * Remove the target; calls are queued until another one is set.
	 * @param reason why, for the status of calls that fail
	 */
	void clear(String reason) {
		this.availability.setUnavailable(reason);
		this.sync.execute(this.current::clear);
	}

	/**
	 * Record that the current data cannot be used; the current connections stay in use.
	 */
	void refuse(String reason) {
		this.availability.setUnavailable(reason);
	}

	/**
	 * Publish members and routes, and resume queued calls that they may serve.
	 */
	private void update() {
		List<Member> latest = this.current.getMembers();
		this.availability.update(this.current.getTarget(), latest, this.current.getProblems());
		this.balancer.update(latest);
		if (!this.dedicated) {
			this.memberLog.update(this.current.getTarget(), latest, this.availability.getProblem());
		}
		if (this.balancer.isServing()) {
			this.waiting.resume((call) -> !call.isStream());
			this.waiting.resumeStreams(this.balancer.getRoutes(), System.nanoTime());
		}
		else if (this.balancer.getRoutes().reachable().length > 0) {
			// Other calls would only be queued again
			this.waiting.resume(PendingCall::isServedWithoutLeader);
		}
		if (this.dedicated && this.balancer.getRoutes().reachable().length == 0
				&& this.availability.getProblem() != null) {
			// There is no other member to wait for
			this.waiting.close(getUnservedStatus());
		}
		CompletableFuture<Void> changed = this.change;
		this.change = new CompletableFuture<>();
		changed.complete(null);
	}

	/**
	 * End queued calls if all members refuse to be connected to, which does not pass by
	 * itself. Streams wait, and members are tried again all the same.
	 */
	private void closeIfRefused(long now) {
		if (this.settings.failFast() && !this.waiting.isEmpty() && this.current.isRefused(now)) {
			this.waiting.close(this.availability.getRefusedStatus(), (call) -> !call.isStream());
		}
	}

	private void called() {
		if (!this.monitor.isLookingOften()) {
			this.sync.execute(() -> this.activeTime = System.nanoTime());
			this.monitor.wake();
		}
	}

	private MemberMonitor.Pace tick(long now, long since) {
		boolean urgent = !this.balancer.isServing() && !this.waiting.isEmpty();
		long timeout = this.settings.connectTimeout().toNanos();
		this.current.tick(now, 2 * timeout);
		this.current.getEndpoints()
			.forEach((endpoint) -> endpoint.getMembers().forEach((member) -> member.tick(now, since, urgent, timeout)));
		MemberMonitor.Pace pace = this.connections.check(this.sync::execute, now, since);
		if (!this.waiting.isEmpty()) {
			this.waiting.resumeStreams(this.balancer.getRoutes(), now);
			pace = MemberMonitor.Pace.OFTEN;
			closeIfRefused(now);
		}
		if (!this.waiting.isEmpty() || this.connections.areUsed()) {
			// The channel's own questions do not count, or they would never end
			this.activeTime = now;
		}
		if (pace == MemberMonitor.Pace.OFTEN
				|| getMembers().stream().anyMatch((member) -> member.getConnections().isAnyConnecting())) {
			return MemberMonitor.Pace.OFTEN;
		}
		boolean out = now - this.activeTime < ACTIVE_NANOS && getMembers().stream().anyMatch(Member::isOut);
		return (out || this.current.isRotating()) ? MemberMonitor.Pace.SELDOM : pace;
	}

	@Override
	public void opening(Connection connection) {
		this.connections.add(connection);
		if (isClosed()) {
			connection.closeNow();
		}
		this.monitor.wake();
	}

	@Override
	public void changed(Member member) {
		if (member.getState().getCondition() == MemberCondition.UNREACHABLE) {
			this.current.memberFailed(member);
		}
		update();
		this.current.advance();
		this.monitor.wake();
	}

	@Override
	public void accepted(Member member) {
		update();
		this.current.advance();
	}

	@Override
	public void refused(Member member) {
		this.current.advance();
	}

	@Override
	public void closed(Connection connection) {
		this.connections.remove(connection);
	}

	@Override
	public boolean isOnlyMember(Member member) {
		return getMembers().size() == 1;
	}

	@Override
	public boolean isBehind(Member member, MemberAnswer answer) {
		return getMembers().stream().anyMatch((other) -> other != member && answer.isBehind(other));
	}

	/**
	 * Return what picks the connections of calls.
	 */
	Balancer getBalancer() {
		return this.balancer;
	}

	/**
	 * Queue a call until a member may serve it; it is resumed on another thread.
	 */
	void enqueue(PendingCall call) {
		this.waiting.add(call);
		this.sync.execute(() -> {
			if (isClosed()) {
				return;
			}
			this.current.connect();
			long now = System.nanoTime();
			getMembers().forEach((member) -> member.verify(now));
			this.activeTime = now;
			if (call.isStream()) {
				this.waiting.resumeStreams(this.balancer.getRoutes(), now);
			}
			else if (this.balancer.getRoutes().serve(call, now)) {
				this.waiting.resume((other) -> other == call);
			}
			closeIfRefused(now);
			this.monitor.wake();
		});
		if (isClosed() && this.waiting.remove(call)) {
			call.onUnserved(getUnservedStatus());
		}
	}

	void forget(PendingCall call) {
		this.waiting.remove(call);
	}

	/**
	 * Record the refusal of a call because of its member's condition.
	 */
	void observe(Attempt<?> ended, Status status) {
		Refusal refusal = status.isOk() ? null : Refusal.of(status);
		if (refusal == Refusal.NO_LEADER || refusal == Refusal.LEARNER) {
			MemberCondition found = (refusal == Refusal.LEARNER) ? MemberCondition.LEARNER : MemberCondition.NO_LEADER;
			this.sync.execute(() -> ended.getConnection().getMember().refused(ended, found));
		}
	}

	/**
	 * Return the members in use.
	 */
	List<Member> getMembers() {
		return this.availability.getMembers();
	}

	/**
	 * Connect the members; the result completes at the next change of any.
	 */
	CompletableFuture<Void> connect() {
		CompletableFuture<Void> next = this.change;
		this.sync.execute(() -> {
			this.current.connect();
			this.monitor.wake();
		});
		return next;
	}

	@Nullable ChannelTarget getTarget() {
		return this.current.getTarget();
	}

	long getRotations() {
		return this.current.getRotations();
	}

	boolean isClosed() {
		return this.availability.isClosed();
	}

	/**
	 * Return whether calls can be served.
	 */
	Availability getAvailability() {
		return this.availability;
	}

	Status getUnservedStatus() {
		return this.availability.getUnservedStatus();
	}

	/**
	 * Close all connections: calls that are queued or in flight fail.
	 */
	void close() {
		this.availability.close();
		this.waiting.close(getUnservedStatus());
		this.sync.execute(this.current::clear);
		this.connections.close();
	}

}
