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
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.election.CampaignResponse;
import io.etcd.jetcd.election.LeaderResponse;
import io.etcd.jetcd.lock.LockResponse;
import io.etcd.jetcd.options.WatchOption;
import io.github.etcdrelation.event.EtcdAvailableEvent;
import io.github.etcdrelation.event.EtcdChangedEvent;
import io.github.etcdrelation.event.EtcdConnectedEvent;
import io.github.etcdrelation.event.EtcdDisconnectedEvent;
import io.github.etcdrelation.event.EtcdRelationEvent;
import io.github.etcdrelation.event.EtcdRotatedEvent;
import io.github.etcdrelation.event.EtcdTlsAvailableEvent;
import io.github.etcdrelation.event.EtcdTlsUnavailableEvent;
import io.github.etcdrelation.event.EtcdUnavailableEvent;
import io.github.etcdrelation.faults.CertificateRenewal;
import io.github.etcdrelation.faults.CharmedEtcd;
import io.github.etcdrelation.test.LocalEtcd;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.event.EventListener;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.failure;
import static io.github.etcdrelation.RelationTester.get;
import static io.github.etcdrelation.RelationTester.text;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * One application, which cannot notice which of the two interfaces it is related by.
 */
class BothInterfacesTests {

	private static LocalEtcd etcd;

	private static CharmedEtcd charm;

	@TempDir
	private Path temporary;

	@BeforeAll
	static void startEtcd() {
		etcd = LocalEtcd.builder().mutualTls().start();
		charm = new CharmedEtcd(etcd);
	}

	@AfterAll
	static void stopEtcd() {
		etcd.close();
	}

	@ParameterizedTest
	@EnumSource
	void applicationIsTheSame(RelationLayout layout) throws Exception {
		Path directory = this.temporary.resolve("relation");
		String user = "user-" + layout;
		String prefix = "/" + layout + "/";
		// The provider of the one hands over certificates that its cluster knows already
		CertificateRenewal renewal = layout.isEtcdClient()
				? new CertificateRenewal(charm, layout, directory, user, prefix)
				: new CertificateRenewal(charm::grant, layout, directory, etcd.getCertificateAuthority(), user, prefix);
		RelationTester.runner()
			.withBean(Inventory.class)
			.withPropertyValues("etcd.relation.directory=" + directory, "etcd.relation.poll-interval=1s")
			.run((context) -> {
				Inventory inventory = context.getBean(Inventory.class);
				EtcdRelation relation = context.getBean(EtcdRelation.class);
				assertThat(relation.getStates()).isEmpty();
				RelationValues granted = renewal.write();
				inventory.awaitEvents(EtcdConnectedEvent.class, EtcdAvailableEvent.class, EtcdTlsAvailableEvent.class);
				assertValues(relation, layout, granted);
				inventory.use(prefix);
				RelationValues renewed = renewal.renew(inventory.events);
				inventory.awaitEvents(EtcdChangedEvent.class, EtcdRotatedEvent.class);
				assertValues(relation, layout, renewed);
				inventory.useFurther(prefix);
				assertThat(failure(inventory.client.getKVClient().put(bytes("/other/key"), bytes("value"))))
					.hasMessageContaining("PERMISSION_DENIED")
					.hasMessageContaining("'/other/key'");
				new RelationDirectory(directory).delete();
				inventory.awaitEvents(EtcdTlsUnavailableEvent.class, EtcdUnavailableEvent.class,
						EtcdDisconnectedEvent.class);
				assertThat(relation.getStates()).isEmpty();
				assertThat(relation.getConnectionString()).isNull();
				assertThat(relation.getUsername()).isNull();
			});
	}

