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

import org.springframework.integration.support.locks.DistributedLock;

/**
 * A lock in etcd. It is re-entrant by thread, interruptible, and taken in the order in
 * which the threads of all processes asked for it.
 * <p>
 * A {@link #tryLock()} may fail while nobody holds the lock, if another process tries it
 * at the same moment in vain.
 * <p>
 * A lock is lost if its lease ends: {@link #isAcquiredInThisProcess()} is false from then
 * on, an {@link EtcdLockLostEvent} is published, and {@link #unlock()} throws a
 * {@link java.util.ConcurrentModificationException}.
 *
 * @since 0.1.0
 */
public interface EtcdLock extends DistributedLock {

	/**
	 * Return the fencing token of the current holding, the revision at which etcd created
	 * its key. It is greater than those of all holdings before, so that a resource that
	 * refuses smaller tokens than it has seen is safe from a holder that does not know
	 * yet that it has lost the lock.
	 * @return the token
	 * @throws IllegalMonitorStateException if the current thread does not hold the lock
	 */
	long getFencingToken();

	/**
	 * Return whether a thread of this process holds the lock and has not lost it. That is
	 * known by the clock, without asking etcd.
	 * @return whether it is held
	 */
	boolean isAcquiredInThisProcess();

}
