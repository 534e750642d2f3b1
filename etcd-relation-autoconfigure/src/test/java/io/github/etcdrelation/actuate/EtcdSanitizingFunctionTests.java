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

package io.github.etcdrelation.actuate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.actuate.endpoint.SanitizableData;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EtcdSanitizingFunction}.
 */
class EtcdSanitizingFunctionTests {

	private static final String PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

	private final EtcdSanitizingFunction function = new EtcdSanitizingFunction();

	@ParameterizedTest
	@ValueSource(strings = { "etcd.relation.client-key", "etcd.relation.clientKey", "ETCD_RELATION_CLIENTKEY",
			"ETCD_RELATION_CLIENT_KEY", "etcd.relations.audit.client-key", "ETCD_RELATIONS_AUDIT_CLIENTKEY",
			"etcd.relations[audit].client-key", "etcd.relation.client.password", "ETCD_RELATION_CLIENT_PASSWORD",
			"etcd.relations.audit.client.password", "ETCD_RELATIONS_AUDIT_CLIENT_PASSWORD",
			"etcd.relation.client-key-password", "etcd.relation.clientKeyPassword", "etcd.relation.client_key_password",
			"ETCD_RELATION_CLIENTKEYPASSWORD", "ETCD_RELATION_CLIENT_KEY_PASSWORD",
			"etcd.relations.audit.client-key-password", "etcd.relations[audit].clientKeyPassword",
			"ETCD_RELATIONS_AUDIT_CLIENTKEYPASSWORD", "etcd.provider.client-key", "ETCD_PROVIDER_CLIENTKEYPASSWORD" })
	void secretIsHiddenWhateverItsValue(String key) {
		assertThat(sanitize(key, "something")).isEqualTo(SanitizableData.SANITIZED_VALUE);
	}

	@ParameterizedTest
	@ValueSource(strings = { "etcd.relation.client-cert", "etcd.relation.clientCa", "ETCD_RELATION_CLIENTCERT",
			"etcd.relations.audit.client-ca", "ETCD_RELATIONS_AUDIT_CLIENTCA" })
	void certificateIsHiddenWhenItIsText(String key) {
		assertThat(sanitize(key, PEM)).isEqualTo(SanitizableData.SANITIZED_VALUE);
		assertThat(sanitize(key, "base64:TUlJQg==")).isEqualTo(SanitizableData.SANITIZED_VALUE);
		assertThat(sanitize(key, "file:/etc/etcd/ca.crt")).isEqualTo("file:/etc/etcd/ca.crt");
	}

	@Test
	void nameOfPrivateKeyIsShown() {
		assertThat(sanitize("my.variable", "MY_PRIVATE_KEY")).isEqualTo("MY_PRIVATE_KEY");
	}

	@ParameterizedTest
	@ValueSource(strings = { "PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY",
			"EC\nPRIVATE\nKEY", "EC\\nPRIVATE\\nKEY", "PRIVATE\tKEY", "ECPRIVATEKEY" })
	void privateKeyIsHiddenWhereverItIs(String label) {
		assertThat(sanitize("my.etcd.key", "-----BEGIN " + label + "-----\nMIIB"))
			.isEqualTo(SanitizableData.SANITIZED_VALUE);
		assertThat(sanitize("my.etcd.key", "-----BEGIN" + label + "-----MIIB"))
			.isEqualTo(SanitizableData.SANITIZED_VALUE);
		assertThat(sanitize("SPRING_APPLICATION_JSON",
				"{\"etcd\":{\"relation\":{\"client-key\":\"-----BEGIN " + label + "-----\\nMIIB\"}}}"))
			.isEqualTo(SanitizableData.SANITIZED_VALUE);
	}

	@ParameterizedTest
	@ValueSource(strings = { "java -jar a.jar --etcd.relation.client.password=s3cr3t",
			"-Detcd.relation.client-key-password=s3cr3t -Xmx1g", "-Detcd.relations.audit.client.password=s3cr3t",
			"-Detcd.relations[audit].client.password=s3cr3t", "ETCD_RELATION_CLIENT_PASSWORD=s3cr3t java",
			"a.Main --etcd.relation.clientKey=file:/key.pem", "{\"etcd.relation.client.password\": \"s3cr3t\"}" })
	void assignmentOfSecretIsHiddenWhereverItIs(String value) {
		assertThat(sanitize("sun.java.command", value)).isEqualTo(SanitizableData.SANITIZED_VALUE);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"etcd\":{\"relation\":{\"client\":{\"user\":\"u\",\"password\":\"s3cr3t\"}}}}",
			"{\"etcd\": {\"relation\": {\n\"client-key-password\" : \"s3cr3t\"}}}",
			"{\"etcd.relation\": {\"clientKey\": \"base64:TUlJQg==\"}}" })
	void jsonWithSecretIsHidden(String value) {
		assertThat(sanitize("SPRING_APPLICATION_JSON", value)).isEqualTo(SanitizableData.SANITIZED_VALUE);
		assertThat(sanitize("spring.application.json", value)).isEqualTo(SanitizableData.SANITIZED_VALUE);
	}

	@ParameterizedTest
	@ValueSource(strings = { "java -jar a.jar --etcd.relation.directory=/etc/etcd", "--my.password=s3cr3t",
			"-Detcd.relation.save.key=/key.pem", "{\"etcd\":{\"relation\":{\"directory\":\"/etc/etcd\"}}}" })
	void otherAssignmentsAreShown(String value) {
		assertThat(sanitize("sun.java.command", value)).isEqualTo(value);
		assertThat(sanitize("SPRING_APPLICATION_JSON", value)).isEqualTo(value);
	}

	@Test
	void connectionStringWithUserInformationIsHidden() {
		assertThat(sanitize("etcd.relation.connection-string", "http://a:2379,http://root:s3cr3t@b:2379"))
			.isEqualTo(SanitizableData.SANITIZED_VALUE);
		assertThat(sanitize("ETCD_RELATIONS_AUDIT_CONNECTIONSTRING", "https://a:2379,https://b:2379"))
			.isEqualTo("https://a:2379,https://b:2379");
	}

	@ParameterizedTest
	@ValueSource(strings = { "etcd.relation.connection-string", "etcd.relation.client.user",
			"etcd.relation.client.request-timeout", "etcd.relation.save.key", "my.client-key", "spring.etcd.password" })
	void otherPropertiesAreShown(String key) {
		assertThat(sanitize(key, "something")).isEqualTo("something");
	}

	@Test
	void absentValueStaysAbsent() {
		assertThat(sanitize("etcd.relation.client-key", null)).isNull();
	}

	private Object sanitize(String key, Object value) {
		return this.function.apply(new SanitizableData(null, key, value)).getValue();
	}

}
