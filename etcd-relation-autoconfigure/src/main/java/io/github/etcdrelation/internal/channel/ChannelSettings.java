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

/**
 * The timeouts and limits of a channel.
 *
 * @param requestTimeout deadline of a unary call that has none
 * @param availableTimeout how long a unary call waits for an available relation
 * @param drainTimeout how long streams may stay on a replaced connection
 * @param keepAliveTime how long a connection with calls may be silent before it is pinged
 * @param keepAliveTimeout how long to wait for the response to a ping
 * @param connectTimeout how long TCP, TLS and HTTP/2 settings may take together
 * @param maxInboundMessageSize size of the largest response in bytes
 * @param failFast whether calls fail soon for a reason that does not pass by itself
 * @param maxCallsInFlight how many calls may be in flight
 * @param prefix prefix of the properties that set these, for messages
 */
public record ChannelSettings(Duration requestTimeout, Duration availableTimeout, Duration drainTimeout,
		Duration keepAliveTime, Duration keepAliveTimeout, Duration connectTimeout, int maxInboundMessageSize,
		boolean failFast, int maxCallsInFlight, String prefix) {

}
