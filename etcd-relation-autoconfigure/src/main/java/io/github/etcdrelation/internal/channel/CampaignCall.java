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
import io.etcd.jetcd.api.CampaignRequest;
import io.etcd.jetcd.api.CampaignResponse;
import io.etcd.jetcd.api.LeaderKey;
import io.etcd.jetcd.api.ResponseHeader;
import io.grpc.CallOptions;
import io.grpc.ClientCall;

/**
 * Waits for leadership.
 */
final class CampaignCall extends WaitingCall<CampaignRequest, CampaignResponse> {

	CampaignCall(WaitingCalls calls, CallOptions options, Executor executor,
			Supplier<ClientCall<CampaignRequest, CampaignResponse>> rpc) {
		super(calls, options, executor, rpc);
	}

	@Override
	long lease(CampaignRequest request) {
		return request.getLease();
	}

	@Override
	QueueRequests requests(CampaignRequest request) {
		return new QueueRequests(request.getName(), request.getLease(), request.getValue());
	}

	@Override
	CampaignResponse response(CampaignRequest request, ResponseHeader header, ByteString key, long createRevision) {
		return CampaignResponse.newBuilder()
			.setHeader(header)
			.setLeader(LeaderKey.newBuilder()
				.setName(request.getName())
				.setKey(key)
				.setRev(createRevision)
				.setLease(request.getLease()))
			.build();
	}

}
