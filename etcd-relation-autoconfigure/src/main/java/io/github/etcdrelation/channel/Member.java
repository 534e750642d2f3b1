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

	private static final long ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

	private static final long ASK_AGAIN_URGENTLY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

	private static final long MAX_PROOF_DELAY_NANOS = TimeUnit.SECONDS.toNanos(5);

	private static final long STREAMS_DELAY_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final Endpoint endpoint;

	private final InetSocketAddress address;

	private final Consumer<Runnable> sync;

	private final Listener listener;

	private volatile TransportSecurity security;

	private volatile @Nullable TransportSecurity next;

	private volatile @Nullable Connection unary;

	private volatile @Nullable Connection streams;

	private @Nullable Connection connecting;

	private @Nullable Connection proving;

	private volatile MemberCondition condition = MemberCondition.IDLE;

	private volatile @Nullable String problem;

	private volatile @Nullable String refusal;

	private volatile long term;

	private volatile @Nullable StatusResponse lastStatus;

	private volatile @Nullable MemberAnswer lastAnswer;

	private volatile long failureTime = System.nanoTime() - TimeUnit.DAYS.toNanos(1);

	private long askAgainTime;

	private long proveAgainTime;

	private int refusals;

	private long streamsFailedTime;

	private boolean streamsFailed;

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
			Listener listener) {
		this.endpoint = endpoint;
		this.address = address;
		this.security = security;
		this.sync = sync;
		this.listener = listener;
	}

	/**
	 * Connect, unless something is connected or on its way.
	 */
	void connect() {
		if (!this.retired && this.unary == null && this.connecting == null
				&& (this.condition == MemberCondition.IDLE || System.nanoTime() - this.askAgainTime >= 0)) {
			if (this.condition == MemberCondition.IDLE) {
				this.condition = MemberCondition.CONNECTING;
			}
			this.connecting = open(this.security);
		}
	}

	/**
	 * Open the connection for streams unless it is there, on its way or has just failed.
	 */
	void connectStreams() {
		if (!this.retired && this.streams == null && this.unary != null && !hasStreamsFailed(System.nanoTime())) {
			this.streams = open(this.security);
		}
	}

	private Connection open(TransportSecurity security) {
		Connection opened = new Connection(this, security, this);
		this.listener.opening(opened);
		opened.connect(this.sync);
		return opened;
	}

	/**
	 * Prove other credentials: what is in use serves until the member has accepted them.
	 */
	void prove(TransportSecurity proposed) {
		close(this.proving);
		this.proving = null;
		this.refusals = 0;
		this.refusal = null;
		if (proposed.equals(this.security)) {
			this.next = null;
			connect();
			return;
		}
		this.next = proposed;
		this.proving = open(proposed);
	}

	/**
	 * Do what is due.
	 * @param now the time by {@link System#nanoTime()}
	 * @param since no silence counts that was before
	 * @param urgent whether no member serves
	 */
	void tick(long now, long since, boolean urgent, long connectTimeoutNanos) {
		checkConnecting(this.connecting, now, connectTimeoutNanos);
		checkConnecting(this.proving, now, connectTimeoutNanos);
		checkConnecting(this.streams, now, connectTimeoutNanos);
		if (isSilent(this.unary, now, since) || isSilent(this.streams, now, since)) {
			silent();
		}
		TransportSecurity proposed = this.next;
		if (proposed != null && this.proving == null && now - this.proveAgainTime >= 0) {
			this.proving = open(proposed);
		}
		boolean due = now - this.askAgainTime >= 0
				|| (urgent && this.askAgainTime - now < ASK_AGAIN_NANOS - ASK_AGAIN_URGENTLY_NANOS);
		if (due && this.condition.compareTo(MemberCondition.SERVING) > 0) {
			askAgain(now);
		}
	}

	private static void checkConnecting(@Nullable Connection connection, long now, long timeout) {
		if (connection != null && !connection.isOpen() && now - connection.getStartTime() > timeout) {
			connection.getMember()
				.failed(connection, Status.UNAVAILABLE
					.withDescription("no connection within %d ms".formatted(TimeUnit.NANOSECONDS.toMillis(timeout))));
		}
	}

	private boolean isSilent(@Nullable Connection connection, long now, long since) {
		return connection != null && connection.checkSilence(this.sync, now, since);
	}

	private void askAgain(long now) {
		this.askAgainTime = now + ASK_AGAIN_NANOS;
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
		for (Connection connection : new Connection[] { this.unary, this.streams }) {
			if (connection != null && connection.isStale(now)) {
				connection.ask(this.sync, now);
			}
		}
	}

	@Override
	public void failed(Connection connection, Status reason) {
		connection.closeNow();
		if (connection == this.connecting) {
			this.connecting = null;
			if (this.unary == null) {
				out(MemberCondition.UNREACHABLE, explain(reason, this.security));
			}
		}
		else if (connection == this.proving) {
			this.proving = null;
			this.refusals++;
			this.proveAgainTime = System.nanoTime() + Math.min(MAX_PROOF_DELAY_NANOS, ASK_AGAIN_NANOS * this.refusals);
			this.refusal = explain(reason, connection.getSecurity());
			this.listener.refused(this);
		}
		else if (connection == this.streams) {
			streamsFailed();
		}
	}

	private void streamsFailed() {
		this.streams = null;
		this.streamsFailed = true;
		this.streamsFailedTime = System.nanoTime();
		this.listener.changed(this);
	}

	private String explain(Status reason, TransportSecurity used) {
		return FailureReason.explain(reason, this.problem, used);
	}

	@Override
	public void answered(Connection connection, MemberAnswer answer) {
		if (connection == this.connecting) {
			this.connecting = null;
			Connection former = this.unary;
			this.unary = connection;
			retire(former);
		}
		else if (connection == this.proving) {
			accept(connection);
		}
		if (connection != this.unary && connection != this.streams) {
			return;
		}
		StatusResponse response = answer.response();
		if (response != null) {
			this.lastStatus = response;
			observeTerm(response.getRaftTerm());
		}
		this.lastAnswer = answer;
		judge(response, answer.status());
	}

	private void accept(Connection accepted) {
		Connection formerUnary = this.unary;
		Connection formerStreams = this.streams;
		close(this.connecting);
		this.connecting = null;
		this.proving = null;
		this.next = null;
		this.refusal = null;
		this.security = accepted.getSecurity();
		this.unary = accepted;
		this.streams = null;
		// First, so that what moves finds the new connection
		this.listener.accepted(this);
		retire(formerUnary);
		retire(formerStreams);
	}

	private void judge(@Nullable StatusResponse response, Status status) {
		Refusal refused = Refusal.of(status);
		if (refused == Refusal.NO_LEADER || (response != null && response.getLeader() == 0)) {
			out(MemberCondition.NO_LEADER, "etcd has no leader");
		}
		else if (refused == Refusal.LEARNER || (response != null && response.getIsLearner())) {
			out(MemberCondition.LEARNER, "the member is a learner");
		}
		else {
			serve();
		}
	}

	private void serve() {
		if (this.unary == null) {
			return;
		}
		this.streamsFailed = false;
		this.condition = MemberCondition.SERVING;
		this.problem = null;
		this.listener.changed(this);
	}

	/**
	 * Take note that etcd refused a call because of how the member is.
	 */
	void refused(Connection connection, MemberCondition found) {
		if (connection == this.unary || connection == this.streams) {
			out(found, (found == MemberCondition.LEARNER) ? "the member is a learner" : "etcd has no leader");
		}
	}

	@Override
	public void broken(Connection connection) {
		connection.setUnusable(Attempt.Unusable.BROKEN);
		boolean lived = System.nanoTime() - connection.getStartTime() > ASK_AGAIN_NANOS;
		if (connection == this.streams) {
			if (lived) {
				this.streams = null;
				this.listener.changed(this);
			}
			else {
				streamsFailed();
			}
		}
		if (connection != this.unary) {
			return;
		}
		this.unary = null;
		out(MemberCondition.UNREACHABLE, "the connection broke");
		if (lived) {
			this.connecting = (this.connecting != null) ? this.connecting : open(this.security);
		}
		this.proveAgainTime = System.nanoTime();
	}

	private void silent() {
		Connection formerUnary = this.unary;
		Connection formerStreams = this.streams;
		this.unary = null;
		this.streams = null;
		out(MemberCondition.SILENT, "no answer from etcd");
		if (this.connecting == null) {
			// The former connection may be what fails
			this.connecting = open(this.security);
		}
		for (Connection former : new Connection[] { formerUnary, formerStreams }) {
			if (former != null) {
				former.setUnusable(Attempt.Unusable.SILENT);
			}
		}
	}

	private void out(MemberCondition found, String reason) {
		if (this.retired) {
			return;
		}
		MemberCondition former = this.condition;
		this.condition = found;
		this.problem = reason;
		this.failureTime = System.nanoTime();
		this.askAgainTime = System.nanoTime() + ASK_AGAIN_NANOS;
		this.listener.changed(this);
		boolean refusing = found == MemberCondition.NO_LEADER || found == MemberCondition.LEARNER;
		if (refusing && former != found) {
			for (Connection connection : new Connection[] { this.unary, this.streams }) {
				if (connection != null) {
					connection.notifyAttempts(Attempt.Unusable.REFUSING);
				}
			}
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
		this.next = null;
		close(this.connecting);
		close(this.proving);
		this.connecting = null;
		this.proving = null;
		Connection formerUnary = this.unary;
		Connection formerStreams = this.streams;
		this.unary = null;
		this.streams = null;
		this.condition = MemberCondition.IDLE;
		retire(formerUnary);
		retire(formerStreams);
	}

	private static void retire(@Nullable Connection connection) {
		if (connection != null) {
			connection.setUnusable(Attempt.Unusable.RETIRED);
		}
	}

	private static void close(@Nullable Connection connection) {
		if (connection != null) {
			connection.closeNow();
		}
	}

	Endpoint getEndpoint() {
		return this.endpoint;
	}

	InetSocketAddress getAddress() {
		return this.address;
	}

	MemberCondition getCondition() {
		return this.condition;
	}

	boolean isServing() {
		return this.condition == MemberCondition.SERVING;
	}

	/**
	 * Return whether the member is out of use: not while it connects for the first time.
	 */
	boolean isOut() {
		return this.condition.compareTo(MemberCondition.SERVING) > 0;
	}

	/**
	 * Return whether the member is served with former credentials, for it has not
	 * accepted the new ones.
	 */
	boolean isLagging() {
		return this.next != null && this.unary != null;
	}

	/**
	 * Return whether a connection with these credentials is in use.
	 */
	boolean hasAccepted(TransportSecurity proposed) {
		return this.unary != null && this.security.equals(proposed);
	}

	boolean isConnecting() {
		Connection forStreams = this.streams;
		return this.connecting != null || this.proving != null || (forStreams != null && !forStreams.isOpen());
	}

	boolean hasStreamsFailed(long now) {
		return this.streamsFailed && now - this.streamsFailedTime < STREAMS_DELAY_NANOS;
	}

	@Nullable Connection getUnary() {
		return this.unary;
	}

	@Nullable Connection getStreams() {
		return this.streams;
	}

	/**
	 * Return when it was last found out of use, long ago if never.
	 * @return the time by {@link System#nanoTime()}
	 */
	long getFailureTime() {
		return this.failureTime;
	}

	/**
	 * Return why the member is out of use, {@code null} if it is not.
	 */
	@Nullable String getProblem() {
		return this.problem;
	}

	/**
	 * Return why the member did not accept the new credentials when last tried.
	 */
	@Nullable String getRefusal() {
		return this.refusal;
	}

	/**
	 * Return what the member last told of itself.
	 */
	@Nullable StatusResponse getLastStatus() {
		return this.lastStatus;
	}

	/**
	 * Return what the member last answered, be it a refusal.
	 */
	@Nullable MemberAnswer getLastAnswer() {
		return this.lastAnswer;
	}

	long getTerm() {
		return this.term;
	}

	/**
	 * Take note of the raft term that an answer shows.
	 */
	void observeTerm(long seen) {
		if (seen > this.term) {
			this.term = seen;
		}
	}

	/**
	 * Return the URL of the member, with its address where the endpoint is a name.
	 */
	@Override
	public String toString() {
		String url = (this.security.isTls() ? "https://" : "http://") + this.endpoint;
		return this.endpoint.isLiteral() ? url : url + " (" + this.address.getAddress().getHostAddress() + ")";
	}

	/**
	 * Notified of what becomes of a member.
	 */
	interface Listener {

		/**
		 * A connection is being opened, which {@link #closed} ends.
		 */
		void opening(Connection connection);

		/**
		 * The connections that calls may use have changed, or the condition.
		 */
		void changed(Member member);

		/**
		 * The member has accepted the new credentials.
		 */
		void accepted(Member member);

		/**
		 * The member has not accepted the new credentials.
		 */
		void refused(Member member);

		void closed(Connection connection);

		boolean isOnlyMember(Member member);

	}

}
