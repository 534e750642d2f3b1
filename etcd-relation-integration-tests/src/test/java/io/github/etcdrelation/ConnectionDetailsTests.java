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

import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.autoconfigure.EtcdConnectionDetails;
import io.github.etcdrelation.test.LocalEtcd;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.failure;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the client leads where a bean with connection details says.
 */
class ConnectionDetailsTests {

	@Test
	void plain() {
		try (LocalEtcd etcd = LocalEtcd.builder().start()) {
			run(new Details(etcd, null, null));
		}
	}

	@Test
	void mutualTlsWithCredentials() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			run(new Details(etcd, etcd.getClientCredentials(), null));
		}
	}

	@Test
	void mutualTlsWithBundle() {
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			ClientCredentials credentials = etcd.getClientCredentials();
			SslBundle bundle = SslBundle.of(new PemSslStoreBundle(
					PemSslStoreDetails.forCertificates(credentials.clientCert())
						.withPrivateKey(credentials.clientKey()),
					PemSslStoreDetails.forCertificate(credentials.clientCa())));
			run(new Details(etcd, null, bundle));
		}
	}

	@Test
	void userAndPasswordWinOverProperties() {
		try (LocalEtcd etcd = LocalEtcd.builder().start()) {
			enableAuthentication(etcd);
			EtcdConnectionDetails withUser = new Details(etcd, null, null) {

				@Override
				public String getUser() {
					return "root";
				}

				@Override
				public String getPassword() {
					return "right-s3cr3t";
				}

			};
			RelationTester.runner()
				.withBean(EtcdConnectionDetails.class, () -> withUser)
				.withPropertyValues("etcd.relation.client.user=other", "etcd.relation.client.password=wrong-s3cr3t")
				.run((context) -> putAndGet(context.getBean(Client.class)));
			RelationTester.runner()
				.withBean(EtcdConnectionDetails.class, () -> new Details(etcd, null, null))
				.withPropertyValues("etcd.relation.client.user=root", "etcd.relation.client.password=right-s3cr3t")
				.run((context) -> putAndGet(context.getBean(Client.class)));
			RelationTester.runner()
				.withBean(EtcdConnectionDetails.class, () -> new Details(etcd, null, null))
				.withPropertyValues("etcd.relation.client.user=root", "etcd.relation.client.password=wrong-s3cr3t")
				.run((context) -> assertThat(failure(context.getBean(Client.class).getKVClient().get(bytes("key"))))
					.hasMessageContaining("authentication failed"));
		}
	}

	private static void enableAuthentication(LocalEtcd etcd) {
		RelationTester.runner(etcd).run((context) -> {
			Client client = context.getBean(Client.class);
			get(client.getAuthClient().userAdd(bytes("root"), bytes("right-s3cr3t")));
			get(client.getAuthClient().userGrantRole(bytes("root"), bytes("root")));
			client.getAuthClient().authEnable().get(10, TimeUnit.SECONDS);
		});
	}

	private static void run(EtcdConnectionDetails details) {
		RelationTester.runner()
			.withBean(EtcdConnectionDetails.class, () -> details)
			.withPropertyValues("etcd.relation.connection-string=http://127.0.0.1:1")
			.run((context) -> putAndGet(context.getBean(Client.class)));
	}

	private static void putAndGet(Client client) throws Exception {
		get(client.getKVClient().put(bytes("key"), bytes("value")));
		assertThat(get(client.getKVClient().get(bytes("key"))).getKvs()).singleElement()
			.satisfies((entry) -> assertThat(entry.getValue()).isEqualTo(bytes("value")));
	}

	private static class Details implements EtcdConnectionDetails {

		private final LocalEtcd etcd;

		private final @Nullable ClientCredentials credentials;

		private final @Nullable SslBundle bundle;

		Details(LocalEtcd etcd, @Nullable ClientCredentials credentials, @Nullable SslBundle bundle) {
			this.etcd = etcd;
			this.credentials = credentials;
			this.bundle = bundle;
		}

		@Override
		public String getConnectionString() {
			return this.etcd.getConnectionString();
		}

		@Override
		public @Nullable ClientCredentials getClientCredentials() {
			return this.credentials;
		}

		@Override
		public @Nullable SslBundle getSslBundle() {
			return this.bundle;
		}

	}

}
