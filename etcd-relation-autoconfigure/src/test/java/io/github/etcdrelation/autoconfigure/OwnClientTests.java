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

package io.github.etcdrelation.autoconfigure;

import java.util.Map;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mockito.BDDMockito;

import org.springframework.beans.factory.support.BeanDefinitionBuilder;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Properties below {@code etcd.relation} without a connection string are no mistake of
 * applications that use them otherwise.
 */
@ExtendWith(OutputCaptureExtension.class)
class OwnClientTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, EtcdRelationAutoConfiguration.class))
		.withPropertyValues("etcd.relation.client.request-timeout=5s");

	@Test
	void propertiesOfAClientAreRefusedWithoutAConnectionString() {
		this.runner.run((context) -> assertThat(context).getFailure()
			.hasStackTraceContaining("etcd.relation.connection-string is missing"));
	}

	@Test
	void clientOfTheApplicationMayUseThem(CapturedOutput output) {
		for (String name : new String[] { "etcdClient", "myClient" }) {
			this.runner.withBean(name, Client.class, () -> BDDMockito.mock(Client.class)).run((context) -> {
				assertThat(context).hasNotFailed().hasSingleBean(Client.class);
				assertThat(output).contains("etcd.relation.connection-string is missing");
			});
		}
	}

	@Test
	void relationOfTheApplicationMayUseThem() {
		this.runner.withBean(EtcdRelation.class, () -> BDDMockito.mock(EtcdRelation.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Client.class));
	}

	@Test
	void connectionStringThatIsBlankMakesTheRelationOptional() {
		this.runner.withPropertyValues("etcd.relation.connection-string=${NO_SUCH_VARIABLE:}")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Client.class));
	}

	@Test
	void sourceMayBeRegisteredLate() {
		this.runner
			.withBean("late", BeanDefinitionRegistryPostProcessor.class,
					() -> (registry) -> registry.registerBeanDefinition("source",
							BeanDefinitionBuilder.genericBeanDefinition(Source.class).getBeanDefinition()))
			.run((context) -> {
				assertThat(context).hasNotFailed().hasSingleBean(Client.class);
				assertThat(context.getBean(EtcdRelation.class).getConnectionString()).isEqualTo("http://127.0.0.1:1");
			});
	}

	static class Source implements RelationSource {

		@Override
		public String getRelationName() {
			return "etcd";
		}

		@Override
		public RelationView read() {
			return RelationView.of("etcd:0", "etcd/0", Map.of("connection_string", "http://127.0.0.1:1"));
		}

	}

}
