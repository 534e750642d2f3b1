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

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * The connections of a member: those in use, and those that are being opened or proven to
 * replace them. Changes run in the members' {@link io.grpc.SynchronizationContext}.
 */
final class MemberConnections {

	private final Consumer<Runnable> sync;

	private final Function<TransportSecurity, Connection> factory;

	private final UnaryConnection unary = new UnaryConnection();

	private final StreamConnection streams = new StreamConnection();

	private final CredentialProof proof = new CredentialProof();

	private volatile TransportSecurity security;

	/**
	 * Create an instance without connections.
	 * @param security the transport security
	 * @param sync runs tasks serially
	 * @param factory creates a connection
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
	 * Open another connection for unary calls unless one is being opened.
	 */
	void reconnect() {
		this.unary.open(this::open);
	}

	/**
	 * Open the connection for streams unless it is open, opening or has just failed.
	 */
	void connectStreams() {
		if (this.unary.get() != null) {
			this.streams.open(() -> open(this.security.forStreams()));
		}
	}

	/**
	 * Prove credentials.
	 * @return whether they differ from those in use
	 */
	boolean prove(TransportSecurity proposed) {
		boolean other = !proposed.equals(this.security);
		this.proof.propose(other ? proposed : null);
		if (other) {
			this.proof.connecting(open(proposed));
		}
		return other;
	}

	void proveIfDue(long now, boolean urgent) {
		TransportSecurity proposed = this.proof.getProposed();
		if (proposed != null && this.proof.isDue(now, urgent)) {
			this.proof.connecting(open(proposed));
		}
	}

	void stopProving() {
		this.proof.propose(null);
	}

	/**
	 * Fail connections that were not opened within the timeout.
	 */
	void checkOpened(long now, long since, long timeoutNanos) {
		for (Connection connection : present(this.unary.getConnecting(), this.proof.getConnection(),
				this.streams.get())) {
			connection.checkOpened(now, since, timeoutNanos);
		}
	}

	/**
	 * Return whether one in use has overdue responses and is silent; ask quiet ones.
	 */
	boolean isSilent(long now, long since) {
		boolean silent = false;
		for (Connection connection : inUse()) {
			silent |= connection.checkSilence(this.sync, now, since);
		}
		return silent;
	}

	/**
	 * Verify connections that received nothing for long.
	 */
	void verify(long now) {
		for (Connection connection : inUse()) {
			if (connection.isStale(now)) {
				connection.ask(this.sync, now);
			}
		}
	}

	/**
	 * Ask again, on the connection in use or on a new one.
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
	 * Record that a connection could not be opened.
	 * @return its purpose
	 */
	Purpose failed(Connection connection, ConnectFailure reason) {
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
	 * Use a newly opened connection for unary calls.
	 * @return the connections that were in use
	 */
	Connection[] use(Connection opened) {
		return present(this.unary.use(opened));
	}

	/**
	 * Use a connection whose credentials the member has accepted.
	 * @return the connections that were in use
	 */
	Connection[] accept(Connection proven) {
		this.proof.accepted();
		this.security = proven.getSecurity();
		return present(this.unary.use(proven), this.streams.take(false));
	}

	/**
	 * Remove and return the connections in use.
	 */
	Connection[] takeAll() {
		return present(this.unary.use(null), this.streams.take(false));
	}

	/**
	 * Remove the connection for unary calls if it is this one.
	 */
	boolean takeUnary(Connection connection) {
		boolean taken = this.unary.is(connection);
		if (taken) {
			this.unary.use(null);
			// Another process may answer from now on
			this.proof.hurry();
		}
		return taken;
	}

	/**
	 * Remove the connection for streams if it is this one.
	 * @param failed whether to delay the next one
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
	 * Return whether a connection for unary calls is open or being opened.
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
	 * Return whether credentials other than the proposed ones are in use.
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
		ConnectFailure refusal = this.proof.getRefusal();
		return (refusal != null) ? refusal.reason() : null;
	}

	@Nullable ConnectFailure getRefusalReason() {
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
