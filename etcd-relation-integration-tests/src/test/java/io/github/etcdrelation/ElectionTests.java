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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.Election;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.election.CampaignResponse;
import io.etcd.jetcd.election.LeaderKey;
import io.etcd.jetcd.election.LeaderResponse;
import io.github.etcdrelation.client.EtcdClientBuilderCustomizer;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.LocalEtcdMember;
import io.github.etcdrelation.test.WithLocalEtcd;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.failure;
import static io.github.etcdrelation.RelationTester.get;
import static io.github.etcdrelation.RelationTester.text;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Campaigns, won and waited for, alone and together with those that etcd carries out.
 */
@WithLocalEtcd
class ElectionTests {

	private final LocalEtcd etcd;

	private final CallHandle call = new CallHandle();

	private Queue queue;

	ElectionTests(LocalEtcd etcd) {
		this.etcd = etcd;
	}

	@BeforeEach
	void openQueue(TestInfo test) {
		this.queue = new Queue(this.etcd, test.getTestMethod().orElseThrow().getName());
	}

	@AfterEach
	void closeQueue() {
		this.queue.close();
	}

	private ApplicationContextRunner runner() {
		return runner(this.etcd.getConnectionString());
	}

	private ApplicationContextRunner runner(String connectionString) {
		return RelationTester.runner(connectionString, this.etcd.getClientCredentials())
			.withBean(EtcdClientBuilderCustomizer.class, () -> (builder) -> builder.interceptor(this.call));
	}

	private CompletableFuture<CampaignResponse> campaign(Client client, long lease, String value) {
		return client.getElectionClient().campaign(bytes(this.queue.getName()), lease, bytes(value));
	}

	private String leader(Client client) throws Exception {
		return text(get(client.getElectionClient().leader(bytes(this.queue.getName()))).getKv().getValue());
	}

	@Test
	void onlyCandidateLeadsAtOnceWithTheKeyOfItsLease() {
		runner().run((context) -> {
			long lease = this.queue.grant();
			CampaignResponse response = get(campaign(context.getBean(Client.class), lease, "me"));
			LeaderKey leader = response.getLeader();
			KeyValue entry = this.queue.read().get(0);
			assertThat(text(leader.getName())).isEqualTo(this.queue.getName());
			assertThat(text(leader.getKey())).isEqualTo(this.queue.key(lease));
			assertThat(leader.getRevision()).isEqualTo(entry.getCreateRevision());
			assertThat(leader.getLease()).isEqualTo(lease).isEqualTo(entry.getLease());
			assertThat(leader(this.queue.getClient())).isEqualTo("me");
		});
	}

	@Test
	void leaderProclaimsAndResignsWithTheKeyThatItWasGiven() {
		runner().run((context) -> {
			Election election = context.getBean(Client.class).getElectionClient();
			LeaderKey leader = get(campaign(context.getBean(Client.class), this.queue.grant(), "first")).getLeader();
			List<String> observed = new CopyOnWriteArrayList<>();
			this.queue.getClient().getElectionClient().observe(bytes(this.queue.getName()), new Election.Listener() {

				@Override
				public void onNext(LeaderResponse response) {
					observed.add(text(response.getKv().getValue()));
				}

				@Override
				public void onError(Throwable failure) {
					// at the end of the test
				}

				@Override
				public void onCompleted() {
					// at the end of the test
				}

			});
			Awaitility.await().until(() -> observed.contains("first"));
			get(election.proclaim(leader, bytes("second")));
			Awaitility.await().until(() -> observed.contains("second"));
			assertThat(leader(context.getBean(Client.class))).isEqualTo("second");
			get(election.resign(leader));
			assertThat(this.queue.keys()).isEmpty();
		});
	}

	@Test
	void candidatesLeadInTheOrderOfTheCallsAndOneAtATime() {
		runner().run((context) -> {
			List<Long> leases = new ArrayList<>();
			List<CompletableFuture<CampaignResponse>> campaigns = new ArrayList<>();
			for (int i = 0; i < 5; i++) {
				leases.add(this.queue.grant());
				campaigns.add(campaign(context.getBean(Client.class), leases.get(i), "candidate " + i));
				this.queue.awaitKeys(leases.toArray(Long[]::new));
			}
			this.queue.assertTurns(leases, campaigns);
		});
	}

	@Test
	void candidateWaitsForOneWhoseCampaignEtcdCarriesOut() {
		runner().run((context) -> {
			long first = this.queue.grant();
			long second = this.queue.grant();
			LeaderKey leader = get(campaign(this.queue.getClient(), first, "theirs")).getLeader();
			CompletableFuture<CampaignResponse> waiting = campaign(context.getBean(Client.class), second, "ours");
			this.queue.awaitKeys(first, second);
			assertThat(waiting).isNotDone();
			get(this.queue.getClient().getElectionClient().resign(leader));
			get(waiting);
			assertThat(leader(this.queue.getClient())).isEqualTo("ours");
		});
	}

	@Test
	void candidateWhoseCampaignEtcdCarriesOutWaitsForOurs() {
		runner().run((context) -> {
			long first = this.queue.grant();
			long second = this.queue.grant();
			LeaderKey leader = get(campaign(context.getBean(Client.class), first, "ours")).getLeader();
			CompletableFuture<CampaignResponse> waiting = campaign(this.queue.getClient(), second, "theirs");
			this.queue.awaitKeys(first, second);
			assertThat(waiting).isNotDone();
			get(context.getBean(Client.class).getElectionClient().resign(leader));
			get(waiting);
			assertThat(leader(context.getBean(Client.class))).isEqualTo("theirs");
		});
	}

