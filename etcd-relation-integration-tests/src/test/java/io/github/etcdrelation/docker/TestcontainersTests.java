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

import io.etcd.jetcd.Client;
import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.autoconfigure.EtcdConnectionDetails;
import io.github.etcdrelation.autoconfigure.EtcdRelationAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests a service connection to an etcd in a container.
 */
@RequiresEtcdImage
@Testcontainers
@SpringJUnitConfig
@TestPropertySource(properties = "etcd.relation.connection-string=http://127.0.0.1:1")
@DirtiesContext
class TestcontainersTests {

	@Container
	@ServiceConnection
	static final GenericContainer<?> etcd = EtcdContainers.create("http");

	@Autowired
	private Client client;

	@Autowired
	private EtcdRelation relation;

	@Autowired
	private EtcdConnectionDetails connectionDetails;

	@Test
	void clientReachesContainer() throws Exception {
		get(this.client.getKVClient().put(bytes("key"), bytes("value")));
		assertThat(get(this.client.getKVClient().get(bytes("key"))).getKvs()).singleElement()
			.satisfies((entry) -> assertThat(entry.getValue()).isEqualTo(bytes("value")));
	}

	@Test
	void relationHasAddressOfContainer() {
		String expected = "http://%s:%d".formatted(etcd.getHost(), etcd.getMappedPort(2379));
		assertThat(this.relation.getConnectionString()).isEqualTo(expected);
		assertThat(this.connectionDetails.getConnectionString()).isEqualTo(expected);
		assertThat(this.connectionDetails.getUser()).isNull();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ EtcdRelationAutoConfiguration.class, SslAutoConfiguration.class })
	static class TestConfiguration {

	}

}
