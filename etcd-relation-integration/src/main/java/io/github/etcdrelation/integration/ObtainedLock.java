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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/**
 * What a registry returns for a key. It may be forgotten and obtained anew at any time,
 * as all objects for a key are the same lock.
 */
final class ObtainedLock implements EtcdLock {

	private final String key;

	private final LocksInUse locks;

	private volatile long lastUsed = System.nanoTime();

	ObtainedLock(String key, LocksInUse locks) {
		this.key = key;
		this.locks = locks;
	}

	@Override
	public void lock() {
		acquire((lock) -> {
			lock.lock(null);
			return true;
		});
	}

	@Override
	public void lock(Duration ttl) {
		acquire((lock) -> {
			lock.lock(ttl);
			return true;
		});
	}

	@Override
	public void lockInterruptibly() throws InterruptedException {
		acquire(QueuedLock::lockInterruptibly);
	}

	@Override
	public boolean tryLock() {
		return acquire(QueuedLock::tryLock);
	}

	@Override
	public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
		return acquire((lock) -> lock.tryLock(unit.toNanos(time), null));
	}

	@Override
	public boolean tryLock(Duration waitTime, Duration ttl) throws InterruptedException {
		return acquire((lock) -> lock.tryLock(TimeUnit.NANOSECONDS.convert(waitTime), ttl));
	}

	private <X extends Exception> boolean acquire(Acquisition<X> acquisition) throws X {
		boolean acquired = false;
		QueuedLock lock = this.locks.begin(this.key);
		try {
			acquired = acquisition.isSuccessful(lock);
		}
		finally {
			if (!acquired) {
				end();
			}
		}
		return acquired;
	}

	@Override
	public void unlock() {
		QueuedLock lock = this.locks.require(this.key);
		try {
			lock.unlock();
		}
		finally {
			end();
		}
	}

	private void end() {
		this.lastUsed = System.nanoTime();
		this.locks.end(this.key);
	}

	@Override
	public long getFencingToken() {
		return this.locks.require(this.key).getFencingToken();
	}

	@Override
	public boolean isAcquiredInThisProcess() {
		QueuedLock lock = this.locks.find(this.key);
		return lock != null && lock.isHeld();
	}

	/**
	 * Return whether no thread uses the lock and none has used this object for a while.
	 * @param nanos how long, in nanoseconds
	 */
	boolean isUnused(long nanos) {
		return this.locks.find(this.key) == null && System.nanoTime() - this.lastUsed >= nanos;
	}

	@Override
	public Condition newCondition() {
		throw new UnsupportedOperationException("A lock in etcd has no conditions");
	}

	@Override
	public String toString() {
		return "EtcdLock[key=%s, acquiredInThisProcess=%s]".formatted(this.key, isAcquiredInThisProcess());
	}

	@FunctionalInterface
	private interface Acquisition<X extends Exception> {

		boolean isSuccessful(QueuedLock lock) throws X;

	}

}
