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

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.RelationValues;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.LocalEtcdMember;

/**
 * Makes a cluster one of Juju's charm: a certificate's common name is the user, who needs
 * no password, has a role on a prefix, and is let in because the members trust that very
 * certificate. They read whom they trust when they start, so that a renewed certificate
 * takes a restart of one member after the other.
 */
public final class CharmedEtcd implements EtcdCharm {

	private static final String PASSWORD = "root-s3cr3t";

	private final LocalEtcd etcd;

	private final MemberControl control;

	private final IntConsumer restarting;

	private final Map<String, String> trusted = new TreeMap<>();

	private int restarts;

	private int movedLeaders;

	/**
	 * Turn on the authentication of a cluster that says which member is restarted.
	 */
	public CharmedEtcd(FaultCluster cluster) {
		this(cluster.etcd(), cluster.control(), cluster::setBad);
	}

	/**
	 * Turn on the authentication of a running cluster that demands client certificates.
	 */
	public CharmedEtcd(LocalEtcd etcd) {
		this(etcd, MemberControl.of(etcd), (member) -> {
		});
	}

	private CharmedEtcd(LocalEtcd etcd, MemberControl control, IntConsumer restarting) {
		this.etcd = etcd;
		this.control = control;
		this.restarting = restarting;
		post("auth/user/add", "{\"name\":\"root\",\"password\":\"%s\"}".formatted(PASSWORD));
		post("auth/user/grant", "{\"user\":\"root\",\"role\":\"root\"}");
		post("auth/enable", "{}");
		control.authenticate("root", PASSWORD);
	}

	private void post(String path, String body) {
		this.control.post(this.etcd.getMember(0).getEndpoint(), "/v3/" + path, body);
	}

	@Override
	public RelationValues request(String prefix, ClientCredentials own) {
		RelationValues granted = grant(prefix, own);
		restartMembers();
		return granted;
	}

	/**
	 * Restart one member after the other, none of them as the leader, so that they trust
	 * whom they were given.
	 */
	public void restartMembers() {
		int size = this.etcd.getMembers().size();
		for (int i = 0; i < size; i++) {
			LocalEtcdMember member = this.etcd.getMember(i);
			this.restarting.accept(i);
			if (size > 1 && this.control.isLeader(member.getEndpoint())) {
				// To one that was restarted already, if there is one
				LocalEtcdMember successor = this.etcd.getMember((i == 0) ? size - 1 : 0);
				this.control.moveLeader(member.getEndpoint(), successor.getEndpoint());
				this.movedLeaders++;
			}
			// Returns when it serves, and the next one may be stopped
			member.restart();
			this.restarts++;
		}
	}

	/**
	 * Return how many members let in whoever has a certificate.
	 */
	public int countTrusting(ClientCredentials own) throws Exception {
		TrustProbe probe = new TrustProbe(new ClientCredentials(pem(first(own.clientCert())), own.clientKey(),
				this.etcd.getCertificateAuthority().caPem()));
		return (int) this.etcd.getMembers().stream().filter(probe::isLetIn).count();
	}

	/**
	 * Return how often a member was restarted.
	 */
	public int getRestarts() {
		return this.restarts;
	}

	/**
	 * Return how often a leader handed over before its restart.
	 */
	public int getMovedLeaders() {
		return this.movedLeaders;
	}

	/**
	 * Add the user unless it is known, and replace the certificate that is trusted, which
	 * is the first one without those that issued it. The members know it after their next
	 * start.
	 */
	public RelationValues grant(String prefix, ClientCredentials own) {
		X509Certificate certificate = first(own.clientCert());
		String leaf = pem(certificate);
		String user = commonName(certificate);
		if (this.trusted.put(user, leaf) == null) {
			post("auth/user/add", "{\"name\":\"%s\",\"options\":{\"no_password\":true}}".formatted(user));
			post("auth/role/add", "{\"name\":\"%s\"}".formatted(user));
			post("auth/role/grant",
					"{\"name\":\"%s\",\"perm\":{\"permType\":\"READWRITE\",\"key\":\"%s\",\"range_end\":\"%s\"}}"
						.formatted(user, base64(prefix), base64(end(prefix))));
			post("auth/user/grant", "{\"user\":\"%s\",\"role\":\"%s\"}".formatted(user, user));
		}
		String servers = this.etcd.getCertificateAuthority().caPem();
		// The servers' authority lets in members and whoever looks after them
		String all = servers + "\n" + String.join("\n", this.trusted.values());
		this.etcd.getMembers().forEach((member) -> member.setTrustedCa(all));
		return new RelationValues(this.etcd.getConnectionString(),
				new ClientCredentials(own.clientCert(), own.clientKey(), servers), user, prefix,
				this.etcd.getVersion());
	}

	private static String end(String prefix) {
		int last = prefix.length() - 1;
		return prefix.substring(0, last) + (char) (prefix.charAt(last) + 1);
	}

	private static String base64(String text) {
		return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
	}

	private static String commonName(X509Certificate certificate) {
		return certificate.getSubjectX500Principal().getName().replaceFirst(".*CN=([^,]+).*", "$1");
	}

	private static String pem(X509Certificate certificate) {
		try {
			return "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
				.formatted(Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(certificate.getEncoded()));
		}
		catch (CertificateException ex) {
			throw new IllegalArgumentException("No certificate", ex);
		}
	}

	private static X509Certificate first(String pem) {
		try {
			return (X509Certificate) CertificateFactory.getInstance("X.509")
				.generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
		}
		catch (CertificateException ex) {
			throw new IllegalArgumentException("No certificate", ex);
		}
	}

}
