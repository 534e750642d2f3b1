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

import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * When a connection was last heard, and whether it owes an answer and is silent.
 */
final class Liveness {

	/**
	 * How long a connection may have heard nothing before it is asked whether it still
	 * works: networks forget idle connections without a word.
	 */
	private static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(30);

	/**
	 * How long an answer may be owed before the connection is asked.
	 */
	private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

	/**
	 * The same where nothing is owed but what streams may bring.
	 */
	private static final long QUIET_STREAMS_NANOS = TimeUnit.SECONDS.toNanos(2);

	private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(1);

	// Written for each answer: without waiting until other threads see it
	private final AtomicLong lastHeard = new AtomicLong(System.nanoTime());

	private volatile @Nullable MemberQuestion question;

	private long lastAsked;

	/**
	 * Take note that something was heard.
	 * @param now the time by {@link System#nanoTime()}
	 */
	void heard(long now) {
		this.lastHeard.lazySet(now);
	}

	long getLastHeard() {
		return this.lastHeard.get();
	}

	/**
	 * Return whether the connection has to be asked before a call is trusted to it.
	 */
	boolean isStale(long now) {
		return now - this.lastHeard.get() > STALE_NANOS;
	}

	boolean isQuestioned() {
		return this.question != null;
	}

	/**
	 * Return whether a question will soon have been unanswered for too long.
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
	 * Return whether a question is unanswered for too long and nothing else was heard
	 * either.
	 * @param now the time by {@link System#nanoTime()}
	 * @param since no silence counts that was before
	 */
	boolean isSilent(long now, long since) {
		MemberQuestion asked = this.question;
		return asked != null && Math.min(quiet(now, since), now - asked.getTime()) > ANSWER_NANOS;
	}

	/**
	 * Return whether to ask. What others are answered meanwhile does not count: a member
	 * may have lost a single request, with the leader that it was passed on to.
	 * @param attempts what the connection carries
	 * @param now the time by {@link System#nanoTime()}
	 * @param since no silence counts that was before
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
