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

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * The locks that threads of this process hold or wait for: one for a key, whichever
 * objects they obtained for it. Thread-safe.
 */
final class LocksInUse {

	private final EtcdSession session;

	private final String prefix;

	private final BiConsumer<String, Long> onLoss;

	@GuardedBy("this")
	private final Map<String, Use> uses = new HashMap<>();

	/**
	 * Create the locks.
	 * @param session the session
	 * @param prefix the prefix of the keys in etcd
	 * @param onLoss told the key and the token if a lock is lost, must not block
	 */
	LocksInUse(EtcdSession session, String prefix, BiConsumer<String, Long> onLoss) {
		this.session = session;
		this.prefix = prefix;
		this.onLoss = onLoss;
	}

	/**
	 * Begin to use a lock.
	 */
	synchronized QueuedLock begin(String key) {
		Use use = this.uses.computeIfAbsent(key, this::create);
		use.number++;
		return use.lock;
	}

	private Use create(String key) {
		EtcdQueue queue = new EtcdQueue(this.session, this.prefix, key);
		return new Use(new QueuedLock(key, this.session, queue, this.onLoss));
	}

	/**
	 * End a use of a lock, which has to be begun before for each of its holdings.
	 */
	synchronized void end(String key) {
		this.uses.computeIfPresent(key, (used, use) -> (--use.number == 0) ? null : use);
	}

	/**
	 * Return the lock of a key, {@code null} if nobody uses it.
	 */
	synchronized @Nullable QueuedLock find(Object key) {
		Use use = this.uses.get(key);
		return (use != null) ? use.lock : null;
	}

	/**
	 * Return the lock of a key that the current thread has locked.
	 * @throws IllegalMonitorStateException if there is none
	 */
	QueuedLock require(Object key) {
		QueuedLock lock = find(key);
		if (lock == null || !lock.isHeldByCurrentThread()) {
			throw QueuedLock.notHeld(key);
		}
		return lock;
	}

	private static final class Use {

		private final QueuedLock lock;

		private int number;

		private Use(QueuedLock lock) {
			this.lock = lock;
		}

	}

}
