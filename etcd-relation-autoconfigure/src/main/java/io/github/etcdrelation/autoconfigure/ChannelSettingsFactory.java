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

package io.github.etcdrelation.autoconfigure;

import java.time.Duration;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.channel.ChannelSettings;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * Creates the settings of a channel from properties. Invalid ones are rejected here
 * because gRPC would not name the property.
 */
final class ChannelSettingsFactory {

	private static final Log logger = LogFactory.getLog(ChannelSettingsFactory.class);

	private static final Duration MINIMUM = Duration.ofMillis(1);

	// Netty counts the milliseconds of a connect timeout in an int
	private static final Duration MAXIMUM = Duration.ofDays(24);

	private ChannelSettingsFactory() {
	}

	static ChannelSettings create(RelationDefinition definition) {
		EtcdRelationProperties.Client client = definition.properties().getClient();
		long size = client.getMaxInboundMessageSize().toBytes();
		warnOfPolicy(definition.prefix(), client);
		check(definition, "max-inbound-message-size", size > 0 && size <= Integer.MAX_VALUE,
				"is not between 1 and 2147483647 bytes");
		checkDuration(definition, "request-timeout", client.getRequestTimeout(), MINIMUM);
		checkDuration(definition, "available-timeout", client.getAvailableTimeout(), Duration.ZERO);
		check(definition, "verify-on-start", !client.isVerifyOnStart() || !client.getAvailableTimeout().isZero(),
				"is true, but client.available-timeout is 0, so that nothing can be waited for");
		checkDuration(definition, "drain-timeout", client.getDrainTimeout(), Duration.ZERO);
		checkDuration(definition, "keep-alive-time", client.getKeepAliveTime(), MINIMUM);
		checkDuration(definition, "keep-alive-timeout", client.getKeepAliveTimeout(), MINIMUM);
		checkDuration(definition, "connect-timeout", client.getConnectTimeout(), MINIMUM);
		check(definition, "max-calls-in-flight", client.getMaxCallsInFlight() > 0, "is not 1 or more");
		return new ChannelSettings(client.getRequestTimeout(), client.getAvailableTimeout(), client.getDrainTimeout(),
				client.getKeepAliveTime(), client.getKeepAliveTimeout(), client.getConnectTimeout(), (int) size,
				client.isFailFast(), client.getMaxCallsInFlight(), definition.prefix());
	}

	@SuppressWarnings("deprecation") // warns where it is still set
	private static void warnOfPolicy(String prefix, EtcdRelationProperties.Client client) {
		if (client.getLoadBalancingPolicy() != null) {
			logger
				.warn(LogMessage.format("Property '%s.client.load-balancing-policy' has no effect and can be removed: "
						+ "each call goes to the member that has the fewest calls in flight", prefix));
		}
	}

	private static void checkDuration(RelationDefinition definition, String item, Duration duration, Duration minimum) {
		check(definition, item, duration.compareTo(minimum) >= 0 && duration.compareTo(MAXIMUM) <= 0,
				"is not between %d ms and %d days".formatted(minimum.toMillis(), MAXIMUM.toDays()));
	}

	private static void check(RelationDefinition definition, String item, boolean valid, String reason) {
		if (!valid) {
			throw InvalidRelationConfigurationException.ofProperty(definition.prefix(),
					new InvalidRelationDataException("client." + item, reason, null));
		}
	}

}
