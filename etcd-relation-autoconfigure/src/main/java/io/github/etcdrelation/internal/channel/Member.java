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

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * One address of one endpoint, and the connections to it: one for unary calls, one for
 * streams once there are any, and one more while reconnecting or proving new credentials.
 * Changes run in the members' {@link io.grpc.SynchronizationContext}; getters may be
 * called from any thread.
 */
final class Member implements Connection.Listener {

	private static final long SHORT_LIFE_NANOS = TimeUnit.SECONDS.toNanos(1);

	/**
	 * After this many shorter-lived connections in a row the next one is delayed.
	 */
	private static final int MAX_SHORT_LIVES = 8;

	private final Endpoint endpoint;

	private final InetSocketAddress address;

	private final MemberListener listener;

	private final MemberState state = new MemberState();

	private final MemberConnections connections;

	private boolean retired;

	private int shortLives;

	/**
	 * Create a member without connections.
	 * @param endpoint the endpoint, against whose host the member is verified
	 * @param address the address
	 * @param security the transport security
	 * @param sync runs tasks serially
	 * @param listener notified by those tasks
	 */
	Member(Endpoint endpoint, InetSocketAddress address, TransportSecurity security, Consumer<Runnable> sync,
			MemberListener listener) {
		this.endpoint = endpoint;
		this.address = address;
		this.listener = listener;
		this.connections = new MemberConnections(security, sync, this::newConnection);
	}

	private Connection newConnection(TransportSecurity security) {
		Connection connection = new Connection(this, security, this);
		this.listener.opening(connection);
		return connection;
	}

	/**
	 * Connect, unless it is connected, connecting or has just failed.
	 */
	void connect() {
		long now = System.nanoTime();
		if (!this.retired && !this.connections.isConnected() && this.state.isToBeAsked(now, false)) {
			this.state.asked(now);
			this.state.connecting();
			this.connections.reconnect();
		}
	}

	/**
	 * Open the connection for streams unless it is open, opening or has just failed.
	 */
	void connectStreams() {
		if (!this.retired) {
			this.connections.connectStreams();
		}
	}

	/**
	 * Prove credentials: the connections in use serve until the member has accepted them.
	 */
	void prove(TransportSecurity proposed) {
		this.state.reconsider();
		if (!this.connections.prove(proposed)) {
			connect();
		}
	}

	/**
	 * Run what is due.
	 * @param now the time by {@link System#nanoTime()}
	 * @param since silence before this time is ignored
	 * @param urgent whether no member serves
	 */
	void tick(long now, long since, boolean urgent, long connectTimeoutNanos) {
		this.connections.checkOpened(now, since, connectTimeoutNanos);
		if (this.connections.isSilent(now, since)) {
			silent();
		}
		this.connections.proveIfDue(now, urgent);
		if (this.state.isOut() && this.state.isToBeAsked(now, urgent)) {
			askAgain(now);
		}
	}

	private void askAgain(long now) {
		this.state.asked(now);
		// Behind a load balancer another connection may reach another member
		this.connections.askAgain(now, this.listener.isOnlyMember(this));
	}

	/**
	 * Verify connections that received nothing for long, before a call is sent on them.
	 */
	void verify(long now) {
		this.connections.verify(now);
	}

	@Override
	public void failed(Connection connection, Status reason) {
		connection.closeNow();
		boolean proving = this.connections.isProving(connection);
		ConnectFailure former = proving ? this.connections.getRefusalReason() : this.state.getFailure();
		ConnectFailure failure = connection.getSecurity().analyze(this.endpoint, reason, former);
		switch (this.connections.failed(connection, failure)) {
			case CONNECTING -> unreachable(failure);
			case PROVING -> this.listener.refused(this);
			case STREAMS -> this.listener.changed(this);
			case OTHER -> {
				// Another one is in use
			}
		}
	}

	@Override
	public void answered(Connection connection, MemberAnswer answer) {
		if (this.connections.isConnecting(connection)) {
			retire(this.connections.use(connection));
		}
		else if (this.connections.isProving(connection)) {
			Connection[] former = this.connections.accept(connection);
			// First, so that moving calls find the new connection
			this.listener.accepted(this);
			retire(former);
		}
		if (!this.connections.isInUse(connection)) {
			return;
		}
		this.state.answered(answer);
		MemberCondition found = answer.judge();
		if (found != MemberCondition.SERVING) {
			refuses(found);
		}
		else if (this.listener.isBehind(this, answer)) {
			refuses(MemberCondition.NO_LEADER, "the member has not heard of the last election");
		}
		else if (getUnary() != null) {
			this.state.serving();
			this.listener.changed(this);
		}
	}

