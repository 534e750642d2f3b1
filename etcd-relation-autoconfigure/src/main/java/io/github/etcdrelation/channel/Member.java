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

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.etcd.jetcd.api.StatusResponse;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * One address of one endpoint, and the connections to it: one for unary calls, one for
 * streams once there are any, and one more while it is opened again or new credentials
 * are proven. All that changes it runs in the order of the members'
 * {@link io.grpc.SynchronizationContext}; getters may be called from any thread.
 */
final class Member implements Connection.Listener {

	/**
	 * A connection that lived shorter is not opened again at once.
	 */
	private static final long SHORT_LIFE_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final Endpoint endpoint;

	private final InetSocketAddress address;

	private final Consumer<Runnable> sync;

	private final MemberListener listener;

	private final MemberState state = new MemberState();

	private final CredentialProof proof = new CredentialProof();

	private volatile TransportSecurity security;

	private volatile @Nullable Connection unary;

	private final StreamConnection streams = new StreamConnection();

	private @Nullable Connection connecting;

	private boolean retired;

	/**
	 * Create a member, to which nothing is connected yet.
	 * @param endpoint the endpoint, against whose host the member is verified
	 * @param address the address
	 * @param security how to connect
	 * @param sync runs tasks one after the other
	 * @param listener is notified in that order
	 */
	Member(Endpoint endpoint, InetSocketAddress address, TransportSecurity security, Consumer<Runnable> sync,
			MemberListener listener) {
		this.endpoint = endpoint;
		this.address = address;
		this.security = security;
		this.sync = sync;
		this.listener = listener;
	}

	/**
	 * Connect, unless something is connected, on its way or has just failed.
	 */
	void connect() {
		long now = System.nanoTime();
		if (!this.retired && this.unary == null && this.connecting == null && this.state.isToBeAsked(now, false)) {
			this.state.asked(now);
			this.state.connecting();
			this.connecting = open(this.security);
		}
	}

	/**
	 * Open the connection for streams unless it is there, on its way or has just failed.
	 */
	void connectStreams() {
		if (!this.retired && this.unary != null) {
			this.streams.open(() -> open(this.security));
		}
	}

	private Connection open(TransportSecurity used) {
		Connection opened = new Connection(this, used, this);
		this.listener.opening(opened);
		opened.connect(this.sync);
		return opened;
	}

	/**
	 * Prove other credentials: what is in use serves until the member has accepted them.
	 */
	void prove(TransportSecurity proposed) {
		if (proposed.equals(this.security)) {
			this.proof.propose(null);
			connect();
		}
		else {
			this.proof.propose(proposed);
			this.proof.connecting(open(proposed));
		}
	}

	/**
	 * Do what is due.
	 * @param now the time by {@link System#nanoTime()}
	 * @param since no silence counts that was before
	 * @param urgent whether no member serves
	 */
	void tick(long now, long since, boolean urgent, long connectTimeoutNanos) {
		Stream.of(this.connecting, this.proof.getConnection(), this.streams.get())
			.filter((connection) -> connection != null && !connection.isOpen()
					&& now - connection.getStartTime() > connectTimeoutNanos)
			.forEach((connection) -> failed(connection, Status.UNAVAILABLE.withDescription(
					"no connection within %d ms".formatted(TimeUnit.NANOSECONDS.toMillis(connectTimeoutNanos)))));
		if (isSilent(this.unary, now, since) || isSilent(this.streams.get(), now, since)) {
			silent();
		}
		TransportSecurity proposed = this.proof.getProposed();
		if (proposed != null && this.proof.isDue(now)) {
			this.proof.connecting(open(proposed));
		}
		if (this.state.isOut() && this.state.isToBeAsked(now, urgent)) {
			askAgain(now);
		}
	}

	private boolean isSilent(@Nullable Connection connection, long now, long since) {
		return connection != null && connection.checkSilence(this.sync, now, since);
	}

	private void askAgain(long now) {
		this.state.asked(now);
		Connection current = this.unary;
		if (current != null && !this.listener.isOnlyMember(this)) {
			current.ask(this.sync, now);
		}
		else if (this.connecting == null) {
			// Behind a load balancer another connection may reach another member
			this.connecting = open(this.security);
		}
	}

	/**
	 * Ask before a call is trusted to a connection on which nothing was heard for long.
	 */
	void verify(long now) {
		connections().filter((connection) -> connection.isStale(now))
			.forEach((connection) -> connection.ask(this.sync, now));
	}

	private Stream<Connection> connections() {
		return Stream.of(this.unary, this.streams.get())
			.filter((connection) -> connection != null)
			.map(Connection.class::cast);
	}

	@Override
	public void failed(Connection connection, Status reason) {
		connection.closeNow();
		String explanation = FailureReason.explain(reason, this.state.getProblem(), connection.getSecurity());
		if (connection == this.connecting) {
			this.connecting = null;
			if (this.unary == null) {
				out(MemberCondition.UNREACHABLE, explanation);
			}
		}
		else if (connection == this.proof.getConnection()) {
			this.proof.refused(explanation);
			this.listener.refused(this);
		}
		else if (this.streams.is(connection)) {
			this.streams.take(true);
			this.listener.changed(this);
		}
	}

