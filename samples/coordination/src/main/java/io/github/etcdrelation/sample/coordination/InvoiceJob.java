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

package io.github.etcdrelation.sample.coordination;

import java.io.IOException;

import io.github.etcdrelation.integration.EtcdLock;
import io.github.etcdrelation.integration.EtcdLockRegistry;
import io.github.etcdrelation.integration.EtcdMetadataStore;
import io.github.etcdrelation.integration.LeaderInitiator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.event.EventListener;
import org.springframework.integration.leader.event.OnGrantedEvent;
import org.springframework.integration.leader.event.OnRevokedEvent;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Writes the next invoice from time to time, in the instance that leads. The leadership
 * says who works, so that the others need not try. The lock is what protects the ledger.
 */
@Component
class InvoiceJob {

	private static final Logger logger = LoggerFactory.getLogger(InvoiceJob.class);

	private static final String LAST = "last-invoice";

	private final LeaderInitiator election;

	private final EtcdLockRegistry locks;

	private final EtcdMetadataStore progress;

	private final Ledger ledger;

	private final String instance;

	InvoiceJob(LeaderInitiator election, EtcdLockRegistry locks, EtcdMetadataStore progress, Ledger ledger,
			@Value("${coordination.instance}") String instance) {
		this.election = election;
		this.locks = locks;
		this.progress = progress;
		this.ledger = ledger;
		this.instance = instance;
	}

	@EventListener(OnGrantedEvent.class)
	void onGranted() {
		logger.info("granted  {} leads", this.instance);
	}

	@EventListener(OnRevokedEvent.class)
	void onRevoked() {
		logger.info("revoked  {} does not lead any more", this.instance);
	}

	/**
	 * Write an invoice. What fails is logged and tried again the next time.
	 */
	@Scheduled(fixedDelayString = "${coordination.interval}")
	void run() throws IOException {
		if (!this.election.getContext().isLeader()) {
			return;
		}
		EtcdLock lock = this.locks.obtain("ledger");
		if (!lock.tryLock()) {
			// The leader before has not finished
			return;
		}
		try {
			writeNext(lock.getFencingToken());
		}
		finally {
			lock.unlock();
		}
	}

	private void writeNext(long token) throws IOException {
		String last = this.progress.get(LAST);
		String next = (last != null) ? String.valueOf(Long.parseLong(last) + 1) : "1";
		this.ledger.write(token, next, this.instance);
		logger.info("wrote    invoice {} by {} with token {}", next, this.instance, token);
		// An instance that ends before this leaves it to the next one to write it again
		if (last != null) {
			this.progress.replace(LAST, last, next);
		}
		else {
			this.progress.putIfAbsent(LAST, next);
		}
	}

}
