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

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link KnownProperties}.
 */
class KnownPropertiesTests {

	private final KnownProperties properties = new KnownProperties();

	@ParameterizedTest
	@CsvSource({ "connection-string, connection-string", "connectionstring, connection-string",
			"connection.string, connection-string", "connection-string[0], connection-string",
			"clientcert, client-cert", "client.request.timeout, client.request-timeout", "ssl.bundle, ssl.bundle",
			"juju.enabled, juju.enabled", "save.key, save.key", "client.user, client.user" })
	void findsEachSpelling(String given, String expected) {
		assertThat(this.properties.find(given)).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "connection-sting, connection-string", "conection-string, connection-string",
			"connectionstrings, connection-string", "connection, connection-string",
			"conection.string, connection-string", "endpoints, connection-string", "url, connection-string",
			"client-certificate, client-cert", "client-crt, client-cert", "client-keys, client-key", "ca, client-ca",
			"client.username, client.user", "client.pasword, client.password",
			"client.requesttimeouts, client.request-timeout", "directori, directory", "ssl.bundles, ssl.bundle" })
	void suggestsWhatIsMeant(String given, String expected) {
		assertThat(this.properties.find(given)).isNull();
		assertThat(this.properties.suggest(given)).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "color", "service.host", "port", "x", "my.own.property", "leader" })
	void suggestsNothingForOthers(String given) {
		assertThat(this.properties.find(given)).isNull();
		assertThat(this.properties.suggest(given)).isNull();
	}

}
