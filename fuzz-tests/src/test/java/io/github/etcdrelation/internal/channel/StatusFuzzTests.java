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

import java.util.Arrays;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import io.etcd.jetcd.api.StatusResponse;
import io.github.etcdrelation.fuzz.Hostile;
import io.grpc.Status;

/**
 * Input: the description of a status, after a line with the number of its code. It is
 * read as a response of a member as well.
 */
class StatusFuzzTests {

	private static final Endpoint ENDPOINT = new Endpoint("etcd.example", 2379);

	@FuzzTest
	void explain(byte[] input) {
		if (input.length == 0) {
			return;
		}
		Status.Code[] codes = Status.Code.values();
		String text = Hostile.text(Arrays.copyOfRange(input, 1, input.length));
		Status status = codes[Math.floorMod(input[0] - 'a', codes.length)].toStatus().withDescription(text);
		Refusal.of(status);
		BrokenConnection.is(status);
		BrokenConnection.maybe(status);
		ConnectFailure former = new ConnectFailureAnalyzer(ENDPOINT, null).analyze(status, null);
		new ConnectFailureAnalyzer(ENDPOINT, null).analyze(status.withCause(new IllegalStateException(text)), former);
		EtcdVersion.hasReliableProgress(text);
		respond(StatusResponse.newBuilder().addErrors(text).setVersion(text).build());
		try {
			respond(StatusResponse.parseFrom(input));
		}
		catch (InvalidProtocolBufferException ex) {
			// gRPC ends such a call
		}
	}

	private static void respond(StatusResponse response) {
		StorageReport.getAlarms(response);
		StorageReport.getQuota(response);
		EtcdVersion.hasReliableProgress(response.getVersion());
	}

}
