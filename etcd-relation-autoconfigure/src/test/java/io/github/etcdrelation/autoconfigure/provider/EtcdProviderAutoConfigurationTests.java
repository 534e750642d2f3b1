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

package io.github.etcdrelation.autoconfigure.provider;

import java.nio.file.Path;

import io.github.etcdrelation.EtcdClientRequest;
import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.EtcdRelationProvider;
import io.github.etcdrelation.autoconfigure.EtcdRelationAutoConfiguration;
import io.github.etcdrelation.event.EtcdProviderConnectedEvent;
import io.github.etcdrelation.internal.provider.ManagedClientProvider;
import io.github.etcdrelation.internal.provider.ManagedProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

/**
 * Tests {@link EtcdProviderAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class EtcdProviderAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, EtcdRelationAutoConfiguration.class,
				EtcdProviderAutoConfiguration.class));

	@TempDir
	private Path directory;

	@Test
	void whenNothingIsConfiguredHasNoProvider() {
		this.contextRunner.run((context) -> assertThat(context).hasNotFailed()
			.doesNotHaveBean(EtcdRelationProvider.class)
			.doesNotHaveBean(ManagedProvider.class));
	}

	@Test
	void whenDisabledHasNoProvider() {
		this.contextRunner
			.withPropertyValues("etcd.provider.directory=" + this.directory, "etcd.provider.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(EtcdRelationProvider.class)
				.doesNotHaveBean(EtcdProviderProperties.class));
	}

	@Test
	void whenRelationIsDisabledHasProvider() {
		this.contextRunner
			.withPropertyValues("etcd.provider.directory=" + this.directory, "etcd.relation.enabled=false")
			.run((context) -> assertThat(context).hasSingleBean(EtcdRelationProvider.class));
	}

	@Test
	void whenUserHasProviderBacksOff() {
		this.contextRunner.withUserConfiguration(OwnProvider.class)
			.withPropertyValues("etcd.provider.directory=" + this.directory)
			.run((context) -> assertThat(context).hasSingleBean(EtcdRelationProvider.class)
				.hasBean("ownProvider")
				.doesNotHaveBean(ManagedProvider.class));
	}

	@Test
	void leavesExecutorsOfSpringBootAlone() {
		this.contextRunner
			.withConfiguration(
					AutoConfigurations.of(TaskExecutionAutoConfiguration.class, TaskSchedulingAutoConfiguration.class))
			.withPropertyValues("etcd.provider.directory=" + this.directory)
			.run((context) -> assertThat(context).hasBean("applicationTaskExecutor"));
	}

	@Test
	void requirerReadsWhatProviderOffersInDirectory() {
		this.contextRunner.withUserConfiguration(Offering.class)
			.withPropertyValues("etcd.provider.directory=" + this.directory, "etcd.provider.name=offer",
					"etcd.relation.directory=" + this.directory)
			.run((context) -> {
				EtcdRelationProvider provider = context.getBean(EtcdRelationProvider.class);
				assertThat(provider.getName()).isEqualTo("offer");
				assertThat(provider.isConnected()).isTrue();
				assertThat(context.getBean(Offering.class).events).isEqualTo(1);
				EtcdRelation relation = context.getBean(EtcdRelation.class);
				long end = System.nanoTime() + 20_000_000_000L;
				while (!relation.isAvailable() && System.nanoTime() < end) {
					Thread.sleep(10);
				}
				assertThat(relation.getConnectionString()).isEqualTo("http://127.0.0.1:2379");
				assertThat(relation.getVersion()).isEqualTo("3.5.16");
			});
	}

	@Test
	void nameIsDbByDefault() {
		this.contextRunner.withPropertyValues("etcd.provider.directory=" + this.directory)
			.run((context) -> assertThat(context.getBean(EtcdRelationProvider.class).getName()).isEqualTo("db"));
	}

	@Test
	void whenHookToolsAreMissingStartsAndTellsWhy(CapturedOutput output) {
		this.contextRunner.withPropertyValues("etcd.provider.juju.enabled=true").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(EtcdRelationProvider.class).isConnected()).isFalse();
			assertThat(output).containsOnlyOnce("relation-ids cannot be run");
		});
	}

	@Test
	void whenDirectoryAndJujuAreConfiguredFails() {
		this.contextRunner
			.withPropertyValues("etcd.provider.juju.enabled=true", "etcd.provider.directory=" + this.directory)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("juju.enabled and property 'etcd.provider.directory' are mutually exclusive"));
	}

	@Test
	void interfaceIsClassicByDefault() {
		this.contextRunner.withPropertyValues("etcd.provider.juju.enabled=true").run((context) -> {
			assertThat(context).hasSingleBean(ManagedProvider.class);
			EtcdRelationProvider provider = context.getBean(EtcdRelationProvider.class);
			assertThat(provider.getRequests()).isEmpty();
			EtcdClientRequest request = new EtcdClientRequest("db:1", null, "/", "", null);
			assertThatExceptionOfType(UnsupportedOperationException.class)
				.isThrownBy(() -> provider.setEndpoints("10.0.0.1:2379"))
				.withMessageContaining("Set etcd.provider.interface to etcd-client");
			assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> provider.setCa(""));
			assertThatExceptionOfType(UnsupportedOperationException.class)
				.isThrownBy(() -> provider.setUser(request, "client"));
			assertThatExceptionOfType(UnsupportedOperationException.class)
				.isThrownBy(() -> provider.refuse(request, 4001, "", ""));
		});
	}

	@Test
	void interfaceOfRequestsCanBeChosen() {
		for (String name : new String[] { "etcd-client", "etcd_client", "ETCD_CLIENT" }) {
			this.contextRunner.withPropertyValues("etcd.provider.juju.enabled=true", "etcd.provider.interface=" + name)
				.run((context) -> {
					assertThat(context).hasSingleBean(ManagedClientProvider.class)
						.hasSingleBean(EtcdRelationProvider.class);
					EtcdRelationProvider provider = context.getBean(EtcdRelationProvider.class);
					assertThat(provider.getRequests()).isEmpty();
					provider.setEndpoints("10.0.0.1:2379");
					assertThat(provider.isConnected()).isFalse();
				});
		}
	}

	@Test
	void whenRequestsAreExpectedInDirectoryFails() {
		this.contextRunner
			.withPropertyValues("etcd.provider.interface=etcd-client", "etcd.provider.directory=" + this.directory)
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("etcd.provider.directory cannot be combined with "
						+ "'etcd.provider.interface=etcd-client': a directory holds no requests"));
	}

	@Test
	void whenPollIntervalIsTooShortFails() {
		this.contextRunner
			.withPropertyValues("etcd.provider.poll-interval=1ms", "etcd.provider.directory=" + this.directory)
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("etcd.provider.poll-interval is less than 100 ms"));
	}

	@Test
	void whenNameIsEmptyFails() {
		this.contextRunner.withPropertyValues("etcd.provider.name=", "etcd.provider.directory=" + this.directory)
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining("etcd.provider.name is empty"));
	}

	@Test
	void whenRelationIsReadWithJujuButHookToolsAreMissingStarts(CapturedOutput output) {
		this.contextRunner.withPropertyValues("etcd.relation.juju.enabled=true").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(EtcdRelation.class).getStates()).isEmpty();
			assertThat(output).contains("juju.enabled is true, but the hook tool relation-ids cannot be run");
		});
	}

	@Test
	void whenRelationIsReadWithJujuAndOtherPropertiesFails() {
		for (String other : new String[] { "directory=" + this.directory, "connection-string=http://a:2379" }) {
			this.contextRunner.withPropertyValues("etcd.relation.juju.enabled=true", "etcd.relation." + other)
				.run((context) -> assertThat(context).getFailure()
					.hasStackTraceContaining("etcd.relation.juju.enabled is true and other properties"));
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnProvider {

		@Bean
		EtcdRelationProvider ownProvider() {
			return mock(EtcdRelationProvider.class);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Offering {

		private int events;

		@EventListener
		void onConnected(EtcdProviderConnectedEvent event) {
			this.events++;
			event.getProvider().setConnectionString("http://127.0.0.1:2379", "3.5.16");
		}

	}

}
