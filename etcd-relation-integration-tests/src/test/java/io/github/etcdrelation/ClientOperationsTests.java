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

package io.github.etcdrelation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Observers;
import io.etcd.jetcd.watch.WatchResponse;
import io.github.etcdrelation.test.CertificateAuthority;
import io.github.etcdrelation.test.KeyFormat;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.WithLocalEtcd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static io.github.etcdrelation.RelationTester.text;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an application does with the injected client, against an etcd that demands client
 * certificates.
 */
@WithLocalEtcd(mutualTls = true)
class ClientOperationsTests {

	private final LocalEtcd etcd;

	ClientOperationsTests(LocalEtcd etcd) {
		this.etcd = etcd;
	}

	@ParameterizedTest
	@EnumSource(KeyFormat.class)
	void everyOperationWorksWithInlineCredentials(KeyFormat keyFormat) {
		verifyAllOperations(this.etcd.newClientCredentials("inline", keyFormat));
	}

	@ParameterizedTest
	@EnumSource(KeyFormat.class)
	void everyOperationWorksWithCredentialsInFiles(KeyFormat keyFormat, @TempDir Path directory) throws Exception {
		ClientCredentials credentials = this.etcd.newClientCredentials("files", keyFormat);
		verifyAllOperations(new ClientCredentials(file(directory, "cert.pem", credentials.clientCert()),
				file(directory, "key.pem", credentials.clientKey()),
				file(directory, "ca.pem", credentials.clientCa())));
	}

	@Test
	void everyOperationWorksWithTextBeforeTheCertificate() {
		ClientCredentials credentials = this.etcd.newClientCredentials("easyrsa");
		String text = """
				Certificate:
				    Data:
				        Version: 3 (0x2)
				        Serial Number:
				            4e:8a:13:c2:53:e4:51:0b
				        Signature Algorithm: sha256WithRSAEncryption
				""";
		verifyAllOperations(new ClientCredentials(text + credentials.clientCert(), credentials.clientKey(),
				credentials.clientCa()));
	}

	@Test
	void everyOperationWorksWithCarriageReturns() {
		ClientCredentials credentials = this.etcd.newClientCredentials("crlf");
		verifyAllOperations(new ClientCredentials(credentials.clientCert().replace("\n", "\r\n"),
				credentials.clientKey().replace("\n", "\r\n"), credentials.clientCa().replace("\n", "\r\n")));
	}

	@Test
	void everyOperationWorksWithChain() {
		CertificateAuthority intermediate = this.etcd.getCertificateAuthority().createIntermediate("intermediate");
		ClientCredentials credentials = intermediate.issueClient("chained");
		assertThat(credentials.clientCert().split("BEGIN CERTIFICATE")).hasSize(3);
		verifyAllOperations(new ClientCredentials(credentials.clientCert(), credentials.clientKey(),
				this.etcd.getCertificateAuthority().caPem()));
	}

	@Test
	void everyOperationWorksWithTwoAuthorities() {
		ClientCredentials credentials = this.etcd.newClientCredentials("two-cas");
		verifyAllOperations(new ClientCredentials(credentials.clientCert(), credentials.clientKey(),
				CertificateAuthority.create("other").caPem() + credentials.clientCa()));
	}

	private static String file(Path directory, String name, String content) throws Exception {
		return Files.writeString(directory.resolve(name), content).toUri().toString();
	}

	private void verifyAllOperations(ClientCredentials credentials) {
		RelationTester.runner(this.etcd.getConnectionString(), credentials).run((context) -> {
			assertThat(context).hasNotFailed();
			Client client = context.getBean(Client.class);
			verifyKeysAndTransaction(client);
			verifyWatch(client);
			verifyLeaseAndLock(client);
			verifyElection(client);
			assertThat(get(client.getMaintenanceClient().statusMember(this.etcd.getConnectionString())).getVersion())
				.isEqualTo(this.etcd.getVersion());
		});
	}

	private static void verifyKeysAndTransaction(Client client) throws Exception {
		get(client.getKVClient().put(bytes("key"), bytes("value")));
		assertThat(text(get(client.getKVClient().get(bytes("key"))).getKvs().get(0).getValue())).isEqualTo("value");
		assertThat(get(client.getKVClient()
			.txn()
			.If(new Cmp(bytes("key"), Cmp.Op.EQUAL, CmpTarget.value(bytes("value"))))
			.Then(Op.put(bytes("key"), bytes("changed"), PutOption.DEFAULT))
			.Else(Op.get(bytes("key"), GetOption.DEFAULT))
			.commit()).isSucceeded()).isTrue();
		get(client.getKVClient().delete(bytes("key")));
	}

	private static void verifyWatch(Client client) throws Exception {
		BlockingQueue<WatchResponse> responses = new LinkedBlockingQueue<>();
		long revision = get(client.getKVClient().put(bytes("watched"), bytes("1"))).getHeader().getRevision();
		try (Watch.Watcher watcher = client.getWatchClient()
			.watch(bytes("watched"), WatchOption.builder().withRevision(revision).build(), responses::add)) {
			WatchResponse response = responses.poll(10, TimeUnit.SECONDS);
			assertThat(response).isNotNull();
			assertThat(text(response.getEvents().get(0).getKeyValue().getValue())).isEqualTo("1");
			assertThat(watcher.isClosed()).isFalse();
		}
	}

	private static void verifyLeaseAndLock(Client client) throws Exception {
		long lease = get(client.getLeaseClient().grant(10)).getID();
		BlockingQueue<LeaseKeepAliveResponse> renewals = new LinkedBlockingQueue<>();
		try (CloseableClient keepAlive = client.getLeaseClient().keepAlive(lease, Observers.observer(renewals::add))) {
			assertThat(renewals.poll(10, TimeUnit.SECONDS)).isNotNull();
		}
		assertThat(get(client.getLeaseClient().keepAliveOnce(lease)).getTTL()).isEqualTo(10);
		assertThat(get(client.getLeaseClient().timeToLive(lease, LeaseOption.DEFAULT)).getTTL()).isPositive();
		var lockKey = get(client.getLockClient().lock(bytes("lock"), lease)).getKey();
		get(client.getLockClient().unlock(lockKey));
		get(client.getLeaseClient().revoke(lease));
	}

	private static void verifyElection(Client client) throws Exception {
		long lease = get(client.getLeaseClient().grant(10)).getID();
		var leader = get(client.getElectionClient().campaign(bytes("election"), lease, bytes("me"))).getLeader();
		assertThat(text(get(client.getElectionClient().leader(bytes("election"))).getKv().getValue())).isEqualTo("me");
		get(client.getElectionClient().resign(leader));
		get(client.getLeaseClient().revoke(lease));
	}

}
