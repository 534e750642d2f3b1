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

package io.github.etcdrelation.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ConcurrentModificationException;

import io.github.etcdrelation.RelationDirectory;
import io.github.etcdrelation.integration.EtcdLock;
import io.github.etcdrelation.integration.EtcdLockRegistry;
import io.github.etcdrelation.integration.EtcdSession;

import org.springframework.dao.CannotAcquireLockException;

/**
 * A process that takes the same lock again and again, and writes to a journal while it
 * holds it.
 */
public final class LockProcess {

	private LockProcess() {
	}

	public static void main(String[] arguments) throws Exception {
		JournalProcess.endWithParent();
		String name = arguments[2];
		try (Application application = new Application(new RelationDirectory(Path.of(arguments[0])));
				Journal journal = new Journal(Path.of(arguments[1]));
				EtcdSession session = new EtcdSession(application.client(),
						Duration.ofSeconds(Long.parseLong(arguments[3])))) {
			EtcdLock lock = new EtcdLockRegistry(session).obtain("journal");
			while (true) {
				takeTurn(lock, journal, name);
			}
		}
	}

	private static void takeTurn(EtcdLock lock, Journal journal, String name) throws InterruptedException {
		try {
			lock.lock();
		}
		catch (CannotAcquireLockException ex) {
			System.err.println(ex);
			return;
		}
		long token = lock.getFencingToken();
		try {
			write(lock, journal, Journal.Kind.BEGIN, token, name);
			Thread.sleep(100);
			write(lock, journal, Journal.Kind.END, token, name);
		}
		finally {
			try {
				lock.unlock();
			}
			catch (ConcurrentModificationException ex) {
				journal.append(Journal.Kind.LOST, token, name, System.nanoTime());
			}
		}
	}

	private static void write(EtcdLock lock, Journal journal, Journal.Kind kind, long token, String name) {
		long time = System.nanoTime();
		if (lock.isAcquiredInThisProcess()) {
			journal.append(kind, token, name, time);
		}
	}

}
