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

import java.util.ArrayList;
import java.util.List;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * The attempts on a connection, as a linked list: one is added and removed with each
 * call, for which a set would allocate an entry.
 */
final class Attempts {

	@GuardedBy("this")
	private @Nullable Attempt<?> first;

	@GuardedBy("this")
	private int size;

	synchronized void add(Attempt<?> attempt) {
		Attempt<?> former = this.first;
		attempt.next = former;
		if (former != null) {
			former.previous = attempt;
		}
		attempt.carried = true;
		this.first = attempt;
		this.size++;
	}

	/**
	 * Remove an attempt.
	 * @return whether it was there
	 */
	synchronized boolean remove(Attempt<?> attempt) {
		if (!attempt.carried) {
			return false;
		}
		Attempt<?> before = attempt.previous;
		Attempt<?> after = attempt.next;
		if (before != null) {
			before.next = after;
		}
		else {
			this.first = after;
		}
		if (after != null) {
			after.previous = before;
		}
		attempt.previous = null;
		attempt.next = null;
		attempt.carried = false;
		this.size--;
		return true;
	}

	/**
	 * Return a copy of the current attempts.
	 */
	synchronized List<Attempt<?>> toList() {
		List<Attempt<?>> attempts = new ArrayList<>(this.size);
		for (Attempt<?> attempt = this.first; attempt != null; attempt = attempt.next) {
			attempts.add(attempt);
		}
		return attempts;
	}

}
