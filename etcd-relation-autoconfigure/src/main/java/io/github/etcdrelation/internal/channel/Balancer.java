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

import java.util.Collection;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Picks the connection for each call. Calls read {@link Routes} without a lock.
 */
final class Balancer {

	private final Consumer<Runnable> sync;

	private final Runnable observer;

	private volatile Routes routes = Routes.NONE;

	private volatile Collection<Member> members = Routes.NO_MEMBERS;

	/**
	 * Create a balancer without members.
	 * @param sync runs tasks in the members' synchronization context
	 * @param observer run when a call was routed
	 */
	Balancer(Consumer<Runnable> sync, Runnable observer) {
		this.sync = sync;
		this.observer = observer;
	}

	void update(Collection<Member> latest) {
		this.members = latest;
		this.routes = Routes.of(latest);
	}

	Routes getRoutes() {
		return this.routes;
	}

	boolean isServing() {
		return this.routes.serving().length > 0;
	}

	/**
	 * Return an acquired connection for a unary call, {@code null} if there is none.
	 * @param type the type of the call
	 * @param avoided a connection to use only if there is no other
	 * @param now the time by {@link System#nanoTime()}
	 */
	@Nullable Connection acquire(CallType type, @Nullable Connection avoided, long now) {
		for (;;) {
			Routes latest = this.routes;
			Connection connection = Routes.least(latest.serving(), avoided, now);
			if (connection == null && type == CallType.SERIALIZABLE_READ) {
				connection = Routes.least(latest.reachable(), avoided, now);
			}
			for (Connection candidate : latest.serving()) {
				if (candidate.isStale(now) && !candidate.getLiveness().isQuestioned()) {
					this.sync.accept(() -> candidate.ask(this.sync, System.nanoTime()));
				}
			}
			if (connection == null || connection.acquire()) {
				// Only once the call is counted in, or it may be overlooked
				this.observer.run();
				return connection;
			}
		}
	}

	/**
	 * Return an acquired connection to one member, {@code null} if it has none.
	 * @param endpoint the member, known or not
	 */
	@Nullable Connection acquireAt(Endpoint endpoint) {
		long now = System.nanoTime();
		for (Member member : this.members) {
			Connection connection = member.getUnary();
			if (member.getEndpoint().equals(endpoint) && connection != null && connection.isOpen()
					&& !connection.isStale(now) && connection.acquire()) {
				this.observer.run();
				return connection;
			}
		}
		return null;
	}

	/**
	 * Return an acquired connection for a stream, {@code null} if there is none.
	 * @param avoided a member to use only if there is no other
	 */
	@Nullable Connection acquireForStream(@Nullable Member avoided) {
		long now = System.nanoTime();
		Member member = this.routes.leastStreams(avoided, now);
		Connection streams = (member != null) ? member.getStreams() : null;
		if (streams == null || !streams.isOpen() || streams.isStale(now) || !streams.acquire()) {
			return null;
		}
		this.observer.run();
		return streams;
	}

}
