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

import java.util.stream.Stream;

import io.grpc.Status;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Refusal}.
 */
class RefusalTests {

	@ParameterizedTest
	@MethodSource("refusals")
	void refusalIsFoundInStatus(Status status, Refusal refusal) {
		assertThat(Refusal.of(status)).isEqualTo(refusal);
	}

	@ParameterizedTest
	@MethodSource("refusals")
	void refusalIsFoundInReasonOfCanceledWatch(Status status, Refusal refusal) {
		assertThat(Refusal.of("rpc error: code = Code(1) desc = " + status.getDescription())).isEqualTo(refusal);
		assertThat(Refusal.of(status.getDescription())).isEqualTo(refusal);
	}

	static Stream<Arguments> refusals() {
		return Stream.of(Arguments.of(Status.UNAVAILABLE.withDescription("etcdserver: no leader"), Refusal.NO_LEADER),
				Arguments.of(Status.UNAVAILABLE.withDescription("etcdserver: rpc not supported for learner"),
						Refusal.LEARNER),
				Arguments.of(Status.FAILED_PRECONDITION.withDescription("etcdserver: rpc not supported for learner"),
						Refusal.LEARNER),
				Arguments.of(Status.UNKNOWN.withDescription("raft proposal dropped"), Refusal.DROPPED),
				Arguments.of(Status.UNKNOWN.withDescription("etcdserver: too many requests"), Refusal.BUSY),
				Arguments.of(Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: too many requests"), Refusal.BUSY),
				Arguments.of(Status.UNAUTHENTICATED.withDescription("etcdserver: invalid auth token"), Refusal.TOKEN),
				Arguments.of(Status.INVALID_ARGUMENT.withDescription("etcdserver: revision of auth store is old"),
						Refusal.TOKEN),
				Arguments.of(Status.INVALID_ARGUMENT.withDescription("etcdserver: user name is empty"), Refusal.TOKEN));
	}

	/**
	 * What may have been carried out all the same, or will be refused again.
	 */
	@ParameterizedTest
	@NullAndEmptySource
	@ValueSource(strings = { "etcdserver: request timed out", "etcdserver: leader changed",
			"etcdserver: request timed out, possibly due to previous leader failure", "etcdserver: permission denied",
			"etcdserver: user name not found", "etcdserver: not leader",
			"etcdserver: authentication failed, invalid user ID or password", "etcdserver: server stopped",
			"etcdserver: mvcc: required revision has been compacted", "etcdserver: mvcc: database space exceeded",
			"no leader", "etcdserver: no leader elected", "desc = ", "HTTP status code 503", "io exception",
			"rpc error: code = PermissionDenied desc = etcdserver: permission denied",
			"a text that quotes etcdserver: no leader" })
	void otherTextIsNoRefusal(String text) {
		assertThat(Refusal.of(text)).isNull();
		assertThat(Refusal.of(Status.UNAVAILABLE.withDescription(text))).isNull();
	}

}
