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

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import io.github.etcdrelation.RelationDirectory;
import io.github.etcdrelation.integration.EtcdSession;
import io.github.etcdrelation.integration.LeaderInitiator;

import org.springframework.integration.leader.AbstractCandidate;
import org.springframework.integration.leader.Context;
import org.springframework.integration.leader.event.OnGrantedEvent;
import org.springframework.integration.leader.event.OnRevokedEvent;

/**
 * A process that takes part in an election, and writes to a journal while it leads.
 */
public final class LeaderProcess extends AbstractCandidate {

	private final Journal journal;

	private volatile long term;

	private LeaderProcess(String name, Path journal) throws IOException {
		super(name, "writer");
		this.journal = new Journal(journal);
	}

	public static void main(String[] arguments) throws Exception {
		JournalProcess.endWithParent();
		try (Application application = new Application(new RelationDirectory(Path.of(arguments[0])));
				EtcdSession session = new EtcdSession(application.client(),
						Duration.ofSeconds(Long.parseLong(arguments[3])))) {
			LeaderProcess candidate = new LeaderProcess(arguments[2], Path.of(arguments[1]));
			LeaderInitiator initiator = new LeaderInitiator(session, candidate);
			initiator.setApplicationEventPublisher(candidate::onEvent);
			initiator.start();
			new CountDownLatch(1).await();
		}
	}

	/**
	 * The time between the events is what may not overlap; what the candidate is called
	 * for lies within.
	 */
	private void onEvent(Object event) {
		long time = System.nanoTime();
		if (event instanceof OnGrantedEvent granted) {
			this.term++;
			append(granted.getContext().isLeader() ? Journal.Kind.BEGIN : Journal.Kind.LOST, time);
		}
		else if (event instanceof OnRevokedEvent revoked) {
			append(revoked.getContext().isLeader() ? Journal.Kind.LOST : Journal.Kind.END, time);
		}
	}

	@Override
	public void onGranted(Context context) throws InterruptedException {
		while (true) {
			// Leads at that time if it does later
			long time = System.nanoTime();
			if (!context.isLeader()) {
				return;
			}
			append(Journal.Kind.WORK, time);
			Thread.sleep(20);
		}
	}

	private void append(Journal.Kind kind, long time) {
		this.journal.append(kind, this.term, getId(), time);
	}

	@Override
	public void onRevoked(Context context) {
		if (context.isLeader()) {
			append(Journal.Kind.LOST, System.nanoTime());
		}
	}

}