	@Test
	void leaderThatCampaignsAgainKeepsItsKeyAndProclaimsTheNewValue() {
		runner().run((context) -> {
			long lease = this.queue.grant();
			LeaderKey first = get(campaign(context.getBean(Client.class), lease, "first")).getLeader();
			LeaderKey second = get(campaign(context.getBean(Client.class), lease, "second")).getLeader();
			assertThat(second.getKey()).isEqualTo(first.getKey());
			assertThat(second.getRevision()).isEqualTo(first.getRevision());
			assertThat(leader(this.queue.getClient())).isEqualTo("second");
		});
	}

	@Test
	void campaignWithUnknownLeaseIsRefusedByEtcd() {
		runner().run((context) -> {
			assertThat(failure(campaign(context.getBean(Client.class), 4711, "me")))
				.hasMessageContaining("requested lease not found");
			assertThat(this.queue.keys()).isEmpty();
		});
	}

	@Test
	void campaignWithoutLeaseIsCarriedOutByEtcd() {
		runner().run((context) -> {
			LeaderKey leader = get(campaign(context.getBean(Client.class), 0, "me")).getLeader();
			assertThat(leader.getLease()).isNotZero();
			assertThat(leader(this.queue.getClient())).isEqualTo("me");
		});
	}

	@Test
	void candidateWhoseLeaseWasRevokedNeverLeads() {
		runner().run((context) -> {
			long first = this.queue.grant();
			long second = this.queue.grant();
			get(campaign(context.getBean(Client.class), first, "first"));
			CompletableFuture<CampaignResponse> waiting = campaign(context.getBean(Client.class), second, "second");
			this.queue.awaitKeys(first, second);
			this.queue.revoke(second);
			this.queue.delete(first);
			assertThat(failure(waiting)).hasMessageContaining("Relation 'etcd'")
				.hasMessageContaining(this.queue.key(second));
		});
	}

	@Test
	void candidacyThatIsCancelledIsWithdrawn() {
		runner().run((context) -> {
			long first = this.queue.grant();
			long second = this.queue.grant();
			get(campaign(context.getBean(Client.class), first, "first"));
			CompletableFuture<CampaignResponse> waiting = campaign(context.getBean(Client.class), second, "second");
			this.queue.awaitKeys(first, second);
			this.call.cancel();
			failure(waiting);
			this.queue.awaitKeys(first);
		});
	}

	@Test
	void candidacyIsWithdrawnAtItsDeadline() {
		runner().run((context) -> {
			long first = this.queue.grant();
			long second = this.queue.grant();
			get(campaign(context.getBean(Client.class), first, "first"));
			this.call.setDeadline(Duration.ofMillis(500));
			failure(campaign(context.getBean(Client.class), second, "second"));
			this.queue.awaitKeys(first);
		});
	}

	@Test
	void candidatesKeepTheirPlacesWhenConnectionsBreak() {
		LocalEtcdMember member = this.etcd.getMember(0);
		try (TcpProxy proxy = new TcpProxy(member.getHost(), member.getPort())) {
			runner("http://127.0.0.1:" + proxy.getPort()).run((context) -> {
				List<Long> leases = new ArrayList<>();
				List<CompletableFuture<CampaignResponse>> campaigns = new ArrayList<>();
				for (int i = 0; i < 4; i++) {
					leases.add(this.queue.grant());
					campaigns.add(campaign(context.getBean(Client.class), leases.get(i), "candidate " + i));
					this.queue.awaitKeys(leases.toArray(Long[]::new));
				}
				for (int i = 0; i < 5; i++) {
					int connections = proxy.getConnections();
					proxy.reset();
					Awaitility.await().until(() -> proxy.getConnections() > connections);
				}
				this.queue.assertTurns(leases, campaigns);
			});
		}
	}

	@Test
	void candidatesKeepTheirPlacesWhenEtcdIsKilledAndStarted() {
		try (LocalEtcd own = LocalEtcd.builder().start(); Queue seen = new Queue(own, this.queue.getName())) {
			RelationTester.runner(own).run((context) -> {
				List<Long> leases = new ArrayList<>();
				List<CompletableFuture<CampaignResponse>> campaigns = new ArrayList<>();
				for (int i = 0; i < 4; i++) {
					leases.add(seen.grant());
					campaigns.add(campaign(context.getBean(Client.class), leases.get(i), "candidate " + i));
					seen.awaitKeys(leases.toArray(Long[]::new));
				}
				own.getMember(0).kill();
				own.getMember(0).restart();
				seen.assertTurns(leases, campaigns);
			});
		}
	}

	@Test
	void candidacyEndsWhenTheRelationLeadsToAnotherCluster(@TempDir Path directory) {
		try (LocalEtcd other = LocalEtcd.builder().start()) {
			RelationDirectory relation = new RelationDirectory(directory.resolve("relation"));
			relation.write("connection_string", this.etcd.getConnectionString());
			RelationTester.runner()
				.withPropertyValues("etcd.relation.directory=" + relation.getPath())
				.run((context) -> {
					Client client = context.getBean(Client.class);
					long first = this.queue.grant();
					long second = this.queue.grant();
					get(campaign(client, first, "first"));
					CompletableFuture<CampaignResponse> waiting = campaign(client, second, "second");
					this.queue.awaitKeys(first, second);
					relation.write("connection_string", other.getConnectionString());
					assertThat(failure(waiting)).hasMessageContaining("another etcd cluster");
				});
		}
	}

}
