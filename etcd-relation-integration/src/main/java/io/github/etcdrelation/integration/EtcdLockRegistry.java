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

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationEventPublisherAware;
import org.springframework.integration.support.locks.ExpirableLockRegistry;
import org.springframework.integration.support.locks.RenewableLockRegistry;
import org.springframework.util.Assert;

/**
 * Locks in etcd, shared by the processes that use the same prefix. All locks of a process
 * hang on the lease of its {@link EtcdSession}, which is kept alive, so that they are
 * held until they are unlocked or the process cannot reach etcd any more. Thread-safe.
 *
 * @since 0.1.0
 */
public class EtcdLockRegistry
		implements RenewableLockRegistry<EtcdLock>, ExpirableLockRegistry<EtcdLock>, ApplicationEventPublisherAware {

	/**
	 * The prefix of the keys unless another one is given.
	 */
	public static final String DEFAULT_PREFIX = "/spring-integration/locks/";

	/**
	 * How many locks are remembered unless another number is given.
	 */
	public static final int DEFAULT_CAPACITY = 100_000;

	private static final Log logger = LogFactory.getLog(EtcdLockRegistry.class);

	private final LocksInUse used;

	/**
	 * In the order of their use, the one that was not used for the longest time first.
	 */
	@GuardedBy("this.locks")
	private final Map<String, ObtainedLock> locks = new LinkedHashMap<>(16, 0.75F, true);

	private volatile int capacity = DEFAULT_CAPACITY;

	private volatile @Nullable ApplicationEventPublisher eventPublisher;

	/**
	 * A listener must not hold up what finds losses.
	 */
	private final ThreadPoolExecutor events;

	/**
	 * Create a registry with the default prefix.
	 * @param session the session of the process
	 */
	public EtcdLockRegistry(EtcdSession session) {
		this(session, DEFAULT_PREFIX);
	}

	/**
	 * Create a registry.
	 * @param session the session of the process
	 * @param prefix the prefix of the keys in etcd
	 */
	public EtcdLockRegistry(EtcdSession session, String prefix) {
		Assert.notNull(session, "'session' must not be null");
		Assert.hasText(prefix, "'prefix' must not be empty");
		this.used = new LocksInUse(session, prefix, this::lost);
		this.events = new ThreadPoolExecutor(1, 1, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), (task) -> {
			Thread thread = new Thread(task, "etcd-lock-events");
			thread.setDaemon(true);
			return thread;
		});
		this.events.allowCoreThreadTimeOut(true);
	}

	@Override
	public void setApplicationEventPublisher(ApplicationEventPublisher eventPublisher) {
		this.eventPublisher = eventPublisher;
	}

	/**
	 * Set how many locks are remembered. Beyond it those are forgotten that are not in
	 * use, the one that was not used for the longest time first. A forgotten lock can be
	 * used as before.
	 * @param capacity the number of locks, 100,000 by default
	 */
	public void setCapacity(int capacity) {
		Assert.isTrue(capacity > 0, "'capacity' must be greater than 0");
		this.capacity = capacity;
	}

	/**
	 * Obtain the lock of a key.
	 * @param lockKey the key, a {@link String}
	 * @return the lock, which is not locked by this
	 */
	@Override
	public EtcdLock obtain(Object lockKey) {
		Assert.isInstanceOf(String.class, lockKey,
				"The key of a lock must be a String, which is the same in all processes: ");
		return getLock((String) lockKey);
	}

	private ObtainedLock getLock(String key) {
		synchronized (this.locks) {
			ObtainedLock lock = this.locks.computeIfAbsent(key, this::create);
			if (this.locks.size() > this.capacity) {
				forget(lock);
			}
			return lock;
		}
	}

	private ObtainedLock create(String key) {
		return new ObtainedLock(key, this.used);
	}

	@GuardedBy("this.locks")
	private void forget(ObtainedLock obtained) {
		Iterator<ObtainedLock> eldest = this.locks.values().iterator();
		while (this.locks.size() > this.capacity && eldest.hasNext()) {
			ObtainedLock lock = eldest.next();
			if (lock != obtained && lock.isUnused(0)) {
				eldest.remove();
			}
		}
	}

	int getNumberOfLocks() {
		synchronized (this.locks) {
			return this.locks.size();
		}
	}

	@Override
	public void expireUnusedOlderThan(long age) {
		synchronized (this.locks) {
			this.locks.values().removeIf((lock) -> lock.isUnused(TimeUnit.MILLISECONDS.toNanos(age)));
		}
	}

	/**
	 * Ask etcd to renew the lock, which confirms that it is held. Only a lock with a time
	 * to live of its own needs it.
	 * @param lockKey the key of a lock that the current thread holds
	 * @throws IllegalMonitorStateException if the current thread does not hold it
	 * @throws IllegalStateException if it was lost or etcd could not be asked
	 */
	@Override
	public void renewLock(Object lockKey) {
		this.used.require(lockKey).renew(null);
	}

	/**
	 * Give the lock a time to live of its own, from now on, instead of that of the
	 * session or an earlier one.
	 * @param lockKey the key of a lock that the current thread holds
	 * @param ttl when it ends unless it is renewed
	 * @throws IllegalMonitorStateException if the current thread does not hold it
	 * @throws IllegalStateException if it was lost or etcd could not be asked
	 */
	@Override
	public void renewLock(Object lockKey, Duration ttl) {
		this.used.require(lockKey).renew(ttl);
	}

	private void lost(String key, long token) {
		this.events.execute(() -> publishLoss(key, token));
	}

	private void publishLoss(String key, long token) {
		logger.warn("The lock '%s' was lost while it was held: its lease has ended".formatted(key));
		ApplicationEventPublisher publisher = this.eventPublisher;
		if (publisher != null) {
			try {
				publisher.publishEvent(new EtcdLockLostEvent(this, key, token));
			}
			catch (Throwable ex) {
				logger.warn("A listener failed on the loss of the lock '%s'".formatted(key), ex);
			}
		}
	}

}
