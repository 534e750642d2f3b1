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

/**
 * Names the property that limits the size of a response, instead of gRPC's words.
 */
final class ResponseLimit {

	private static final String EXCEEDED = "gRPC message exceeds maximum size";

	private ResponseLimit() {
	}

	/**
	 * Return a status that says more, the same one unless a response was too large.
	 * @param status the status of the call
	 * @param context the context of the call
	 */
	static Status describe(Status status, CallContext context) {
		String words = status.getDescription();
		if (status.getCode() != Status.Code.RESOURCE_EXHAUSTED || words == null || !words.startsWith(EXCEEDED)) {
			return status;
		}
		ChannelSettings settings = context.settings();
		return status.withDescription(
				"%s: a response is larger than the %d bytes that '%s.client.max-inbound-message-size' allows: read less at once, or raise it"
					.formatted(context.relation(), settings.maxInboundMessageSize(), settings.prefix()));
	}

}
