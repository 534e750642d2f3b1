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

import java.time.Duration;

import io.etcd.jetcd.api.StatusResponse;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a member to a status request.
 *
 * @param time when the member was asked, by {@link System#nanoTime()}
 * @param response the answer, {@code null} if etcd refused it
 * @param status why etcd refused it
 * @param roundTrip how long the answer took once connected
 */
record MemberAnswer(long time, @Nullable StatusResponse response, Status status, Duration roundTrip) {

	/**
	 * Return the condition of the member: any answer of etcd shows that it serves, except
	 * that it has no leader or is a learner.
	 */
	MemberCondition judge() {
		Refusal refused = Refusal.of(this.status);
		StatusResponse received = this.response;
		if (refused == Refusal.NO_LEADER || (received != null && received.getLeader() == 0)) {
			return MemberCondition.NO_LEADER;
		}
		if (refused == Refusal.LEARNER || (received != null && received.getIsLearner())) {
			return MemberCondition.LEARNER;
		}
		return MemberCondition.SERVING;
	}

	/**
	 * Return whether a serving member knew before of an election that this one missed: a
	 * leader that was frozen considers itself the leader when it resumes.
	 */
	boolean isBehind(Member other) {
		StatusResponse own = this.response;
		MemberAnswer others = other.getState().getLastAnswer();
		StatusResponse known = (others != null && others.time + others.roundTrip.toNanos() - this.time < 0
				&& other.isServing()) ? others.response : null;
		// A member that knows the leader may just be slow to apply committed entries
		return own != null && known != null && known.getLeader() != 0 && own.getLeader() != known.getLeader()
				&& own.getRaftTerm() < known.getRaftTerm()
				&& own.getHeader().getClusterId() == known.getHeader().getClusterId();
	}

}
