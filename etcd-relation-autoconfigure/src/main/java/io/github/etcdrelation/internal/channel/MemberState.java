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
import java.util.concurrent.atomic.AtomicLong;

import io.etcd.jetcd.api.StatusResponse;
import org.jspecify.annotations.Nullable;

/**
 * The known state of a member. Written in the members'
 * {@link io.grpc.SynchronizationContext}, except for the term; read on any thread.
 */
final class MemberState {

	private static final long ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

	/**
	 * How long an observed raft term counts as current.
	 */
	private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(2);

	private static final long REFUSED_NANOS = TimeUnit.SECONDS.toNanos(5);

	/**
	 * How long a refusal is taken for the outcome of another attempt.
	 */
	private static final long REFUSAL_KNOWN_NANOS = TimeUnit.SECONDS.toNanos(10);

	private static final long ASK_AGAIN_URGENTLY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

	private volatile MemberCondition condition = MemberCondition.IDLE;

	private volatile @Nullable String problem;

	private volatile long failureTime = System.nanoTime() - TimeUnit.DAYS.toNanos(1);

	private final AtomicLong term = new AtomicLong();

	private final AtomicLong termTime = new AtomicLong();

	private volatile @Nullable StatusResponse lastStatus;

	private volatile @Nullable MemberAnswer lastAnswer;

	private @Nullable ConnectFailure failure;

	/**
	 * Since when each attempt has failed for a reason that does not pass by itself.
	 */
	private @Nullable Long refusedTime;

	private long askedTime = System.nanoTime() - ASK_AGAIN_NANOS;

	void idle() {
		this.condition = MemberCondition.IDLE;
	}

	void connecting() {
		if (this.condition == MemberCondition.IDLE) {
			this.condition = MemberCondition.CONNECTING;
		}
	}

	void serving() {
		this.condition = MemberCondition.SERVING;
		this.problem = null;
		this.failure = null;
		this.refusedTime = null;
	}

	/**
	 * Record that no connection could be opened.
	 */
	void unreachable(ConnectFailure reason) {
		Long refused = this.refusedTime;
		out(MemberCondition.UNREACHABLE, reason.reason());
		this.failure = reason;
		if (reason.permanent()) {
			this.refusedTime = (refused != null) ? refused : (Long) this.failureTime;
		}
	}

	void out(MemberCondition found, String reason) {
		this.condition = found;
		this.problem = reason;
		this.failureTime = System.nanoTime();
		this.askedTime = this.failureTime;
		this.failure = null;
		this.refusedTime = null;
	}

	/**
	 * Give new credentials time to be accepted.
	 */
	void reconsider() {
		this.refusedTime = null;
	}

	/**
	 * Return whether each attempt of the last seconds, including a recent one, has failed
	 * for a reason that does not pass by itself.
	 * @param now the time by {@link System#nanoTime()}
	 */
	boolean isRefused(long now) {
		return this.refusedTime != null && now - this.refusedTime >= REFUSED_NANOS
				&& now - this.failureTime < REFUSAL_KNOWN_NANOS;
	}

	/**
	 * Return why no connection could be opened when last tried, {@code null} if one was.
	 */
	@Nullable ConnectFailure getFailure() {
		return this.failure;
	}

	void asked(long now) {
		this.askedTime = now;
	}

	void answered(MemberAnswer answer) {
		StatusResponse response = answer.response();
		if (response != null) {
			this.lastStatus = response;
			observeTerm(response.getRaftTerm(), System.nanoTime());
		}
		this.lastAnswer = answer;
	}

	/**
	 * Record the raft term of a response.
	 * @param seen the raft term
	 * @param now the time by {@link System#nanoTime()}
	 */
	void observeTerm(long seen, long now) {
		if (seen > this.term.get()) {
			this.term.accumulateAndGet(seen, Math::max);
		}
		this.termTime.lazySet(now);
	}

	/**
	 * Return whether a member that is out of use is to be asked again.
	 * @param now the time by {@link System#nanoTime()}
	 * @param urgent whether no member serves
	 */
	boolean isToBeAsked(long now, boolean urgent) {
		return now - this.askedTime >= (urgent ? ASK_AGAIN_URGENTLY_NANOS : ASK_AGAIN_NANOS);
	}

	MemberCondition getCondition() {
		return this.condition;
	}

	/**
	 * Return whether the member is out of use: not while it connects for the first time.
	 */
	boolean isOut() {
		return this.condition.compareTo(MemberCondition.SERVING) > 0;
	}

	/**
	 * Return why the member is out of use, {@code null} if it is not.
	 */
	@Nullable String getProblem() {
		return this.problem;
	}

	/**
	 * Return when it was last found out of use, long ago if never.
	 * @return the time by {@link System#nanoTime()}
	 */
	long getFailureTime() {
		return this.failureTime;
	}

	long getTerm() {
		return this.term.get();
	}

	/**
	 * Return the raft term at a time, 0 if none was observed shortly before.
	 * @param now the time by {@link System#nanoTime()}
	 */
	long getTerm(long now) {
		return (now - this.termTime.get() < FRESH_NANOS) ? this.term.get() : 0;
	}

	/**
	 * Return the raft term if it was observed since a time, 0 if it was not.
	 */
	long getTermSince(long time) {
		return (this.termTime.get() - time >= 0) ? this.term.get() : 0;
	}

	/**
	 * Return the version that the member last reported, {@code null} if it never did.
	 */
	@Nullable String getVersion() {
		StatusResponse status = this.lastStatus;
		return (status != null) ? status.getVersion() : null;
	}

	/**
	 * Return the last answer of the member, which may be a refusal.
	 */
	@Nullable MemberAnswer getLastAnswer() {
		return this.lastAnswer;
	}

}
