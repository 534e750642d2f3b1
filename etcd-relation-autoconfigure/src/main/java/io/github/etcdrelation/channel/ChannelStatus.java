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

import org.jspecify.annotations.Nullable;

/**
 * How the channel of a relation is at one moment, for those who watch over the
 * application.
 *
 * @param target what it leads to, {@code null} if nowhere
 * @param problem why it leads nowhere, or why what it leads to could not be reached when
 * last tried; {@code null} if nothing is known to be wrong
 * @param rotations how often its connection was replaced by one to new endpoints or with
 * new credentials
 * @param resumedStreams how many watch and keep-alive streams went on after a break or a
 * rotation, each time counted
 * @since 0.1.0
 */
public record ChannelStatus(@Nullable ChannelTarget target, @Nullable String problem, long rotations,
		long resumedStreams) {

}
