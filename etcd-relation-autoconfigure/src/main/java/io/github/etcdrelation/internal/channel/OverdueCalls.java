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

/**
 * Ends or moves calls that their member will not answer.
 */
final class OverdueCalls {

	/**
	 * How long after its start a write is given up if its member will not answer.
	 */
	private static final long GIVE_UP_NANOS = TimeUnit.SECONDS.toNanos(4);

	/**
	 * Age at which a read is retried if its leader has been replaced.
	 */
	private static final long OUTLIVED_READ_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

	private OverdueCalls() {
	}

	/**
	 * Check the calls of a connection.
	 * @param now the time by {@link System#nanoTime()}
	 * @param since silence before this time is ignored
	 * @return whether a call is in flight that etcd answers soon
	 */
	static boolean check(Connection connection, long now, long since) {
		Member member = connection.getMember();
		// On a replaced connection the member still answers the calls in flight
		boolean answering = (connection == member.getUnary() || connection.isRetired()) && !member.isOut();
		long heard = Math.max(connection.getLiveness().getLastHeard(), since);
		boolean soon = false;
		for (Attempt<?> attempt : connection.getAttempts()) {
			attempt.onTick(now, since);
			if (!attempt.isAnsweredSoon()) {
				continue;
			}
			soon = true;
			long age = now - Math.max(attempt.getStartTime(), since);
			boolean outlived = attempt.isOutlivedByTerm();
			// A request that was sent late gets its full time too
			boolean silent = !connection.isOpen() && now - Math.max(heard, attempt.getStartTime()) > GIVE_UP_NANOS;
			if (silent || (age > GIVE_UP_NANOS && (!answering || outlived))) {
				attempt.onGivenUp(outlived ? "etcd has elected another leader meanwhile" : describe(member));
			}
			else if (outlived && age > OUTLIVED_READ_NANOS) {
				attempt.onUnusable(Attempt.Unusable.SILENT);
			}
		}
		return soon;
	}

	private static String describe(Member member) {
		String problem = member.getState().getProblem();
		return (problem != null) ? problem : "no answer from etcd";
	}

}