	private static void assertValues(EtcdRelation relation, RelationLayout layout, RelationValues expected) {
		assertThat(relation.isTlsAvailable()).isTrue();
		assertThat(relation.getConnectionString()).isEqualTo(expected.uris());
		assertThat(relation.getVersion()).isEqualTo(expected.version());
		assertThat(relation.getClientCredentials()).isEqualTo(expected.credentials());
		assertThat(relation.getInterface()).isEqualTo(layout.isEtcdClient() ? "etcd_client" : "etcd");
		assertThat(relation.getUsername()).isEqualTo(layout.isEtcdClient() ? expected.username() : null);
		assertThat(relation.getPrefix()).isEqualTo(layout.isEtcdClient() ? expected.prefix() : null);
	}

	/**
	 * The code of an application: nothing in it depends on the interface.
	 */
	static class Inventory {

		private final Client client;

		private final List<EtcdRelationEvent> events = new CopyOnWriteArrayList<>();

		private final Map<Class<?>, Integer> listened = new ConcurrentHashMap<>();

		private final Queue<String> watched = new ConcurrentLinkedQueue<>();

		private int seen;

		private Watch.Watcher watcher;

		private LockResponse lock;

		private CampaignResponse leader;

		private CompletableFuture<LockResponse> waitingLock;

		private CompletableFuture<CampaignResponse> candidate;

		Inventory(Client client) {
			this.client = client;
		}

		@EventListener
		void on(EtcdRelationEvent event) {
			this.events.add(event);
		}

		@EventListener({ EtcdConnectedEvent.class, EtcdAvailableEvent.class, EtcdTlsAvailableEvent.class })
		void onGained(EtcdRelationEvent event) {
			this.listened.merge(event.getClass(), 1, Integer::sum);
		}

		/**
		 * Wait until these events and no other have come since the last time.
		 */
		void awaitEvents(Class<?>... expected) {
			int from = this.seen;
			Awaitility.await()
				.untilAsserted(
						() -> assertThat(this.events.subList(from, this.events.size())).extracting(Object::getClass)
							.map((type) -> (Object) type)
							.containsExactly((Object[]) expected));
			this.seen = this.events.size();
			assertThat(this.listened).hasSize(3).allSatisfy((type, count) -> assertThat(count).isOne());
		}

		void use(String prefix) throws Exception {
			long revision = get(this.client.getKVClient().get(bytes(prefix))).getHeader().getRevision();
			this.watcher = this.client.getWatchClient()
				.watch(bytes(prefix + "items/"),
						WatchOption.builder().isPrefix(true).withRevision(revision + 1).build(),
						(response) -> response.getEvents()
							.forEach((event) -> this.watched.add(text(event.getKeyValue().getValue()))));
			get(this.client.getKVClient().put(bytes(prefix + "items/1"), bytes("first")));
			long lease = get(this.client.getLeaseClient().grant(60)).getID();
			long other = get(this.client.getLeaseClient().grant(60)).getID();
			this.lock = get(this.client.getLockClient().lock(bytes(prefix + "lock"), lease));
			this.waitingLock = this.client.getLockClient().lock(bytes(prefix + "lock"), other);
			this.leader = get(this.client.getElectionClient().campaign(bytes(prefix + "seat"), lease, bytes("one")));
			this.candidate = this.client.getElectionClient().campaign(bytes(prefix + "seat"), other, bytes("two"));
			LeaderResponse elected = get(this.client.getElectionClient().leader(bytes(prefix + "seat")));
			assertThat(text(elected.getKv().getValue())).isEqualTo("one");
		}

		void useFurther(String prefix) throws Exception {
			get(this.client.getKVClient().put(bytes(prefix + "items/2"), bytes("second")));
			Awaitility.await().untilAsserted(() -> assertThat(this.watched).containsExactly("first", "second"));
			assertThat(this.waitingLock).isNotDone();
			assertThat(this.candidate).isNotDone();
			get(this.client.getLockClient().unlock(this.lock.getKey()));
			assertThat(text(get(this.waitingLock).getKey())).startsWith(prefix + "lock/");
			get(this.client.getElectionClient().resign(this.leader.getLeader()));
			assertThat(text(get(this.candidate).getLeader().getKey())).startsWith(prefix + "seat/");
			this.watcher.close();
		}

	}

}
