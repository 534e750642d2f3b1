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

import java.time.Duration;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.RelationDirectory;
import io.github.etcdrelation.test.CertificateAuthority;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.LocalEtcdMember;

/**
 * Certificates of the client and of the members that are replaced, as an operator would
 * in a cluster that serves.
 */
public final class Certificates {

	private final FaultCluster cluster;

	private final RelationDirectory directory;

	private volatile String connectionString;

	private final String control;

	private CertificateAuthority authority;

	private int issued;

	public Certificates(FaultCluster cluster, RelationDirectory directory, String connectionString) {
		LocalEtcd etcd = cluster.etcd();
		this.cluster = cluster;
		this.directory = directory;
		this.connectionString = connectionString;
		this.authority = etcd.getCertificateAuthority();
		// What asks the members besides what is tested keeps its first certificate
		this.control = etcd.getCertificateAuthority().caPem();
	}

	/**
	 * Write endpoints in another order from the next replacement on.
	 */
	public void setConnectionString(String connectionString) {
		this.connectionString = connectionString;
	}

	/**
	 * Give the client another certificate of the same authority.
	 */
	public void replaceClient() throws Exception {
		write(this.authority, this.authority.caPem());
		Experiment.pass(Duration.ofSeconds(3));
	}

	/**
	 * Replace the authority: all trust both, then all get new certificates, then the
	 * client trusts the new one alone.
	 */
	public void replaceAuthority() throws Exception {
		CertificateAuthority next = CertificateAuthority.create();
		String both = this.authority.caPem() + next.caPem();
		write(this.authority, both);
		this.cluster.control().trust(this.control + both);
		for (int i = 0; i < FaultCluster.SIZE; i++) {
			LocalEtcdMember member = this.cluster.member(i);
			this.cluster.setBad(i);
			member.setTrustedCa(this.control + both);
			member.restart();
			Experiment.pass(Duration.ofSeconds(2));
		}
		this.cluster.setBad();
		for (LocalEtcdMember member : this.cluster.etcd().getMembers()) {
			member.replaceServerCertificate(next.issueServer(member.getHost(), "localhost"));
		}
		write(next, both);
		Experiment.pass(Duration.ofSeconds(3));
		write(next, next.caPem());
		Experiment.pass(Duration.ofSeconds(3));
		this.authority = next;
	}

	private void write(CertificateAuthority issuer, String trusted) {
		ClientCredentials credentials = issuer.issueClient("client-" + this.issued++);
		this.directory.write(this.connectionString,
				new ClientCredentials(credentials.clientCert(), credentials.clientKey(), trusted));
	}

}
