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
import java.util.List;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.RelationLayout;
import io.github.etcdrelation.RelationValues;
import io.github.etcdrelation.event.EtcdRelationEvent;
import io.github.etcdrelation.event.EtcdRotatedEvent;
import io.github.etcdrelation.test.CertificateAuthority;
import org.awaitility.Awaitility;

/**
 * Renews the certificate of an application: its directory has the new one at once, the
 * members know it one after the other.
 */
public final class CertificateRenewal {

	private final CertificateAuthority authority;

	private final EtcdCharm charm;

	private final RelationLayout layout;

	private final Path directory;

	private final String user;

	private RelationValues values;

	/**
	 * Have the charm grant access, without writing anything yet.
	 * @param user the common name
	 */
	public CertificateRenewal(EtcdCharm charm, RelationLayout layout, Path directory, String user, String prefix)
			throws Exception {
		this(charm, layout, directory, CertificateAuthority.create(), user, prefix);
	}

	/**
	 * As the other one, with certificates of an authority that members may trust.
	 */
	public CertificateRenewal(EtcdCharm charm, RelationLayout layout, Path directory, CertificateAuthority authority,
			String user, String prefix) throws Exception {
		this.authority = authority;
		this.charm = charm;
		this.layout = layout;
		this.directory = directory;
		this.user = user;
		this.values = charm.request(prefix, authority.issueClient(user));
	}

	/**
	 * Write what was granted.
	 */
	public RelationValues write() {
		this.layout.write(this.directory, this.values);
		return this.values;
	}

	/**
	 * Renew the certificate and wait until each member is served with it.
	 * @param events the events that the application has seen
	 */
	public RelationValues renew(List<EtcdRelationEvent> events) throws Exception {
		ClientCredentials next = this.authority.issueClient(this.user);
		long rotated = rotated(events);
		this.values = this.values.withCredentials(
				new ClientCredentials(next.clientCert(), next.clientKey(), this.values.credentials().clientCa()));
		write();
		this.values = this.charm.request(this.values.prefix(), next);
		write();
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> rotated(events) > rotated);
		return this.values;
	}

	private static long rotated(List<EtcdRelationEvent> events) {
		return events.stream().filter(EtcdRotatedEvent.class::isInstance).count();
	}

}
