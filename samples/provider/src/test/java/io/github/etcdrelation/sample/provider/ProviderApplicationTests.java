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

package io.github.etcdrelation.sample.provider;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.test.CertificateAuthority;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests {@link ProviderApplication}.
 */
class ProviderApplicationTests {

	@TempDir
	private Path temporary;

	@Test
	void offersOwnEtcdWithNewCertificatesUntilItEnds() throws Exception {
		try (ConfigurableApplicationContext context = run("--provider.rotate-every=200ms")) {
			assertThat(offered("connection_string")).startsWith("https://");
			assertThat(offered("version")).isNotBlank();
			assertThat(offered("client_ca")).contains("CERTIFICATE");
			for (int i = 0; i < 3; i++) {
				String cert = offered("client_cert");
				String key = offered("client_key");
				Awaitility.await()
					.atMost(Duration.ofSeconds(20))
					.until(() -> !offered("client_cert").equals(cert) && !offered("client_key").equals(key));
			}
		}
		assertThat(directory().resolve("connection_string")).doesNotExist();
		assertThat(directory().resolve("client_key")).doesNotExist();
	}

	@Test
	void offersEtcdThatIsThereAlready() throws Exception {
		ClientCredentials credentials = CertificateAuthority.create().issueClient("client");
		Path cert = Files.writeString(this.temporary.resolve("cert"), credentials.clientCert());
		Path key = Files.writeString(this.temporary.resolve("key"), credentials.clientKey());
		Path ca = Files.writeString(this.temporary.resolve("ca"), credentials.clientCa());
		try (ConfigurableApplicationContext context = run("--provider.connection-string=https://10.0.0.1:2379",
				"--provider.version=3.5.16", "--provider.client-cert=" + cert.toUri(),
				"--provider.client-key=" + key.toUri(), "--provider.client-ca=" + ca.toUri())) {
			assertThat(offered("client_cert")).isEqualTo(credentials.clientCert());
		}
		assertThat(offered("connection_string")).isEqualTo("https://10.0.0.1:2379");
		assertThat(offered("version")).isEqualTo("3.5.16");
		assertThat(offered("client_key")).isEqualTo(credentials.clientKey());
		assertThat(offered("client_ca")).isEqualTo(credentials.clientCa());
	}

	private ConfigurableApplicationContext run(String... args) {
		return new SpringApplicationBuilder(ProviderApplication.class)
			.properties("etcd.provider.directory=" + directory())
			.run(args);
	}

	private Path directory() {
		return this.temporary.resolve("relation");
	}

	private String offered(String name) throws IOException {
		return Files.readString(directory().resolve(name));
	}

}
