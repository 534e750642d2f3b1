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

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.test.CertificateAuthority;
import io.github.etcdrelation.test.KeyFormat;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.LocalEtcdMember;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The client certificate is sent although etcd does not announce its issuer: etcd trusts
 * the certificate itself, beside the authority of the servers.
 */
class TrustedLeafTests {

	private static final CertificateAuthority OTHER = CertificateAuthority.create("other");

	private static final ClientCredentials RSA = OTHER.issueClient("rsa", KeyFormat.PKCS1);

	private static final ClientCredentials EC = OTHER.issueClient("ec", KeyFormat.SEC1);

	private static LocalEtcd etcd;

	@BeforeAll
	static void startEtcd() {
		etcd = LocalEtcd.builder().mutualTls().start();
		LocalEtcdMember member = etcd.getMember(0);
		member.setTrustedCa(
				etcd.getCertificateAuthority().caPem() + "\n" + RSA.clientCert() + "\n" + EC.clientCert() + "\n");
		member.restart();
	}

	@AfterAll
	static void stopEtcd() {
		etcd.close();
	}

	@ParameterizedTest
	@EnumSource(value = KeyFormat.class, names = { "PKCS1", "SEC1" })
	void credentialsOfTheRelation(KeyFormat key) {
		RelationTester.runner(etcd.getConnectionString(), credentials(key))
			.run((context) -> put(context.getBean(Client.class)));
	}

	@ParameterizedTest
	@EnumSource(value = KeyFormat.class, names = { "PKCS1", "SEC1" })
	void credentialsOfTheRelationWithTls12(KeyFormat key) throws Exception {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
						"-Djdk.tls.client.protocols=TLSv1.2", "-cp", System.getProperty("java.class.path"),
						PutApplication.class.getName()));
		command
			.addAll(List.of(RelationTester.properties("etcd.relation", etcd.getConnectionString(), credentials(key))));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		try {
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
			assertThat(output).contains("put worked");
		}
		finally {
			process.destroyForcibly();
		}
	}

	@ParameterizedTest
	@CsvSource({ "PKCS1, TLSv1.2", "PKCS1, TLSv1.3", "SEC1, TLSv1.2", "SEC1, TLSv1.3" })
	void sslBundle(KeyFormat key, String protocol) {
		ClientCredentials credentials = credentials(key);
		RelationTester.runner()
			.withPropertyValues("etcd.relation.connection-string=" + etcd.getConnectionString(),
					"etcd.relation.ssl.bundle=relation",
					"spring.ssl.bundle.pem.relation.keystore.certificate=" + credentials.clientCert(),
					"spring.ssl.bundle.pem.relation.keystore.private-key=" + credentials.clientKey(),
					"spring.ssl.bundle.pem.relation.truststore.certificate=" + credentials.clientCa(),
					"spring.ssl.bundle.pem.relation.options.enabled-protocols=" + protocol)
			.run((context) -> put(context.getBean(Client.class)));
	}

	private static ClientCredentials credentials(KeyFormat key) {
		ClientCredentials client = (key == KeyFormat.PKCS1) ? RSA : EC;
		return new ClientCredentials(client.clientCert(), client.clientKey(), etcd.getCertificateAuthority().caPem());
	}

	private static void put(Client client) throws Exception {
		get(client.getKVClient().put(bytes("key"), bytes("value")));
	}

}