	@Override
	public void answered(Connection connection, MemberAnswer answer) {
		if (connection == this.connecting) {
			this.connecting = null;
			Connection former = this.unary;
			this.unary = connection;
			retire(former);
		}
		else if (connection == this.proof.getConnection()) {
			accept(connection);
		}
		if (connection != this.unary && !this.streams.is(connection)) {
			return;
		}
		this.state.answered(answer);
		Refusal refused = Refusal.of(answer.status());
		StatusResponse response = answer.response();
		if (refused == Refusal.NO_LEADER || (response != null && response.getLeader() == 0)) {
			refuses(MemberCondition.NO_LEADER);
		}
		else if (refused == Refusal.LEARNER || (response != null && response.getIsLearner())) {
			refuses(MemberCondition.LEARNER);
		}
		else if (this.unary != null) {
			this.state.serving();
			this.listener.changed(this);
		}
	}

	private void accept(Connection accepted) {
		Connection formerUnary = this.unary;
		Connection formerStreams = this.streams.take(false);
		closeConnecting();
		this.proof.accepted();
		this.security = accepted.getSecurity();
		this.unary = accepted;
		// First, so that what moves finds the new connection
		this.listener.accepted(this);
		retire(formerUnary);
		retire(formerStreams);
	}

	/**
	 * Take note that etcd refused a call because of how the member is.
	 */
	void refused(Connection connection, MemberCondition found) {
		if (connection == this.unary || this.streams.is(connection)) {
			refuses(found);
		}
	}

	private void refuses(MemberCondition found) {
		boolean news = this.state.getCondition() != found;
		out(found, (found == MemberCondition.LEARNER) ? "the member is a learner" : "etcd has no leader");
		if (news) {
			connections().forEach((connection) -> connection.notifyAttempts(Attempt.Unusable.REFUSING));
		}
	}

	@Override
	public void broken(Connection connection) {
		boolean inUse = connection == this.unary;
		boolean lived = System.nanoTime() - connection.getStartTime() > SHORT_LIFE_NANOS;
		if (this.streams.is(connection)) {
			this.streams.take(!lived);
			this.listener.changed(this);
		}
		if (inUse) {
			this.unary = null;
			out(MemberCondition.UNREACHABLE, "the connection broke");
			if (lived && this.connecting == null && !this.retired) {
				this.connecting = open(this.security);
			}
			this.proof.hurry();
		}
		// Last, so that what moves does not come back
		connection.setUnusable(Attempt.Unusable.BROKEN);
	}

	private void silent() {
		Connection[] former = connections().toArray(Connection[]::new);
		this.unary = null;
		this.streams.take(false);
		out(MemberCondition.SILENT, "no answer from etcd");
		if (this.connecting == null) {
			// The former connection may be what fails
			this.connecting = open(this.security);
		}
		for (Connection connection : former) {
			connection.setUnusable(Attempt.Unusable.SILENT);
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
	 * Take the member out for good: streams leave it, and what it owes it may still
	 * answer.
	 */
	void retire() {
		this.retired = true;
		this.proof.propose(null);
		closeConnecting();
		Connection formerUnary = this.unary;
		Connection formerStreams = this.streams.take(false);
		this.unary = null;
		this.state.idle();
		retire(formerUnary);
		retire(formerStreams);
	}

	private void closeConnecting() {
		if (this.connecting != null) {
			this.connecting.closeNow();
			this.connecting = null;
		}
	}

	private static void retire(@Nullable Connection connection) {
		if (connection != null) {
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
	 * Return whether the member is served with former credentials, for it has not
	 * accepted the new ones.
	 */
	boolean isLagging() {
		return this.proof.getProposed() != null && this.unary != null;
	}

	/**
	 * Return why the member did not accept the new credentials when last tried.
	 */
	@Nullable String getRefusal() {
		return this.proof.getRefusal();
	}

	/**
	 * Return whether a connection with these credentials is in use.
	 */
	boolean hasAccepted(TransportSecurity proposed) {
		return this.unary != null && this.security.equals(proposed);
	}

	boolean isConnecting() {
		return this.connecting != null || this.proof.getConnection() != null || this.streams.isConnecting();
	}

	boolean hasStreamsFailed(long now) {
		return this.streams.hasFailed(now);
	}

	@Nullable Connection getUnary() {
		return this.unary;
	}

	@Nullable Connection getStreams() {
		return this.streams.get();
	}

	/**
	 * Return the URL of the member, with its address where the endpoint is a name.
	 */
	@Override
	public String toString() {
		String url = (this.security.isTls() ? "https://" : "http://") + this.endpoint;
		return this.endpoint.isLiteral() ? url : url + " (" + this.address.getAddress().getHostAddress() + ")";
	}

}
