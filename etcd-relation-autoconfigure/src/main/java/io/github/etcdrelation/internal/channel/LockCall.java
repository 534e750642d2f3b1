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

import java.util.concurrent.Executor;
import java.util.function.Supplier;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.lock.LockRequest;
import io.etcd.jetcd.api.lock.LockResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;

/**
 * Waits for a lock.
 */
final class LockCall extends WaitingCall<LockRequest, LockResponse> {

	LockCall(WaitingCalls calls, CallOptions options, Executor executor,
			Supplier<ClientCall<LockRequest, LockResponse>> rpc) {
		super(calls, options, executor, rpc);
	}

	@Override
	long lease(LockRequest request) {
		return request.getLease();
	}

	@Override
	QueueRequests requests(LockRequest request) {
		return new QueueRequests(request.getName(), request.getLease(), ByteString.EMPTY);
	}

	@Override
	LockResponse response(LockRequest request, ResponseHeader header, ByteString key, long createRevision) {
		return LockResponse.newBuilder().setHeader(header).setKey(key).build();
	}

}
