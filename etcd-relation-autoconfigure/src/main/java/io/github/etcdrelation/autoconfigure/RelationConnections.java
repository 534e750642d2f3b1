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

import io.github.etcdrelation.internal.channel.RelationChannel;
import io.github.etcdrelation.internal.registry.RelationResources;
import org.jspecify.annotations.Nullable;

/**
 * Threads for new relations, and the channel that the default relation takes over.
 *
 * @param resources the threads
 * @param channel the channel of the default relation, {@code null} to create one
 */
record RelationConnections(RelationResources resources, @Nullable RelationChannel channel) {

	static RelationConnections create() {
		return new RelationConnections(new RelationResources(), null);
	}

	RelationChannel channel(RelationDefinition definition) {
		return (this.channel != null && definition.prefix().equals(RelationDefinition.DEFAULT_PREFIX)) ? this.channel
				: new RelationChannel(definition.name(), ChannelSettingsFactory.create(definition),
						this.resources.channelExecutors(), definition.properties().getClient().isDirect());
	}

	/**
	 * Close what no relation has used.
	 */
	void abandon() {
		if (this.channel != null) {
			this.channel.close();
		}
	}

}
