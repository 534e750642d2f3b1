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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.event.EtcdChangedEvent;
import io.github.etcdrelation.event.EtcdRelationEvent;
import io.github.etcdrelation.event.EtcdRotationFailedEvent;
import io.github.etcdrelation.event.EtcdTlsAvailableEvent;
import io.github.etcdrelation.event.EtcdUnavailableEvent;
import io.github.etcdrelation.test.CertificateAuthority;
import io.github.etcdrelation.test.LocalEtcd;
import org.jspecify.annotations.Nullable;

/**
 * The provider's side of the relation: writes its directory, and waits a moment for the
 * event that the application gets.
 */
final class DemoRelation {

	private static final long PATIENCE_MILLIS = 1500;

	private final LocalEtcd etcd;

	private final DemoCluster cluster;

	private final RelationDirectory directory;

	private final List<CertificateAuthority> authorities;

	private final RelationEvents events;

	private final Timeline timeline;

	private int authority;

	private int certificates;

	private volatile boolean broken;

	private volatile boolean bad;

	/**
	 * Create a relation.
	 * @param authorities those that etcd trusts, the one in use first
	 */
	DemoRelation(LocalEtcd etcd, DemoCluster cluster, RelationDirectory directory,
			List<CertificateAuthority> authorities, RelationEvents events, Timeline timeline) {
		this.etcd = etcd;
		this.cluster = cluster;
		this.directory = directory;
		this.authorities = authorities;
		this.events = events;
		this.timeline = timeline;
	}

	@Nullable String describeBreak() {
		return this.broken ? "The relation is broken: restore it first" : null;
	}

	@Nullable String describeBad() {
		return this.bad ? "One is published already: rotate the certificate to replace it" : null;
	}

	boolean isBroken() {
		return this.broken;
	}

	String rotateCertificate() {
		ClientCredentials credentials = issue();
		record("The client certificate is replaced",
				PemText.name(PemText.read(credentials.clientCert()).get(0).getSubjectX500Principal()));
		publish(credentials);
		return "The certificate is replaced";
	}

	String rotateAuthority() {
		CertificateAuthority former = this.authorities.get(this.authority);
		this.authority = (this.authority + 1) % this.authorities.size();
		CertificateAuthority next = this.authorities.get(this.authority);
		record("The certificate authority is replaced",
				"Trust both, then certificates of members and client by the new one, then trust it alone");
		ClientCredentials client = former.issueClient(nextName());
		String both = former.caPem() + next.caPem();
		publish(new ClientCredentials(client.clientCert(), client.clientKey(), both));
		this.cluster.replaceServerCertificates(next);
		client = issue();
		publish(new ClientCredentials(client.clientCert(), client.clientKey(), both));
		publish(client);
		return "The certificate authority is replaced";
	}

	String publishBadCertificate() {
		ClientCredentials stranger = CertificateAuthority.create("Stranger").issueClient(nextName());
		record("A bad certificate is published", "Its authority is one that etcd does not trust");
		CompletableFuture<EtcdRelationEvent> refusal = this.events.expect(EtcdRotationFailedEvent.class::isInstance);
		write(new ClientCredentials(stranger.clientCert(), stranger.clientKey(),
				this.authorities.get(this.authority).caPem()));
		this.bad = true;
		await(refusal);
		return "A bad certificate is published";
	}

	String breakUp() {
		record("The relation is broken", "All files of its directory are deleted");
		CompletableFuture<EtcdRelationEvent> loss = this.events.expect(EtcdUnavailableEvent.class::isInstance);
		try {
			this.directory.clear();
		}
		catch (IOException ex) {
			throw new IllegalStateException("The directory could not be cleared", ex);
		}
		this.broken = true;
		this.bad = false;
		await(loss);
		return "The relation is broken";
	}

	String restore() {
		record("The relation is restored", "The files of its directory are back");
		CompletableFuture<EtcdRelationEvent> back = this.events.expect(EtcdTlsAvailableEvent.class::isInstance);
		try {
			this.directory.write("version", this.etcd.getVersion());
			this.directory.write("connection_string", this.etcd.getConnectionString());
		}
		catch (IOException ex) {
			throw new IllegalStateException("The directory could not be written", ex);
		}
		write(issue());
		this.broken = false;
		await(back);
		return "The relation is restored";
	}

	private ClientCredentials issue() {
		return this.authorities.get(this.authority).issueClient(nextName());
	}

	private String nextName() {
		return "app-" + ++this.certificates;
	}

	private void publish(ClientCredentials credentials) {
		CompletableFuture<EtcdRelationEvent> change = this.events.expect((event) -> event instanceof EtcdChangedEvent
				&& event.getRelation().getClientCredentials().equals(credentials));
		write(credentials);
		this.bad = false;
		await(change);
	}

	private void write(ClientCredentials credentials) {
		try {
			this.directory.write(credentials);
		}
		catch (IOException ex) {
			throw new IllegalStateException("The directory could not be written", ex);
		}
	}

	private void await(CompletableFuture<EtcdRelationEvent> event) {
		try {
			event.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			event.cancel(false);
			this.timeline.add(Timeline.Source.BUTTON, Timeline.Tone.WARNING, "No event yet",
					"The application has not reported the change within %d ms".formatted(PATIENCE_MILLIS));
		}
		catch (InterruptedException | ExecutionException ex) {
			throw new IllegalStateException("The wait for the application was interrupted", ex);
		}
	}

	private void record(String title, String detail) {
		this.timeline.add(Timeline.Source.BUTTON, Timeline.Tone.INFO, title, detail);
	}

}
