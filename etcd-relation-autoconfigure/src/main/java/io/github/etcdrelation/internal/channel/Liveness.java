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

import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * When a connection last received anything, and whether a response is overdue.
 */
final class Liveness {

	/**
	 * How long a connection may receive nothing before it is verified: networks drop idle
	 * connections silently.
	 */
	private static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(30);

	/**
	 * How long a response may be due before the member is asked.
	 */
	private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

	/**
	 * The same where only streams are open.
	 */
	private static final long QUIET_STREAMS_NANOS = TimeUnit.SECONDS.toNanos(2);

	private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(1);

	// Written for each response, hence lazily: other threads may see it later
	private final AtomicLong lastHeard = new AtomicLong(System.nanoTime());

	private volatile @Nullable MemberQuestion question;

	private long lastAsked;

	/**
	 * Record that something was received.
	 * @param now the time by {@link System#nanoTime()}
	 */
	void heard(long now) {
		this.lastHeard.lazySet(now);
	}

	long getLastHeard() {
		return this.lastHeard.get();
	}

	/**
	 * Return whether the connection has to be verified before it is used for a call.
	 */
	boolean isStale(long now) {
		return now - this.lastHeard.get() > STALE_NANOS;
	}

	boolean isQuestioned() {
		return this.question != null;
	}

	/**
	 * Return whether a question has been pending for half of its timeout.
	 */
	boolean isAnswerDue(long now) {
		MemberQuestion asked = this.question;
		return asked != null && now - asked.getTime() > ANSWER_NANOS / 2;
	}

	void asked(MemberQuestion asked) {
		this.question = asked;
		this.lastAsked = asked.getTime();
	}

	void answered(MemberQuestion answered) {
		if (this.question == answered) {
			this.question = null;
		}
	}

	/**
	 * Return whether a question has timed out and nothing else was received.
	 * @param now the time by {@link System#nanoTime()}
	 * @param since silence before this time is ignored
	 */
	boolean isSilent(long now, long since) {
		MemberQuestion asked = this.question;
		return asked != null && Math.min(quiet(now, since), now - asked.getTime()) > ANSWER_NANOS;
	}

	/**
	 * Return whether to ask. Responses to other calls do not count: a member may lose a
	 * single request together with the leader that it was forwarded to.
	 * @param attempts the attempts on the connection
	 * @param now the time by {@link System#nanoTime()}
	 * @param since silence before this time is ignored
	 */
	boolean isToBeAsked(Collection<Attempt<?>> attempts, long now, long since) {
		if (this.question != null || attempts.isEmpty() || now - this.lastAsked <= ANSWER_NANOS) {
			return false;
		}
		if (quiet(now, since) > QUIET_STREAMS_NANOS) {
			return true;
		}
		for (Attempt<?> attempt : attempts) {
			if (attempt.isAnsweredSoon() && attempt.isSent()
					&& now - Math.max(attempt.getStartTime(), since) > QUIET_NANOS) {
				return true;
			}
		}
		return false;
	}

	private long quiet(long now, long since) {
		return now - Math.max(this.lastHeard.get(), since);
	}

}
