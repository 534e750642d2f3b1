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

package io.github.etcdrelation.docker.compose;

import java.util.LinkedHashMap;
import java.util.Map;

import io.github.etcdrelation.autoconfigure.EtcdConnectionDetails;
import io.github.etcdrelation.autoconfigure.TestPem;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.docker.compose.core.ConnectionPorts;
import org.springframework.boot.docker.compose.core.ImageReference;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;
import org.springframework.boot.ssl.SslBundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link EtcdDockerComposeConnectionDetailsFactory}.
 */
class EtcdDockerComposeConnectionDetailsFactoryTests {

	private final Map<String, String> environment = new LinkedHashMap<>();

	private final Map<String, String> labels = new LinkedHashMap<>();

	@ParameterizedTest
	@ValueSource(strings = { "gcr.io/etcd-development/etcd:v3.5.21", "quay.io/coreos/etcd", "bitnami/etcd:3.5",
			"docker.io/bitnamilegacy/etcd", "etcd", "registry.example.com/etcd-development/etcd" })
	void acceptsImage(String image) {
		EtcdConnectionDetails details = details(image);
		assertThat(details).isNotNull();
		assertThat(details.getConnectionString()).isEqualTo("http://docker.example.com:32768");
		assertThat(details.getSslBundle()).isNull();
		assertThat(details.getClientCredentials()).isNull();
		assertThat(details.getUser()).isNull();
		assertThat(details.getPassword()).isNull();
	}

	@Test
	void acceptsOtherImageWithLabel() {
		assertThat(details("example/store")).isNull();
		this.labels.put("org.springframework.boot.service-connection", "etcd");
		assertThat(details("example/store")).isNotNull();
	}

	@Test
	void rootPasswordGivesUserAndPassword() {
		this.environment.put("ETCD_ROOT_PASSWORD", "s3cr3t");
		EtcdConnectionDetails details = details("bitnami/etcd");
		assertThat(details).isNotNull();
		assertThat(details.getUser()).isEqualTo("root");
		assertThat(details.getPassword()).isEqualTo("s3cr3t");
		assertThat(details.toString()).doesNotContain("s3cr3t");
	}

	@ParameterizedTest
	@ValueSource(strings = { "ALLOW_NONE_AUTHENTICATION=yes", "ETCD_ROOT_PASSWORD=" })
	void withoutRootPasswordThereIsNoUser(String variable) {
		String[] parts = variable.split("=", 2);
		this.environment.put(parts[0], parts[1]);
		EtcdConnectionDetails details = details("bitnami/etcd");
		assertThat(details).isNotNull();
		assertThat(details.getUser()).isNull();
		assertThat(details.getPassword()).isNull();
	}

	@Test
	void labelsGiveBundle() throws Exception {
		this.labels.put("org.springframework.boot.sslbundle.pem.truststore.certificate", TestPem.CA);
		EtcdConnectionDetails details = details("etcd");
		assertThat(details).isNotNull();
		assertThat(details.getConnectionString()).isEqualTo("https://docker.example.com:32768");
		SslBundle bundle = details.getSslBundle();
		assertThat(bundle).isNotNull();
		assertThat(bundle.getStores().getTrustStore().size()).isOne();
	}

	private @Nullable EtcdConnectionDetails details(String image) {
		ConnectionPorts ports = mock();
		given(ports.get(2379)).willReturn(32768);
		RunningService service = mock();
		given(service.image()).willReturn(ImageReference.of(image));
		given(service.env()).willReturn(this.environment);
		given(service.labels()).willReturn(this.labels);
		given(service.host()).willReturn("docker.example.com");
		given(service.ports()).willReturn(ports);
		DockerComposeConnectionSource source = mock();
		given(source.getRunningService()).willReturn(service);
		return new EtcdDockerComposeConnectionDetailsFactory().getConnectionDetails(source);
	}

}
