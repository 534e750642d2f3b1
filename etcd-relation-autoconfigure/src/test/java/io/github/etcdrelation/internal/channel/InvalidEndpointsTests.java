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

package io.github.etcdrelation.internal.channel;

import io.github.etcdrelation.InvalidRelationDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for what {@link Endpoints} refuse, and how that is described.
 */
class InvalidEndpointsTests {

	@ParameterizedTest
	@ValueSource(strings = { "etcd_1", "a.b_c.d", "-a", "a-", "a..b", ".a", "a*", "a'b", "a%b", "a!" })
	void whenTlsCannotVerifyHostIsRefused(String host) {
		InvalidRelationDataException failure = refused("https://b:2379,https://" + host + ":2379");
		assertThat(failure.getReason()).startsWith("has an entry 'https://" + host + ":2379', whose host TLS cannot "
				+ "verify: a host name consists of labels of 1 to 63 letters, digits and hyphens");
		assertThat(failure.getRemedy()).contains("network alias", "IP address");
		assertThat(Endpoints.parse("http://" + host).getMembers()).containsExactly(new Endpoint(host, 2379));
	}

	@Test
	void whenTooLongIsRefused() {
		assertThat(refused("http://a,".repeat(100_000_000 / 9)).getReason())
			.isEqualTo("is longer than 65536 characters");
	}

	@Test
	void whenEntriesAreLinesOfKeyTheyAreNotShown() {
		String line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
		assertThat(refused(line + "\n" + line)).hasMessageNotContaining("MIIE");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", ",", " , ,\n" })
	void whenNothingIsNamedIsRefused(String connectionString) {
		InvalidRelationDataException failure = refused(connectionString);
		assertThat(failure.getReason()).isEqualTo("names no endpoint");
		assertThat(failure.getRemedy()).contains("https://10.0.0.1:2379");
	}

	@ParameterizedTest
	@ValueSource(strings = { "no URL", "a b c", "https:a:2379", "https", "http:2379", "a:b", "a:", "2001:db8::1", "-a",
			".a", "a..b", "a/b", "${ETCD}", "a*b", "a=b", "[::1", "https:/a:2379", "://a:2379", "https://a b:2379",
			"https://[::1:2379", "https://[fe80::1%eth0]:2379", "1https://a:2379" })
	void whenNoUrlIsRefused(String url) {
		assertThat(refused(url).getReason()).isEqualTo("has an entry '" + url + "', which is not a URL");
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://", "https:///", "https://:2379", "https://:2379/", "https://::1" })
	void whenHostIsMissingIsRefused(String url) {
		assertThat(refused(url).getReason()).isEqualTo("has an entry '" + url + "', which has no host");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "https://[1:2]:2379", "https://[::1::2]:2379", "https://[a]:2379", "https://[10.0.0.1]:2379" })
	void whenLiteralIsNoIpv6AddressIsRefused(String url) {
		assertThat(refused(url).getReason()).isEqualTo("has an entry '" + url + "', whose host is not an IPv6 address");
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://a:0", "https://a:65536", "https://a:99999", "https://a:99999999999999999999" })
	void whenPortIsOutOfRangeIsRefused(String url) {
		assertThat(refused(url).getReason())
			.isEqualTo("has an entry '" + url + "', whose port is not between 1 and 65535");
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://a:", "https://a:x", "https://a:-1", "https://a:+1", "https://a:23 79",
			"https://a:2379:2380", "https://2001:db8::1:2379", "https://a:\u0662\u0663\u0667\u0669" })
	void whenPortIsNoNumberIsRefused(String url) {
		assertThat(refused(url).getReason()).isEqualTo("has an entry '" + url + "', whose port is not a number");
	}

	@ParameterizedTest
	@ValueSource(strings = { "ftp://a:2379", "unix://a:2379", "etcd://a:2379", "httpss://a:2379", "dns:///a:2379" })
	void whenSchemeIsUnknownIsRefused(String url) {
		assertThat(refused(url).getReason())
			.isEqualTo("has an entry '" + url + "', whose scheme is neither http nor https");
	}

	@Test
	void whenOneOfSeveralIsInvalidNamesIt() {
		assertThat(refused("https://a:2379,https://b:x,https://c:2379").getMessage())
			.startsWith("connection-string has an entry 'https://b:x', whose port is not a number. Give ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://a:2379,https://b:2379", "https://a:2379,http://a:2379" })
	void whenSchemesAreMixedIsRefused(String connectionString) {
		InvalidRelationDataException failure = refused(connectionString);
		assertThat(failure.getReason()).startsWith("mixes http and https");
		assertThat(failure.getRemedy()).isEqualTo("Use one scheme for all endpoints");
	}

	@ParameterizedTest(name = "{index}")
	@ValueSource(strings = { "https://root:s3cr3t@a:2379", "https://s3cr3t@a:2379", "https://root:s3cr3t@a:x/y",
			"ftp://root:s3cr3t@a:2379", "root:s3cr3t@a:2379", "https:root:s3cr3t@a", "https://root:s3c/ret@a:2379" })
	void whenUserInformationIsGivenIsRefusedWithoutShowingIt(String url) {
		assertThat(refused(url)).hasMessageNotContainingAny("s3c", "root");
	}

	@Test
	void whenPasswordContainsCommaIsRefusedWithoutShowingIt() {
		assertThat(refused("https://root:s3c,ret@a:2379")).hasMessageNotContainingAny("s3c", "ret@");
	}

	@Test
	void whenUserInformationIsGivenTellsWhereItBelongs() {
		assertThat(refused("https://root:s3cr3t@a:2379").getMessage()).isEqualTo(
				"connection-string has an entry with user information. Set client.user and client.password instead");
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://a:2379/v3", "https://a:2379?x=y", "https://a:2379/?x=y", "https://a:2379#x",
			"https://a:2379//" })
	void whenMoreThanHostAndPortIsGivenIsRefused(String url) {
		assertThat(refused(url).getReason())
			.isEqualTo("has an entry '" + url + "', which has more than scheme, host and port");
	}

	@Test
	void whenEntryIsLongIsNotShown() {
		String url = "https://a:2379/" + "x".repeat(1000);
		assertThat(refused(url)).hasMessageNotContaining("xxx");
	}

	@Test
	void whenEntryLooksLikePemIsNotShown() {
		assertThat(refused("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"))
			.hasMessageNotContaining("MIIE");
	}

	private static InvalidRelationDataException refused(String connectionString) {
		InvalidRelationDataException failure = catchThrowableOfType(InvalidRelationDataException.class,
				() -> Endpoints.parse(connectionString));
		assertThat(failure).as("refusal of '%s'", connectionString).isNotNull();
		assertThat(failure.getItem()).isEqualTo("connection-string");
		assertThat(failure.getRemedy()).isNotBlank();
		return failure;
	}

}
