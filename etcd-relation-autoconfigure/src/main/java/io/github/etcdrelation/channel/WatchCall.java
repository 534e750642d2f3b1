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

package io.github.etcdrelation.channel;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;

import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * A watch that is created again from the revision after the last one that it saw.
 */
final class WatchCall extends ResumingCall<WatchRequest, WatchResponse> {

	private @Nullable WatchRequest create;

	private long nextRevision;

	private long clusterId;

	private boolean created;

	private boolean finalAnswer;

	WatchCall(RelationChannel channel, MethodDescriptor<WatchRequest, WatchResponse> method, CallOptions options,
			Executor sequentialExecutor) {
		super(channel, method, options, sequentialExecutor);
	}

	@Override
	void remember(WatchRequest message) {
		if (message.hasCreateRequest()) {
			if (this.create != null) {
				throw new IllegalStateException("A stream carries one watch");
			}
			this.create = message;
			this.nextRevision = message.getCreateRequest().getStartRevision();
		}
	}

	@Override
	List<WatchRequest> openingMessages() {
		if (this.create == null) {
			return Collections.emptyList();
		}
		WatchCreateRequest.Builder again = this.create.getCreateRequest().toBuilder();
		return List.of(WatchRequest.newBuilder().setCreateRequest(again.setStartRevision(this.nextRevision)).build());
	}

	@Override
	@Nullable WatchResponse received(WatchResponse response) {
		if (response.getCanceled()) {
			this.finalAnswer = true;
			return response;
		}
		ResponseHeader header = response.getHeader();
		if (response.getCreated()) {
			return created(response, header);
		}
		int events = response.getEventsCount();
		if (events > 0) {
			long last = response.getEvents(events - 1).getKv().getModRevision();
			this.nextRevision = Math.max(this.nextRevision, last + 1);
		}
		else {
			this.nextRevision = Math.max(this.nextRevision, header.getRevision() + 1);
		}
		return response;
	}

	private @Nullable WatchResponse created(WatchResponse response, ResponseHeader header) {
		if (!this.created) {
			this.created = true;
			this.clusterId = header.getClusterId();
			if (this.nextRevision == 0) {
				this.nextRevision = header.getRevision() + 1;
			}
			return response;
		}
		if (header.getClusterId() == this.clusterId) {
			return null;
		}
		// Revisions of one cluster mean nothing in another: what happened between is
		// lost,
		// which the listener has to know
		this.finalAnswer = true;
		return response.toBuilder()
			.setCreated(false)
			.setCanceled(true)
			.setCancelReason(getChannel() + " leads to another etcd cluster now: read again what you watch, "
					+ "then watch it from there")
			.build();
	}

	@Override
	boolean isAnswered() {
		return false;
	}

	@Override
	boolean isFinal() {
		return this.finalAnswer;
	}

}
