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

package io.github.etcdrelation.docker;

import java.util.List;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.launcher.EtcdContainer;
import io.github.etcdrelation.autoconfigure.EtcdRelationAutoConfiguration;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests a service connection to a container of the type that jetcd has for etcd.
 */
@RequiresEtcdImage
@SpringJUnitConfig
@DirtiesContext
class JetcdContainerTests {

	@Autowired
	private Client client;

	@Test
	void clientReachesContainer() throws Exception {
		get(this.client.getKVClient().put(bytes("key"), bytes("value")));
		assertThat(get(this.client.getKVClient().get(bytes("key"))).getKvs()).singleElement()
			.satisfies((entry) -> assertThat(entry.getValue()).isEqualTo(bytes("value")));
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ ServiceConnectionAutoConfiguration.class, EtcdRelationAutoConfiguration.class,
			SslAutoConfiguration.class })
	static class TestConfiguration {

		@Bean
		@ServiceConnection
		EtcdContainer etcd() {
			return new EtcdContainer(EtcdImage.NAME, "etcd0", List.of("etcd0")).withShouldMountDataDirectory(false);
		}

	}

}
