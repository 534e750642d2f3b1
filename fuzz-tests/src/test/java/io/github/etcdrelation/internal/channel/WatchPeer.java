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

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.StatusResponse;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;

/**
 * A member that is in good health and answers to watches what a program says.
 */
final class WatchPeer implements AutoCloseable {

	private static final int MAX_ENDS = 3;

	private static final long STORE_REVISION = 100;

	// Which jetcd does not know and nobody asks for
	private static final UnknownFieldSet FRAGMENT = UnknownFieldSet.newBuilder()
		.addField(7, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
		.build();

	private final Server server;

	private volatile Program program = new Program(new byte[0]);

	private volatile int ends;

	WatchPeer() throws IOException {
		this.server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
			.fallbackHandlerRegistry(new AnyMethod(this::answer))
			.build()
			.start();
	}

	int getPort() {
		return this.server.getPort();
	}

	void play(Program latest) {
		this.ends = 0;
		this.program = latest;
	}

	private void answer(ServerCall<byte[], byte[]> call) {
		String method = call.getMethodDescriptor().getFullMethodName();
		call.sendHeaders(new Metadata());
		if (method.endsWith("/Watch")) {
			watch(call);
			return;
		}
		ResponseHeader header = header(1, STORE_REVISION);
		call.sendMessage(method.endsWith("/Status")
				? StatusResponse.newBuilder().setHeader(header).setLeader(1).setVersion("3.5.17").build().toByteArray()
				: RangeResponse.newBuilder().setHeader(header).build().toByteArray());
		call.close(Status.OK, new Metadata());
	}

	private void watch(ServerCall<byte[], byte[]> call) {
		Program steps = this.program;
		long id = steps.next() % 2;
		while (steps.hasNext()) {
			int step = steps.next() % 8;
			if (step == 7) {
				int code = steps.next() % 17;
				if (this.ends++ < MAX_ENDS) {
					call.close(Status.fromCodeValue(code).withDescription("the program ends it"), new Metadata());
					return;
				}
			}
			else if (step == 6) {
				if (this.ends++ < MAX_ENDS) {
					// The client ends the call if it is no response
					call.sendMessage(steps.bytes(steps.next() % 64));
				}
			}
			else {
				call.sendMessage(response(step, id, steps).toByteArray());
			}
		}
		call.sendMessage(WatchResponse.newBuilder()
			.setHeader(header(1, STORE_REVISION))
			.setWatchId(id)
			.setCanceled(true)
			.setCancelReason("the program is at its end")
			.build()
			.toByteArray());
	}

	private static WatchResponse response(int step, long id, Program steps) {
		int cluster = steps.next() % 8;
		WatchResponse.Builder response = WatchResponse.newBuilder()
			.setHeader(header((cluster < 6) ? 1 : cluster - 6, steps.number()))
			.setWatchId(id);
		switch (step) {
			case 0 -> response.setCreated(true);
			case 1 -> addEvents(response, steps);
			case 2 -> {
				// No events
			}
			case 3 -> response.setWatchId(-1);
			case 4 -> response.setCanceled(true)
				.setCreated(steps.next() % 2 == 1)
				.setCancelReason("canceled")
				.setCompactRevision(steps.number());
			default -> {
				int flags = steps.next();
				response.setWatchId(steps.number()).setCreated((flags & 1) == 1);
				if ((flags & 2) == 2) {
					response.setUnknownFields(FRAGMENT);
				}
				addEvents(response, steps);
			}
		}
		return response.build();
	}

	private static void addEvents(WatchResponse.Builder response, Program steps) {
		for (int i = steps.next() % 5; i > 0; i--) {
			KeyValue.Builder keyValue = KeyValue.newBuilder()
				.setKey(ByteString.copyFromUtf8("key"))
				.setModRevision(steps.number());
			response.addEvents(Event.newBuilder().setTypeValue(steps.next() % 3).setKv(keyValue));
		}
	}

	private static ResponseHeader header(long cluster, long revision) {
		return ResponseHeader.newBuilder().setClusterId(cluster).setRevision(revision).build();
	}

	@Override
	public void close() {
		this.server.shutdownNow();
	}

}
