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

package io.github.etcdrelation.sample.quickstart;

import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.EtcdRelations;
import io.github.etcdrelation.event.EtcdChangedEvent;
import io.github.etcdrelation.event.EtcdRotationFailedEvent;
import io.github.etcdrelation.test.CertificateAuthority;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.LocalEtcdMember;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;

/**
 * Replaces the client certificate a few times and then the certificate authority, while
 * the application writes and watches.
 */
@Order(2)
class Rotations implements ApplicationRunner {

	private static final Logger logger = LoggerFactory.getLogger(Rotations.class);

	private static final int CERTIFICATES = 5;

	private final LocalEtcd etcd;

	private final CertificateAuthority nextAuthority;

	private final RelationDirectory directory;

	private final EtcdRelations relations;

	private final Journal journal;

	private final BlockingQueue<ClientCredentials> changes = new LinkedBlockingQueue<>();

	private volatile Throwable refusal;

	private CompletableFuture<Void> end = new CompletableFuture<>();

	Rotations(LocalEtcd etcd, CertificateAuthority nextAuthority, RelationDirectory directory, EtcdRelations relations,
			Journal journal) {
		this.etcd = etcd;
		this.nextAuthority = nextAuthority;
		this.directory = directory;
		this.relations = relations;
		this.journal = journal;
	}

	@EventListener
	void onChanged(EtcdChangedEvent event) {
		this.changes.add(event.getRelation().getClientCredentials());
	}

	@EventListener
	void onRotationFailed(EtcdRotationFailedEvent event) {
		this.refusal = event.getCause();
	}

	@Override
	public void run(ApplicationArguments arguments) {
		this.end = CompletableFuture.runAsync(this::rotate).whenComplete((nothing, failure) -> this.journal.stop());
	}

	/**
	 * Wait for the end of the rotations.
	 * @throws java.util.concurrent.CompletionException if one of them failed
	 */
	void join() {
		this.end.join();
	}

	private void rotate() {
		ClientCredentials client = this.etcd.getClientCredentials();
		for (int i = 1; i <= CERTIFICATES; i++) {
			client = this.etcd.newClientCredentials("client-" + i);
			relate("client certificate %d of %d".formatted(i, CERTIFICATES), client);
		}
		String next = this.nextAuthority.caPem();
		relate("trust the old CA and the new one", with(client, client.clientCa() + next));
		logger.info("rotate   server certificate by the new CA");
		for (LocalEtcdMember member : this.etcd.getMembers()) {
			member.replaceServerCertificate(this.nextAuthority.issueServer(member.getHost()));
		}
		ClientCredentials nextClient = this.nextAuthority.issueClient("client");
		relate("client certificate by the new CA", with(nextClient, client.clientCa() + next));
		relate("trust the new CA alone", nextClient);
	}

	private static ClientCredentials with(ClientCredentials credentials, String ca) {
		return new ClientCredentials(credentials.clientCert(), credentials.clientKey(), ca);
	}

	private void relate(String description, ClientCredentials credentials) {
		logger.info("rotate   {}", description);
		try {
			this.directory.write(credentials);
			ClientCredentials seen;
			do {
				seen = this.changes.poll(20, TimeUnit.SECONDS);
				if (seen == null) {
					throw new IllegalStateException("Not noticed: " + description);
				}
			}
			while (!seen.equals(credentials));
			// Until all listeners have heard of the change, and of what comes after it
			this.relations.refresh("etcd");
			if (this.refusal != null) {
				throw new IllegalStateException("Refused: " + description, this.refusal);
			}
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException("Could not rotate: " + description, ex);
		}
	}

}
