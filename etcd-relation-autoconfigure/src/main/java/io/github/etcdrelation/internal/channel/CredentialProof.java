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

import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * New credentials that a member has not accepted yet, and the connection to prove them.
 */
final class CredentialProof {

	private static final long MAX_DELAY_NANOS = TimeUnit.SECONDS.toNanos(5);

	private static final long DELAY_NANOS = TimeUnit.SECONDS.toNanos(1);

	private static final long URGENT_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

	private volatile @Nullable TransportSecurity proposed;

	private volatile @Nullable ConnectFailure refusal;

	private @Nullable Connection connection;

	private int refusals;

	private long refusedTime;

	private long againTime;

	/**
	 * Start to prove credentials, or stop.
	 * @param proposed the credentials, {@code null} for none
	 */
	void propose(@Nullable TransportSecurity proposed) {
		Connection former = this.connection;
		this.connection = null;
		if (former != null) {
			former.closeNow();
		}
		this.proposed = proposed;
		this.refusals = 0;
		this.refusal = null;
		this.refusedTime = System.nanoTime();
		hurry();
	}

	/**
	 * Try again at once: another process may answer for the member now.
	 */
	void hurry() {
		this.againTime = System.nanoTime();
	}

	/**
	 * Return whether to try now.
	 * @param now the time by {@link System#nanoTime()}
	 * @param urgent whether no member serves, and this one may accept only what is proven
	 */
	boolean isDue(long now, boolean urgent) {
		long due = urgent ? Math.min(this.againTime - now, this.refusedTime + URGENT_DELAY_NANOS - now)
				: this.againTime - now;
		return this.proposed != null && this.connection == null && due <= 0;
	}

	void connecting(Connection connection) {
		this.connection = connection;
	}

	/**
	 * Record that the member did not accept.
	 * @param served whether it has a connection with the former credentials: if not, it
	 * may now accept only the new ones
	 */
	void refused(ConnectFailure reason, boolean served) {
		this.connection = null;
		this.refusals = served ? this.refusals + 1 : 1;
		this.refusedTime = System.nanoTime();
		this.againTime = this.refusedTime + Math.min(MAX_DELAY_NANOS, DELAY_NANOS * this.refusals);
		this.refusal = reason;
	}

	void accepted() {
		this.connection = null;
		this.proposed = null;
		this.refusal = null;
	}

	@Nullable TransportSecurity getProposed() {
		return this.proposed;
	}

	@Nullable Connection getConnection() {
		return this.connection;
	}

	/**
	 * Return why the member did not accept when last tried.
	 */
	@Nullable ConnectFailure getRefusal() {
		return this.refusal;
	}

}
