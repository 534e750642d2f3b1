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

package io.github.etcdrelation.integration.autoconfigure;

import java.time.Duration;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.autoconfigure.EtcdRelationAutoConfiguration;
import io.github.etcdrelation.integration.EtcdLock;
import io.github.etcdrelation.integration.EtcdLockRegistry;
import io.github.etcdrelation.integration.EtcdMetadataStore;
import io.github.etcdrelation.integration.EtcdSession;
import io.github.etcdrelation.integration.LeaderInitiator;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.WithLocalEtcd;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.integration.leader.Candidate;
import org.springframework.integration.leader.DefaultCandidate;
import org.springframework.integration.metadata.MetadataStore;
import org.springframework.integration.metadata.SimpleMetadataStore;
import org.springframework.integration.support.leader.LockRegistryLeaderInitiator;
import org.springframework.integration.support.locks.DefaultLockRegistry;
import org.springframework.integration.support.locks.LockRegistry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EtcdIntegrationAutoConfiguration}.
 */
@WithLocalEtcd
class EtcdIntegrationAutoConfigurationTests {

	private final LocalEtcd etcd;

	private final ApplicationContextRunner unrelated = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(EtcdIntegrationAutoConfiguration.class,
				EtcdRelationAutoConfiguration.class, SslAutoConfiguration.class));

	private final ApplicationContextRunner runner;

	EtcdIntegrationAutoConfigurationTests(LocalEtcd etcd) {
		this.etcd = etcd;
		this.runner = this.unrelated
			.withPropertyValues("etcd.relation.connection-string=" + etcd.getConnectionString());
	}

	@Test
	void locksByDefault() {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(EtcdSession.class)
				.hasSingleBean(EtcdLockRegistry.class)
				.doesNotHaveBean(LeaderInitiator.class)
				.doesNotHaveBean(MetadataStore.class);
			assertThat(context.getBean(EtcdSession.class).getTimeToLive()).isEqualTo(Duration.ofSeconds(10));
			EtcdLock lock = context.getBean(EtcdLockRegistry.class).obtain("one");
			lock.lock();
			assertThat(lock.getFencingToken()).isPositive();
			lock.unlock();
		});
	}

	@Test
	void withoutRelation() {
		this.unrelated.run((context) -> assertThat(context).hasNotFailed()
			.doesNotHaveBean(EtcdSession.class)
			.doesNotHaveBean(LockRegistry.class));
	}

	@Test
	void withoutSpringIntegration() {
		this.runner.withClassLoader(new FilteredClassLoader(LockRegistry.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(EtcdSession.class));
	}

	@Test
	void withTwoClientsOfWhichNoneIsTheDefault() {
		this.unrelated
			.withPropertyValues("etcd.relations.a.connection-string=" + this.etcd.getConnectionString(),
					"etcd.relations.b.connection-string=" + this.etcd.getConnectionString())
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(EtcdSession.class));
	}

	@Test
	void disabled() {
		this.runner.withPropertyValues("etcd.integration.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(EtcdSession.class)
				.doesNotHaveBean(LockRegistry.class));
	}

	@Test
	void lockRegistryDisabled() {
		this.runner.withPropertyValues("etcd.integration.lock-registry.enabled=false")
			.run((context) -> assertThat(context).hasSingleBean(EtcdSession.class).doesNotHaveBean(LockRegistry.class));
	}

	@Test
	void lockRegistryOfTheApplication() {
		this.runner.withBean(DefaultLockRegistry.class)
			.run((context) -> assertThat(context).hasSingleBean(LockRegistry.class)
				.doesNotHaveBean(EtcdLockRegistry.class));
	}

	@Test
	void sessionOfTheApplication() {
		this.runner.withBean("own", EtcdSession.class, () -> new EtcdSession(this.client(), Duration.ofSeconds(2)))
			.run((context) -> assertThat(context).hasSingleBean(EtcdSession.class).hasBean("own"));
	}

	private Client client() {
		return Client.builder().endpoints(this.etcd.getConnectionString()).build();
	}

	@Test
	void timeToLiveAndPrefix() {
		this.runner
			.withPropertyValues("etcd.integration.time-to-live=20", "etcd.integration.prefix=/mine/",
					"etcd.integration.lock-registry.capacity=5")
			.run((context) -> {
				assertThat(context.getBean(EtcdSession.class).getTimeToLive()).isEqualTo(Duration.ofSeconds(20));
				EtcdLock lock = context.getBean(EtcdLockRegistry.class).obtain("one");
				lock.lock();
				assertThat(context.getBean(Client.class)
					.getKVClient()
					.get(io.etcd.jetcd.ByteSequence.from("/mine/locks/one/", java.nio.charset.StandardCharsets.UTF_8),
							io.etcd.jetcd.options.GetOption.builder().isPrefix(true).build())
					.get()
					.getKvs()).hasSize(1);
				lock.unlock();
			});
	}

	@Test
	void timeToLiveThatIsTooShort() {
		this.runner.withPropertyValues("etcd.integration.time-to-live=1s")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("'timeToLive' is PT1S, etcd needs 2 seconds at least"));
	}

	@Test
	void leaderOfARole() {
		this.runner.withPropertyValues("etcd.integration.leader.role=cleaner").run((context) -> {
			assertThat(context).hasSingleBean(LeaderInitiator.class);
			LeaderInitiator initiator = context.getBean(LeaderInitiator.class);
			Awaitility.await().until(() -> initiator.getContext().isLeader());
			assertThat(initiator.getContext().getRole()).isEqualTo("cleaner");
		});
	}

	@Test
	void candidateOfTheApplication() {
		Candidate other = new DefaultCandidate("other", "other");
		Candidate candidate = new DefaultCandidate("own", "cleaner");
		this.runner.withPropertyValues("etcd.integration.leader.role=cleaner")
			.withBean("other", Candidate.class, () -> other)
			.withBean("own", Candidate.class, () -> candidate)
			.run((context) -> assertThat(context.getBean(LeaderInitiator.class)).extracting("candidate")
				.isSameAs(candidate));
	}

	@Test
	void initiatorOfTheApplicationForAnotherRole() {
		this.runner.withPropertyValues("etcd.integration.leader.role=cleaner")
			.withBean("reporter", LeaderInitiator.class,
					() -> new LeaderInitiator(new EtcdSession(client()), new DefaultCandidate("me", "reporter")))
			.run((context) -> assertThat(context.getBeansOfType(LeaderInitiator.class).values())
				.extracting((initiator) -> initiator.getContext().getRole())
				.containsExactlyInAnyOrder("reporter", "cleaner"));
	}

	@Test
	void initiatorOfTheApplicationWithTheSameName() {
		this.runner.withPropertyValues("etcd.integration.leader.role=cleaner")
			.withBean("etcdLeaderInitiator", LeaderInitiator.class,
					() -> new LeaderInitiator(new EtcdSession(client()), new DefaultCandidate("me", "own")))
			.run((context) -> assertThat(context.getBean(LeaderInitiator.class).getContext().getRole())
				.isEqualTo("own"));
	}

	@Test
	void initiatorOfTheApplication() {
		this.runner.withPropertyValues("etcd.integration.leader.role=cleaner")
			.withBean(LockRegistryLeaderInitiator.class,
					() -> new LockRegistryLeaderInitiator(new DefaultLockRegistry()))
			.run((context) -> assertThat(context).doesNotHaveBean(LeaderInitiator.class));
	}

	@Test
	void metadataStore() {
		this.runner.withPropertyValues("etcd.integration.metadata-store.enabled=true").run((context) -> {
			assertThat(context).hasSingleBean(EtcdMetadataStore.class).hasBean("metadataStore");
			context.getBean(MetadataStore.class).put("a", "1");
			assertThat(context.getBean(MetadataStore.class).get("a")).isEqualTo("1");
		});
	}

	@Test
	void metadataStoreOfTheApplication() {
		this.runner.withPropertyValues("etcd.integration.metadata-store.enabled=true")
			.withBean("own", SimpleMetadataStore.class)
			.run((context) -> assertThat(context).hasSingleBean(MetadataStore.class).hasBean("own"));
	}

	@Test
	void relationThatIsNotAvailableAtTheStart() {
		this.runner
			.withPropertyValues("etcd.relation.connection-string=http://127.0.0.1:1",
					"etcd.integration.leader.role=cleaner")
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(EtcdLockRegistry.class));
	}

}
