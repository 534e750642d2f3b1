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

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.stream.Stream;

import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BrokenConnection}.
 */
class BrokenConnectionTests {

	@ParameterizedTest
	@MethodSource("broken")
	void whatNeitherEtcdNorThisSideHasEndedIsBroken(Status status) {
		assertThat(BrokenConnection.is(status)).isTrue();
	}

	static Stream<Status> broken() {
		return Stream.of(Status.UNAVAILABLE,
				Status.UNAVAILABLE.withDescription("io exception").withCause(new IOException("Connection refused")),
				Status.UNAVAILABLE.withDescription("Network closed for unknown reason"),
				Status.UNAVAILABLE.withDescription("HTTP status code 503\ninvalid content-type: text/html"),
				Status.UNAVAILABLE.withDescription("GOAWAY shut down transport. HTTP/2 error code: NO_ERROR"),
				// A server of gRPC that stops
				Status.UNAVAILABLE.withDescription("transport is closing"), Status.CANCELLED,
				Status.CANCELLED.withDescription("RST_STREAM closed stream. HTTP/2 error code: CANCEL"),
				Status.CANCELLED.withDescription("context canceled"),
				Status.INTERNAL.withDescription("RST_STREAM closed stream. HTTP/2 error code: INTERNAL_ERROR"),
				Status.INTERNAL.withDescription("HTTP status code 400\ninvalid content-type: null"),
				Status.UNKNOWN.withDescription("channel closed").withCause(new ClosedChannelException()),
				Status.UNKNOWN.withDescription("channel closed")
					.withCause(new IOException(new IOException(new ClosedChannelException()))),
				// A member with TLS that stops by SIGTERM
				Status.UNKNOWN.withDescription("HTTP status code 200\nmissing content-type header"),
				Status.UNKNOWN.withDescription("HTTP status code 500\ninvalid content-type: text/html"));
	}

	@ParameterizedTest
	@MethodSource("wordsOfEtcd")
	void whatEtcdSaysIsNotBroken(Status status) {
		assertThat(BrokenConnection.is(status)).isFalse();
		assertThat(BrokenConnection.maybe(status)).isFalse();
	}

	static Stream<Status> wordsOfEtcd() {
		return Stream.of(Status.UNAVAILABLE.withDescription("etcdserver: no leader"),
				Status.UNAVAILABLE.withDescription("etcdserver: leader changed"),
				Status.UNAVAILABLE.withDescription("etcdserver: request timed out"),
				Status.UNAVAILABLE.withDescription("etcdserver: server stopped"),
				Status.CANCELLED.withDescription("etcdserver: request cancelled"),
				Status.INTERNAL.withDescription("etcdserver: corrupt cluster"),
				Status.UNKNOWN.withDescription("etcdserver: invalid range response"),
				Status.DEADLINE_EXCEEDED.withDescription("etcdserver: request timed out, waiting"),
				Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: mvcc: database space exceeded"),
				Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: too many requests"));
	}

	@ParameterizedTest
	@EnumSource(names = { "UNAVAILABLE", "CANCELLED", "INTERNAL" }, mode = Mode.EXCLUDE)
	void otherStatusIsNotBroken(Status.Code code) {
		assertThat(BrokenConnection.is(code.toStatus())).isFalse();
		assertThat(BrokenConnection.is(code.toStatus().withDescription("some text"))).isFalse();
	}

	@Test
	void otherCauseIsNotBroken() {
		assertThat(BrokenConnection.is(Status.UNKNOWN.withCause(new IllegalStateException("a callback failed"))))
			.isFalse();
	}

	@Test
	void causesThatRunInCirclesAreNotBroken() {
		Exception first = new Exception("first");
		first.initCause(new Exception("second", first));
		assertThat(BrokenConnection.is(Status.UNKNOWN.withCause(first))).isFalse();
	}

	@ParameterizedTest
	@EnumSource(names = { "UNKNOWN", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "ABORTED" })
	void streamThatEtcdDoesNotEndThatWayMayBeBroken(Status.Code code) {
		assertThat(BrokenConnection.maybe(code.toStatus().withDescription("upstream failed"))).isTrue();
	}

	@ParameterizedTest
	@EnumSource(names = { "UNKNOWN", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "ABORTED" }, mode = Mode.EXCLUDE)
	void streamThatEndsOtherwiseIsNotInDoubt(Status.Code code) {
		assertThat(BrokenConnection.maybe(code.toStatus())).isFalse();
	}

}
