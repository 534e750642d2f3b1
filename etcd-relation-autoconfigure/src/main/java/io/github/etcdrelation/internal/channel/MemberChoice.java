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

import org.jspecify.annotations.Nullable;

/**
 * Where a unary call is routed: to any member of its channel, or to one member, whatever
 * its condition. A member without a connection gets a dedicated set, so that its failure
 * ends the wait.
 */
final class MemberChoice {

	private final CallContext context;

	private final @Nullable Endpoint only;

	private volatile @Nullable Members dedicated;

	/**
	 * Create a choice.
	 * @param context the shared context of the calls
	 * @param only the member to call, {@code null} for any
	 */
	MemberChoice(CallContext context, @Nullable Endpoint only) {
		this.context = context;
		this.only = only;
	}

	boolean isOnlyMember() {
		return this.only != null;
	}

	/**
	 * Return an acquired connection for a call, {@code null} if the call has to wait.
	 * @param type the type of the call
	 * @param avoided a connection to use only if there is no other
	 * @param now the time by {@link System#nanoTime()}
	 */
	@Nullable Connection acquire(CallType type, @Nullable Connection avoided, long now) {
		Balancer balancer = this.context.members().getBalancer();
		Endpoint member = this.only;
		ChannelTarget target = (member != null) ? this.context.members().getTarget() : null;
		if (member == null || target == null) {
			return balancer.acquire(type, avoided, now);
		}
		Connection connection = balancer.acquireAt(member);
		if (connection != null) {
			return connection;
		}
		Members own = this.dedicated;
		if (own == null) {
			own = this.context.dedicated().open(target.only(member));
			this.dedicated = own;
		}
		return own.getBalancer().acquire(CallType.SERIALIZABLE_READ, null, now);
	}

	/**
	 * Return the members to wait for.
	 */
	Members members() {
		Members own = this.dedicated;
		return (own != null) ? own : this.context.members();
	}

	/**
	 * Close the dedicated set, if any, when the call has ended.
	 */
	void end() {
		Members own = this.dedicated;
		if (own != null) {
			this.context.offload(() -> this.context.dedicated().close(own));
		}
	}

}
