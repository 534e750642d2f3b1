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

import java.nio.file.Path;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.autoconfigure.EtcdRelationAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.utility.MountableFile;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.testcontainers.service.connection.PemKeyStore;
import org.springframework.boot.testcontainers.service.connection.PemTrustStore;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests a service connection to an etcd in a container that demands client certificates.
 */
@RequiresEtcdImage
@Testcontainers
@SpringJUnitConfig
@DirtiesContext
class TestcontainersTlsTests {

	private static final String DIRECTORY = "target/testcontainers-tls";

	@Container
	@ServiceConnection
	@PemKeyStore(certificate = "file:" + DIRECTORY + "/client.crt", privateKey = "file:" + DIRECTORY + "/client.key")
	@PemTrustStore(certificate = "file:" + DIRECTORY + "/ca.crt")
	static final GenericContainer<?> etcd = EtcdContainers.create("https", TlsFiles.ARGUMENTS)
		.withCopyFileToContainer(MountableFile.forHostPath(TlsFiles.write(Path.of(DIRECTORY))), "/tls");

	@Autowired
	private Client client;

	@Autowired
	private EtcdRelation relation;

	@Test
	void clientReachesContainer() throws Exception {
		get(this.client.getKVClient().put(bytes("key"), bytes("value")));
		assertThat(get(this.client.getKVClient().get(bytes("key"))).getKvs()).singleElement()
			.satisfies((entry) -> assertThat(entry.getValue()).isEqualTo(bytes("value")));
	}

	@Test
	void relationIsAvailable() {
		assertThat(this.relation.isAvailable()).isTrue();
		assertThat(this.relation.getConnectionString()).startsWith("https://");
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ EtcdRelationAutoConfiguration.class, SslAutoConfiguration.class })
	static class TestConfiguration {

	}

}
