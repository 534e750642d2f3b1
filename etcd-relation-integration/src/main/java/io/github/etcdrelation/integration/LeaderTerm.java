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

package io.github.etcdrelation.integration;

import java.util.concurrent.CompletableFuture;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import org.springframework.integration.leader.Context;

/**
 * The time from when a candidate is granted leadership until that is revoked.
 * Thread-safe.
 */
final class LeaderTerm implements Context {

	private final QueueEntry entry;

	private final String role;

	private final CompletableFuture<Void> end = new CompletableFuture<>();

	private final CompletableFuture<Void> loss = new CompletableFuture<>();

	private final CompletableFuture<Void> revoked = new CompletableFuture<>();

	@GuardedBy("this")
	private boolean announced;

	@GuardedBy("this")
	private boolean begun;

	@GuardedBy("this")
	private boolean revokedEarly;

	LeaderTerm(QueueEntry entry, String role) {
		this.entry = entry;
		this.role = role;
	}

	/**
	 * Begin to announce the leadership.
	 * @return whether it has not ended before
	 */
	synchronized boolean announce() {
		if (isLeader()) {
			this.announced = true;
		}
		return this.announced;
	}

	/**
	 * Begin to call the candidate.
	 * @return whether the leadership has not ended before
	 */
	synchronized boolean begin() {
		if (isLeader()) {
			this.begun = true;
		}
		return this.begun;
	}

	/**
	 * Return whether the candidate was called, so that it has to be told of the end.
	 */
	synchronized boolean isBegun() {
		return this.begun;
	}

	/**
	 * End the granting, with all that was called for it.
	 * @return whether it was revoked before, as nobody waited for that any longer
	 */
	synchronized boolean endGrant() {
		return this.announced && this.revokedEarly;
	}

	/**
	 * End the leadership, as others may lead soon.
	 * @param lost the entry that was lost, perhaps that of an earlier leadership
	 */
	void lose(QueueEntry lost) {
		if (lost == this.entry) {
			this.loss.complete(null);
			end();
		}
	}

	/**
	 * Return what is done when the leadership was lost.
	 */
	CompletableFuture<Void> getLoss() {
		return this.loss;
	}

	/**
	 * End the leadership, which is revoked next.
	 */
	void end() {
		this.end.complete(null);
	}

	/**
	 * End the leadership, and begin to revoke it.
	 * @param early whether it was waited in vain for the end of the granting
	 * @return whether it was announced, so that its end has to be
	 */
	synchronized boolean revoke(boolean early) {
		end();
		this.revokedEarly = early;
		return this.announced;
	}

	/**
	 * Return what is done when all that was called to revoke it has returned.
	 */
	CompletableFuture<Void> getRevoked() {
		return this.revoked;
	}

	CompletableFuture<Void> getEnd() {
		return this.end;
	}

	/**
	 * Return whether it has not ended, by the clock: a process that was stopped finds
	 * itself revoked before it is told.
	 */
	@Override
	public boolean isLeader() {
		return !this.end.isDone() && this.entry.isHeld();
	}

	@Override
	public void yield() {
		end();
	}

	@Override
	public String getRole() {
		return this.role;
	}

	@Override
	public String toString() {
		return "LeaderTerm[role=%s, leader=%s]".formatted(this.role, isLeader());
	}

}
