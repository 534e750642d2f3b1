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

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * The connections of a member: those in use, and those that are being opened or proven to
 * take their place. Changes run in the order of the members'
 * {@link io.grpc.SynchronizationContext}.
 */
final class MemberConnections {

	private final Consumer<Runnable> sync;

	private final Function<TransportSecurity, Connection> factory;

	private final UnaryConnection unary = new UnaryConnection();

	private final StreamConnection streams = new StreamConnection();

	private final CredentialProof proof = new CredentialProof();

	private volatile TransportSecurity security;

	/**
	 * Create the connections of a member, of which there are none yet.
	 * @param security how to connect
	 * @param sync runs tasks one after the other
	 * @param factory makes a connection
	 */
	MemberConnections(TransportSecurity security, Consumer<Runnable> sync,
			Function<TransportSecurity, Connection> factory) {
		this.security = security;
		this.sync = sync;
		this.factory = factory;
	}

	private Connection open() {
		return open(this.security);
	}

	private Connection open(TransportSecurity used) {
		Connection opened = this.factory.apply(used);
		opened.connect(this.sync);
		return opened;
	}

	/**
	 * Open another connection for unary calls unless that is under way.
	 */
	void reconnect() {
		this.unary.open(this::open);
	}

	/**
	 * Open the connection for streams unless it is there, on its way or has just failed.
	 */
	void connectStreams() {
		if (this.unary.get() != null) {
			this.streams.open(this::open);
		}
	}

	/**
	 * Prove other credentials.
	 * @return whether they are others than those in use
	 */
	boolean prove(TransportSecurity proposed) {
		boolean other = !proposed.equals(this.security);
		this.proof.propose(other ? proposed : null);
		if (other) {
			this.proof.connecting(open(proposed));
		}
		return other;
	}

	void proveIfDue(long now) {
		TransportSecurity proposed = this.proof.getProposed();
		if (proposed != null && this.proof.isDue(now)) {
			this.proof.connecting(open(proposed));
		}
	}

	void stopProving() {
		this.proof.propose(null);
	}

	/**
	 * Have those fail that are not open in time.
	 */
	void checkOpened(long now, long since, long timeoutNanos) {
		for (Connection connection : present(this.unary.getConnecting(), this.proof.getConnection(),
				this.streams.get())) {
			connection.checkOpened(now, since, timeoutNanos);
		}
	}

	/**
	 * Return whether one in use owes an answer and is silent; ask those that are quiet.
	 */
	boolean isSilent(long now, long since) {
		boolean silent = false;
		for (Connection connection : inUse()) {
			silent |= connection.checkSilence(this.sync, now, since);
		}
		return silent;
	}

	/**
	 * Ask those on which nothing was heard for long.
	 */
	void verify(long now) {
		for (Connection connection : inUse()) {
			if (connection.isStale(now)) {
				connection.ask(this.sync, now);
			}
		}
	}

	/**
	 * Ask again, on the connection in use or on another one.
	 */
	void askAgain(long now, boolean anew) {
		Connection current = this.unary.get();
		if (current != null && !anew) {
			current.ask(this.sync, now);
		}
		else {
			reconnect();
		}
	}

	/**
	 * Take note that a connection could not be opened.
	 * @return what it was for
	 */
	Purpose failed(Connection connection, String reason) {
		if (this.unary.isConnecting(connection)) {
			this.unary.failed();
			return (this.unary.get() == null) ? Purpose.CONNECTING : Purpose.OTHER;
		}
		if (isProving(connection)) {
			this.proof.refused(reason, this.unary.get() != null);
			return Purpose.PROVING;
		}
		return takeStreams(connection, true) ? Purpose.STREAMS : Purpose.OTHER;
	}

	/**
	 * Use a connection for unary calls that was being opened.
	 * @return what was in use
	 */
	Connection[] use(Connection opened) {
		return present(this.unary.use(opened));
	}

	/**
	 * Use a connection whose credentials the member has accepted.
	 * @return what was in use
	 */
	Connection[] accept(Connection proven) {
		this.proof.accepted();
		this.security = proven.getSecurity();
		return present(this.unary.use(proven), this.streams.take(false));
	}

	/**
	 * Give up what is in use.
	 */
	Connection[] takeAll() {
		return present(this.unary.use(null), this.streams.take(false));
	}

	/**
	 * Give up the connection for unary calls if it is this one.
	 */
	boolean takeUnary(Connection connection) {
		boolean taken = this.unary.is(connection);
		if (taken) {
			this.unary.use(null);
			// It may be another process that answers from now on
			this.proof.hurry();
		}
		return taken;
	}

	/**
	 * Give up the connection for streams if it is this one.
	 * @param failed whether to open none for a while
	 */
	boolean takeStreams(Connection connection, boolean failed) {
		boolean taken = this.streams.is(connection);
		if (taken) {
			this.streams.take(failed);
		}
		return taken;
	}

	Connection[] inUse() {
		return present(this.unary.get(), this.streams.get());
	}

	private static Connection[] present(@Nullable Connection... candidates) {
		List<Connection> present = new ArrayList<>();
		for (Connection candidate : candidates) {
			if (candidate != null) {
				present.add(candidate);
			}
		}
		return present.toArray(Connection[]::new);
	}

	boolean isInUse(Connection connection) {
		return this.unary.is(connection) || this.streams.is(connection);
	}

	boolean isConnecting(Connection connection) {
		return this.unary.isConnecting(connection);
	}

	boolean isProving(Connection connection) {
		return this.proof.getConnection() == connection;
	}

	/**
	 * Return whether there is a connection for unary calls, or one on its way.
	 */
	boolean isConnected() {
		return this.unary.get() != null || this.unary.getConnecting() != null;
	}

	boolean isReconnecting() {
		return this.unary.getConnecting() != null || this.proof.getConnection() != null;
	}

	boolean isAnyConnecting() {
		return this.unary.getConnecting() != null || this.proof.getConnection() != null || this.streams.isConnecting();
	}

	/**
	 * Return whether credentials were proposed that the member has not accepted.
	 */
	boolean isProving() {
		return this.proof.getProposed() != null;
	}

	/**
	 * Return whether others than the proposed credentials are in use.
	 */
	boolean isLagging() {
		return this.proof.getProposed() != null && this.unary.get() != null;
	}

	/**
	 * Return whether a connection with these credentials is in use.
	 */
	boolean hasAccepted(TransportSecurity proposed) {
		return this.unary.get() != null && this.security.equals(proposed);
	}

	/**
	 * Return why the member did not accept the proposed credentials when last tried.
	 */
	@Nullable String getRefusal() {
		return this.proof.getRefusal();
	}

	boolean hasStreamsFailed(long now) {
		return this.streams.hasFailed(now);
	}

	@Nullable Connection getUnary() {
		return this.unary.get();
	}

	@Nullable Connection getStreams() {
		return this.streams.get();
	}

	TransportSecurity getSecurity() {
		return this.security;
	}

	/**
	 * What a connection was opened for.
	 */
	enum Purpose {

		CONNECTING, PROVING, STREAMS, OTHER

	}

}
