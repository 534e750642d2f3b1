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

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The consequence of the end of an attempt for its unary call: that it is retried, or the
 * status it ends with. Guarded by the lock of the call.
 */
final class UnaryOutcome {

	private static final int MAX_TOKENS = 4;

	private static final int MAX_BUSY = 4;

	private static final int MAX_MALFORMED = 1;

	private static final long FIRST_DELAY_MILLIS = 20;

	private static final long MAX_DELAY_MILLIS = 1000;

	private final CallContext context;

	private final boolean onlyMember;

	private int tokens;

	private int busy;

	private int malformed;

	private int repetitions;

	/**
	 * Create an outcome.
	 * @param context the shared context of the calls
	 * @param onlyMember whether the call is for one member
	 */
	UnaryOutcome(CallContext context, boolean onlyMember) {
		this.context = context;
		this.onlyMember = onlyMember;
	}

	/**
	 * Return the status of the call.
	 * @param ended the attempt
	 * @param status the status of the attempt
	 * @param type the type of the call
	 * @param canceled whether the caller has canceled it
	 * @param unserved the status of a call that was not served
	 * @return the status, {@code null} if the call is to be retried
	 */
	@Nullable Status of(UnaryAttempt<?, ?> ended, Status status, CallType type, boolean canceled, Status unserved) {
		if (status.isOk() || canceled) {
			return status;
		}
		if (this.context.members().isClosed()) {
			return this.context.members().getUnservedStatus();
		}
		boolean uncertain = ended.isSent() && !type.isReadOnly();
		if (ended.is(UnaryAttempt.Cancellation.EXPIRED)) {
			return ended.isSent() ? expired(ended, uncertain) : unserved;
		}
		if (isToBeSentAgain(ended, status, type)) {
			return null;
		}
		String givenUp = ended.getGivenUp();
		if (givenUp != null) {
			return this.context.broken(ended.getConnection(), givenUp, uncertain);
		}
		if (!BrokenConnection.is(status)) {
			// etcd's own words
			return status;
		}
		String reason = ended.is(UnaryAttempt.Cancellation.MOVED) ? "the connection went out of use"
				: FailureReason.of(status);
		Status broken = this.context.broken(ended.getConnection(), reason, uncertain);
		// jetcd would retry UNAVAILABLE, and adopt the key that etcd is about to delete
		return (type == CallType.TURN)
				? Status.ABORTED.withDescription(broken.getDescription() + "; whether it is held is not known")
				: broken;
	}

	/**
	 * Return the delay before the next attempt.
	 */
	long delayMillis() {
		int repetition = this.repetitions++;
		return (repetition == 0) ? 0 : Math.min(MAX_DELAY_MILLIS, FIRST_DELAY_MILLIS << Math.min(repetition, 6));
	}

	private Status expired(UnaryAttempt<?, ?> ended, boolean uncertain) {
		return Status.DEADLINE_EXCEEDED
			.withDescription("%s: no answer from etcd at %s%s".formatted(this.context.relation(), ended.getConnection(),
					uncertain ? "; the write was sent and may have been carried out" : ""));
	}

	private boolean isToBeSentAgain(UnaryAttempt<?, ?> ended, Status status, CallType type) {
		Refusal refusal = Refusal.of(status);
		if (refusal == Refusal.TOKEN) {
			return ended.getToken() != null && ++this.tokens < MAX_TOKENS
					&& this.context.authenticator().refused(ended.getToken());
		}
		if (refusal == Refusal.BUSY && ++this.busy > MAX_BUSY) {
			// All members may be busy
			return false;
		}
		if (refusal != null) {
			return !this.onlyMember;
		}
		if (ended.isMalformed() && ++this.malformed > MAX_MALFORMED) {
			// What answers there may do so each time
			return false;
		}
		boolean lost = ended.is(UnaryAttempt.Cancellation.MOVED) || BrokenConnection.is(status);
		boolean repeatable = !ended.isSent() || type.isReadOnly();
		// etcd's own UNAVAILABLE: it gave up a read, for example when the leader changed
		return repeatable && (lost || (status.getCode() == Status.Code.UNAVAILABLE && type.isReadOnly()));
	}

}