	/**
	 * Record that etcd refused a call because of the member's condition.
	 */
	void refused(Attempt<?> ended, MemberCondition found) {
		MemberAnswer latest = this.state.getLastAnswer();
		// The end of a stream may be reported late
		boolean outdated = isServing() && latest != null && latest.time() - ended.getEndTime() > 0;
		if (!outdated && this.connections.isInUse(ended.getConnection())) {
			refuses(found);
		}
	}

	private void refuses(MemberCondition found) {
		refuses(found, (found == MemberCondition.LEARNER) ? "the member is a learner" : "etcd has no leader");
	}

	private void refuses(MemberCondition found, String reason) {
		boolean news = this.state.getCondition() != found;
		out(found, reason);
		if (news) {
			for (Connection connection : this.connections.inUse()) {
				connection.notifyAttempts(Attempt.Unusable.REFUSING);
			}
		}
	}

	@Override
	public void broken(Connection connection) {
		boolean again = isToBeOpenedAgain(connection);
		if (this.connections.takeStreams(connection, !again)) {
			this.listener.changed(this);
		}
		else if (this.connections.takeUnary(connection)) {
			if (again && !this.retired) {
				this.connections.reconnect();
			}
			out(MemberCondition.UNREACHABLE, "the connection broke");
		}
		// Last, so that moving calls do not come back
		connection.setUnusable(Attempt.Unusable.BROKEN);
	}

	private boolean isToBeOpenedAgain(Connection broken) {
		boolean lived = System.nanoTime() - broken.getStartTime() > SHORT_LIFE_NANOS;
		this.shortLives = lived ? 0 : this.shortLives + 1;
		boolean again = this.shortLives < MAX_SHORT_LIVES;
		if (!again) {
			// After a delay, and then at once again
			this.shortLives = 0;
		}
		return again;
	}

	private void silent() {
		Connection[] former = this.connections.takeAll();
		out(MemberCondition.SILENT, "no answer from etcd");
		// Only the former connection may have failed
		this.connections.reconnect();
		for (Connection connection : former) {
			connection.setUnusable(Attempt.Unusable.SILENT);
		}
	}

	private void unreachable(ConnectFailure failure) {
		if (!this.retired) {
			this.state.unreachable(failure);
			this.listener.changed(this);
		}
	}

	private void out(MemberCondition found, String reason) {
		if (!this.retired) {
			this.state.out(found, reason);
			this.listener.changed(this);
		}
	}

	@Override
	public void closed(Connection connection) {
		this.listener.closed(connection);
	}

	/**
	 * Retire the member: streams move, and unary calls in flight may still finish.
	 */
	void retire() {
		this.retired = true;
		this.state.idle();
		this.connections.stopProving();
		retire(this.connections.takeAll());
	}

	private static void retire(Connection... connections) {
		for (Connection connection : connections) {
			connection.setUnusable(Attempt.Unusable.RETIRED);
		}
	}

	Endpoint getEndpoint() {
		return this.endpoint;
	}

	InetSocketAddress getAddress() {
		return this.address;
	}

	MemberState getState() {
		return this.state;
	}

	boolean isServing() {
		return this.state.getCondition() == MemberCondition.SERVING;
	}

	boolean isOut() {
		return this.state.isOut();
	}

	/**
	 * Return whether the member is connected with former credentials because it has not
	 * accepted the new ones.
	 */
	boolean isLagging() {
		return this.connections.isLagging();
	}

	MemberConnections getConnections() {
		return this.connections;
	}

	@Nullable Connection getUnary() {
		return this.connections.getUnary();
	}

	@Nullable Connection getStreams() {
		return this.connections.getStreams();
	}

	/**
	 * Return the URL of the member, with its address where the endpoint is a name.
	 */
	@Override
	public String toString() {
		String url = (this.connections.getSecurity().isTls() ? "https://" : "http://") + this.endpoint;
		return this.endpoint.isLiteral() ? url : url + " (" + this.address.getAddress().getHostAddress() + ")";
	}

}
