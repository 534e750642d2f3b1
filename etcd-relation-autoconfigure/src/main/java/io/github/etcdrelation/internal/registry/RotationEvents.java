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

package io.github.etcdrelation.internal.registry;

import io.github.etcdrelation.internal.channel.ChannelTarget;
import io.github.etcdrelation.internal.channel.ReplacementRefusedException;
import io.github.etcdrelation.internal.channel.RotationListener;
import io.github.etcdrelation.internal.state.RelationReconciler;

/**
 * Publishes the rotations of a relation's channel.
 *
 * @param relation the relation
 */
public record RotationEvents(RelationReconciler relation) implements RotationListener {

	@Override
	public void rotated(ChannelTarget target) {
		this.relation.rotated();
	}

	@Override
	public void lagging(ReplacementRefusedException reason) {
		this.relation.rotationFailed(reason);
	}

}
