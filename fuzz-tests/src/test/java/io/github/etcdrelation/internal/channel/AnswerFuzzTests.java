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
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.AuthenticateResponse;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.StatusResponse;
import io.etcd.jetcd.api.TxnResponse;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * Input: what a peer that speaks gRPC answers to each request: messages of any content,
 * headers, trailers and statuses. The first byte says whether there is a user and how
 * many requests for the state of the member are answered as etcd does. When the input is
 * at its end, calls are closed.
 */
class AnswerFuzzTests {

	private static final int MAX_MESSAGES = 50;

	private static final String[] WORDS = { "", "etcdserver: no leader", "etcdserver: invalid auth token",
			"etcdserver: permission denied", "etcdserver: too many requests", "raft proposal dropped",
			"etcdserver: mvcc: required revision has been compacted", "etcdserver: requested lease not found",
			"etcdserver: authentication is not enabled", "etcdserver: user name is empty",
			"etcdserver: rpc not supported for learner", "rpc error: code = Unknown desc = etcdserver: no leader",
			"memberID:99999999999999999999 alarm:NOSPACE", "HTTP status code 200" };

	private static Server server;

	private static volatile Program program;

	private static volatile int statusAnswers;

	@BeforeAll
	static void open() throws IOException, InterruptedException {
		server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
			.fallbackHandlerRegistry(new AnyMethod(AnswerFuzzTests::answer))
			.build()
			.start();
		program = new Program(new byte[0]);
		PeerUse.warmUp(server.getPort());
	}

	@AfterAll
	static void close() {
		server.shutdownNow();
	}

	@FuzzTest
	void answers(byte[] input) throws InterruptedException {
		if (input.length == 0) {
			return;
		}
		program = new Program(input);
		int first = program.next();
		statusAnswers = first >> 1;
		PeerUse.use(server.getPort(), first);
	}

	private static void answer(ServerCall<byte[], byte[]> call) {
		Program steps = program;
		String method = call.getMethodDescriptor().getFullMethodName();
		if (method.endsWith("Maintenance/Status") && statusAnswers-- > 0) {
			call.sendHeaders(new Metadata());
			call.sendMessage(StatusResponse.newBuilder()
				.setHeader(ResponseHeader.newBuilder().setClusterId(1).setRevision(5))
				.setLeader(1)
				.setVersion("3.5.17")
				.build()
				.toByteArray());
			call.close(Status.OK, new Metadata());
			return;
		}
		Metadata headers = metadata(steps);
		boolean begun = false;
		int messages = 0;
		while (steps.hasNext() && messages++ < MAX_MESSAGES) {
			int step = steps.next();
			if (step % 4 == 3) {
				break;
			}
			if (!begun) {
				call.sendHeaders(headers);
				begun = true;
			}
			call.sendMessage((step % 4 == 2) ? steps.bytes(steps.next()) : message(method, steps));
		}
		int code = steps.next();
		String words = (code < 128) ? steps.choose(WORDS)
				: new String(steps.bytes(steps.next()), StandardCharsets.UTF_8);
		if (begun && code % 16 == 0 && method.endsWith("Watch")) {
			// It stays open
			return;
		}
		call.close(Status.fromCodeValue(code % 17).withDescription(words), metadata(steps));
	}

	private static Metadata metadata(Program steps) {
		Metadata metadata = new Metadata();
		int count = steps.next();
		for (int i = 0; i < count % 4; i++) {
			if (count >= 128) {
				metadata.put(Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER),
						steps.bytes(steps.next()));
			}
			else {
				metadata.put(
						Metadata.Key.of(steps.choose(new String[] { "token", "hasleader", "content-encoding",
								"retry-after", "grpc-retry-pushback-ms", "x" }), Metadata.ASCII_STRING_MARSHALLER),
						new String(steps.bytes(steps.next() % 32), StandardCharsets.US_ASCII));
			}
		}
		return metadata;
	}

	private static byte[] message(String method, Program steps) {
		ResponseHeader header = ResponseHeader.newBuilder()
			.setClusterId(steps.next() % 3)
			.setMemberId(steps.number())
			.setRevision(steps.number())
			.setRaftTerm(steps.number())
			.build();
		return switch (method.substring(method.indexOf('/') + 1)) {
			case "Watch" -> watch(header, steps).toByteArray();
			case "Status" -> StatusResponse.newBuilder()
				.setHeader(header)
				.setLeader(steps.number())
				.setVersion(new String(steps.bytes(8), StandardCharsets.UTF_8))
				.setDbSize(steps.number())
				.setRaftIndex(steps.number())
				.setIsLearner(steps.next() % 2 == 1)
				.addErrors(steps.choose(WORDS))
				.build()
				.toByteArray();
			case "Authenticate" -> AuthenticateResponse.newBuilder()
				.setHeader(header)
				.setToken(new String(steps.bytes(steps.next()), StandardCharsets.UTF_8))
				.build()
				.toByteArray();
			case "LeaseKeepAlive" -> LeaseKeepAliveResponse.newBuilder()
				.setHeader(header)
				.setID(steps.number())
				.setTTL(steps.number())
				.build()
				.toByteArray();
			case "Txn" -> TxnResponse.newBuilder()
				.setHeader(header)
				.setSucceeded(steps.next() % 2 == 1)
				.addResponses(ResponseOp.newBuilder().setResponseRange(range(header, steps)))
				.build()
				.toByteArray();
			default -> range(header, steps).toByteArray();
		};
	}

	private static RangeResponse range(ResponseHeader header, Program steps) {
		RangeResponse.Builder response = RangeResponse.newBuilder()
			.setHeader(header)
			.setCount(steps.number())
			.setMore(steps.next() % 2 == 1);
		for (int i = steps.next() % 4; i > 0; i--) {
			response.addKvs(keyValue(steps));
		}
		return response.build();
	}

	private static KeyValue keyValue(Program steps) {
		return KeyValue.newBuilder()
			.setKey(ByteString.copyFrom(steps.bytes(steps.next() % 8)))
			.setModRevision(steps.number())
			.setCreateRevision(steps.number())
			.setVersion(steps.number())
			.setLease(steps.number())
			.build();
	}

	private static WatchResponse watch(ResponseHeader header, Program steps) {
		int flags = steps.next();
		WatchResponse.Builder response = WatchResponse.newBuilder()
			.setHeader(header)
			.setWatchId(((flags & 1) == 1) ? steps.number() : 0)
			.setCreated((flags & 2) == 2)
			.setCanceled((flags & 12) == 12);
		if (response.getCanceled()) {
			response.setCancelReason(steps.choose(WORDS)).setCompactRevision(steps.number());
		}
		for (int i = flags >> 5; i > 0; i--) {
			response.addEvents(Event.newBuilder().setTypeValue(steps.next() % 3).setKv(keyValue(steps)));
		}
		return response.build();
	}

}
