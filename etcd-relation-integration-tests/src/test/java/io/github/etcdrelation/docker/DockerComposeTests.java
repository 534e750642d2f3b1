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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.autoconfigure.EtcdRelationAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests a service connection to an etcd that Docker Compose starts.
 */
@RequiresEtcdImage(compose = true)
class DockerComposeTests {

	@TempDir
	private Path directory;

	@Test
	void clientReachesService() throws Exception {
		String service = """
				services:
				  etcd:
				    image: '%s'
				    command: ['%s']
				    ports: ['2379']
				""".formatted(EtcdImage.NAME, String.join("', '", EtcdContainers.command("http")));
		try (ConfigurableApplicationContext context = run(service)) {
			assertThat(context.getBean(EtcdRelation.class).getConnectionString()).startsWith("http://");
			putAndGet(context.getBean(Client.class));
		}
	}

	@Test
	void clientReachesServiceWithMutualTls() throws Exception {
		TlsFiles.write(this.directory.resolve("tls"));
		String service = """
				services:
				  store:
				    image: '%s'
				    command: ['%s']
				    ports: ['2379']
				    volumes: ['./tls:/tls:ro']
				    labels:
				      org.springframework.boot.service-connection: etcd
				      org.springframework.boot.sslbundle.pem.keystore.certificate: file:tls/client.crt
				      org.springframework.boot.sslbundle.pem.keystore.private-key: file:tls/client.key
				      org.springframework.boot.sslbundle.pem.truststore.certificate: file:tls/ca.crt
				""".formatted(EtcdImage.NAME, String.join("', '", EtcdContainers.command("https", TlsFiles.ARGUMENTS)));
		try (ConfigurableApplicationContext context = run(service)) {
			assertThat(context.getBean(EtcdRelation.class).getConnectionString()).startsWith("https://");
			putAndGet(context.getBean(Client.class));
		}
	}

	private ConfigurableApplicationContext run(String compose) throws IOException {
		Path file = Files.writeString(this.directory.resolve("compose.yaml"), compose);
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.run("--spring.docker.compose.file=" + file, "--spring.docker.compose.skip.in-tests=false",
					"--spring.docker.compose.stop.command=down", "--spring.docker.compose.stop.timeout=10s",
					"--etcd.relation.connection-string=http://127.0.0.1:1");
	}

	private static void putAndGet(Client client) throws Exception {
		get(client.getKVClient().put(bytes("key"), bytes("value")));
		assertThat(get(client.getKVClient().get(bytes("key"))).getKvs()).singleElement()
			.satisfies((entry) -> assertThat(entry.getValue()).isEqualTo(bytes("value")));
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ EtcdRelationAutoConfiguration.class, SslAutoConfiguration.class })
	static class Application {

	}

}
