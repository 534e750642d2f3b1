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

import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.github.etcdrelation.event.EtcdRelationEvent;
import io.github.etcdrelation.event.EtcdRotationFailedEvent;
import io.github.etcdrelation.faults.CharmedEtcd;
import io.github.etcdrelation.test.CertificateAuthority;
import io.github.etcdrelation.test.LocalEtcd;
import io.grpc.Status;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationListener;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.failure;
import static io.github.etcdrelation.RelationTester.get;
import static io.github.etcdrelation.RelationTester.text;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a user by certificate may do inside the prefix that was granted, and what it is
 * answered outside.
 */
class GrantedPrefixTests {

	private static final String USER = "orders.example.com";

	private static final String PREFIX = "/orders/";

	private static final String WHO = "the user '%s' of the client certificate, which was granted the prefix '%s',"
		.formatted(USER, PREFIX);

	private static LocalEtcd etcd;

	private static RelationValues granted;

	@TempDir
	private Path temporary;

	@BeforeAll
	static void startEtcd() {
		etcd = LocalEtcd.builder().mutualTls().start();
		granted = new CharmedEtcd(etcd).request(PREFIX, CertificateAuthority.create().issueClient(USER));
	}

	@AfterAll
	static void stopEtcd() {
		etcd.close();
	}

	private ApplicationContextRunner runner() {
		RelationLayout.ETCD_CLIENT_SPOOL.write(this.temporary, granted);
		return RelationTester.runner().withPropertyValues("etcd.relation.directory=" + this.temporary);
	}

	@Test
	void callsInsideWork() {
		runner().run((context) -> {
			Client client = context.getBean(Client.class);
			Queue<String> watched = new ConcurrentLinkedQueue<>();
			long revision = get(client.getKVClient().get(bytes(PREFIX))).getHeader().getRevision();
			try (Watch.Watcher watcher = client.getWatchClient()
				.watch(bytes(PREFIX), WatchOption.builder().isPrefix(true).withRevision(revision + 1).build(),
						(response) -> response.getEvents()
							.forEach((event) -> watched.add(text(event.getKeyValue().getValue()))))) {
				KV kv = client.getKVClient();
				get(kv.put(bytes(PREFIX + "1"), bytes("new")));
				get(kv.put(bytes(PREFIX + "1"), bytes("paid")));
				Awaitility.await().untilAsserted(() -> assertThat(watched).containsExactly("new", "paid"));
				GetOption all = GetOption.builder().isPrefix(true).build();
				assertThat(get(kv.get(bytes(PREFIX), all)).getKvs()).hasSize(1);
				assertThat(get(kv.delete(bytes(PREFIX), DeleteOption.builder().isPrefix(true).build())).getDeleted())
					.isOne();
			}
		});
	}

	@Test
	void callsOutsideAreDeniedWithUserPrefixAndKeys() {
		runner().run((context) -> {
			KV kv = context.getBean(Client.class).getKVClient();
			assertDenied(failure(kv.put(bytes("/others/1"), bytes("value"))), "writing key '/others/1'");
			assertDenied(failure(kv.get(bytes("/others/1"))), "reading key '/others/1'");
			DeleteOption range = DeleteOption.builder().withRange(bytes("/p")).build();
			assertDenied(failure(kv.delete(bytes("/o"), range)), "writing keys from '/o' to '/p'");
			// It begins inside
			GetOption beyond = GetOption.builder().withRange(bytes("/z")).build();
			assertDenied(failure(kv.get(bytes(PREFIX + "1"), beyond)), "reading keys from '/orders/1' to '/z'");
			assertDenied(failure(kv.txn().Then(Op.put(bytes("/others/1"), bytes("value"), PutOption.DEFAULT)).commit()),
					"writing key '/others/1'");
			assertThat(get(kv.put(bytes(PREFIX + "2"), ByteSequence.EMPTY)).getHeader()).isNotNull();
		});
	}

	private static void assertDenied(Throwable failure, String operation) {
		assertThat(Status.fromThrowable(failure).getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
		assertThat(failure).hasMessageContaining("%s has no role for %s", WHO, operation);
	}

	@Test
	void authorityThatDidNotIssueTheServersIsRefusedAtOnce() {
		List<EtcdRotationFailedEvent> failures = new CopyOnWriteArrayList<>();
		runner().withBean("recorder", Recorder.class, () -> new Recorder(failures)).run((context) -> {
			KV kv = context.getBean(Client.class).getKVClient();
			get(kv.put(bytes(PREFIX + "3"), bytes("value")));
			ClientCredentials own = granted.credentials();
			RelationLayout.ETCD_CLIENT_SPOOL.write(this.temporary, granted.withCredentials(
					new ClientCredentials(own.clientCert(), own.clientKey(), CertificateAuthority.create().caPem())));
			Awaitility.await().untilAsserted(() -> assertThat(failures).hasSize(1));
			get(kv.put(bytes(PREFIX + "3"), bytes("other")));
		});
	}

	private record Recorder(List<EtcdRotationFailedEvent> failures) implements ApplicationListener<EtcdRelationEvent> {

		@Override
		public void onApplicationEvent(EtcdRelationEvent event) {
			if (event instanceof EtcdRotationFailedEvent failure) {
				this.failures.add(failure);
			}
		}

	}

}
