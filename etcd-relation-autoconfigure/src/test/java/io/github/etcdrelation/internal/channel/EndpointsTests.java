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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for {@link Endpoints}.
 */
class EndpointsTests {

	@Test
	void parseReturnsMembersInOrder() {
		Endpoints endpoints = Endpoints.parse("https://b:2379,https://a:2380");
		assertThat(endpoints.getMembers()).containsExactly(new Endpoint("b", 2379), new Endpoint("a", 2380));
		assertThat(endpoints.isSecure()).isTrue();
	}

	@Test
	void httpIsNotSecure() {
		assertThat(Endpoints.parse("http://a:2379").isSecure()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://a:2379,https://b:2379,", ",https://a:2379,https://b:2379",
			"https://a:2379,,https://b:2379", "https://a:2379,https://b:2379, ,\n",
			"  https://a:2379 ,\thttps://b:2379\n", "\u2003https://a:2379\u2003,https://b:2379", "https://a,https://b",
			"HTTPS://a:2379,Https://b:2379", "https://a:2379/,https://b/",
			"https://a:2379,https://b:2379,https://a:2379", "https://a:02379,https://b" })
	void isTolerant(String connectionString) {
		assertThat(Endpoints.parse(connectionString).getMembers()).containsExactly(new Endpoint("a", 2379),
				new Endpoint("b", 2379));
	}

	@Test
	void hostMayHaveUnderscore() {
		assertThat(Endpoints.parse("http://etcd_node_1:2379").getMembers())
			.containsExactly(new Endpoint("etcd_node_1", 2379));
	}

	@ParameterizedTest
	@ValueSource(strings = { "a:2379,b:2379", "a,b", "a\nb\n", "a\r\nb", "a;b", "a:2379 b:2379", "a:2379/,b/",
			"[\"a:2379\", \"b:2379\"]", "['a', 'b']", "[a, b]", "[\n  \"a\",\n  \"b\"\n]", "- a\n- b\n",
			"- \"a:2379\"\n- 'b:2379'", "-   a\n\n- b", "\"a,b\"", "'a:2379,b'", "\uFEFFa,b", "\uFEFF\"a\",\"b\"",
			"\"a\"\n\"b\"", "a:2379\u00a0b:2379", "a,\tb,a" })
	void whenNoEntryHasSchemeUsesGivenOne(String connectionString) {
		assertThat(Endpoints.parse(connectionString, true)).hasToString("https://a:2379,https://b:2379");
		assertThat(Endpoints.parse(connectionString, false)).hasToString("http://a:2379,http://b:2379");
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://a:2379,b:2379", "a,https://b", "https://a\nb", "- https://a\n- b",
			"[\"https://a\", \"b\"]", "https://a;https://b", "https://a https://b", "https://a:2379\nhttps://b:2379\n",
			"- https://a:2379\n- https://b:2379", "[\"https://a:2379\",\"https://b:2379\"]", "\uFEFFhttps://a,b",
			"\"https://a:2379,https://b:2379\"", "HTTPS://a,b" })
	void entriesWithoutSchemeTakeThatOfOthers(String connectionString) {
		assertThat(Endpoints.parse(connectionString, false)).hasToString("https://a:2379,https://b:2379");
	}

	@Test
	void plainSchemeIsTakenWhateverElseIsGiven() {
		assertThat(Endpoints.parse("http://a,b", true)).hasToString("http://a:2379,http://b:2379");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "10.0.0.1|https://10.0.0.1:2379", "10.0.0.1:2380|https://10.0.0.1:2380",
					"[::1]|https://[::1]:2379", "[::1]:2380|https://[::1]:2380",
					"[::1],[::2]|https://[::1]:2379,https://[::2]:2379",
					"[::1]:1,[::2]:2|https://[::1]:1,https://[::2]:2", "[\"[::1]:1\"]|https://[::1]:1",
					"[[::1],[::2]]|https://[::1]:2379,https://[::2]:2379", "etcd-0|https://etcd-0:2379",
					"etcd-0.etcd.ns.svc.cluster.local|https://etcd-0.etcd.ns.svc.cluster.local:2379",
					"etcd.|https://etcd.:2379", "1.example|https://1.example:2379" })
	void hostWithoutSchemeMayBeAnyHost(String connectionString, String expected) {
		assertThat(Endpoints.parse(connectionString, true)).hasToString(expected);
	}

	@Test
	void whenTlsIsMeantAndCannotVerifyHostWithoutSchemeIsRefused() {
		assertThat(catchThrowableOfType(InvalidRelationDataException.class, () -> Endpoints.parse("etcd_1", true)))
			.hasMessageContaining("'etcd_1', whose host TLS cannot verify");
		assertThat(Endpoints.parse("etcd_1", false)).hasToString("http://etcd_1:2379");
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://a.", "https://a.b.c.", "https://127.0.0.1", "https://[::1]", "https://a--b",
			"https://b\u00fccher.example", "https://1.2.3" })
	void whenTlsCanVerifyHostIsAccepted(String url) {
		assertThat(Endpoints.parse(url).getUrls()).containsExactly(url + ":2379");
	}

	@Test
	void hostMayBeDomainName() {
		assertThat(Endpoints.parse("https://etcd-0.etcd.svc.cluster.local:2379").getMembers())
			.containsExactly(new Endpoint("etcd-0.etcd.svc.cluster.local", 2379));
	}

	@Test
	void hostMayBeIpv4Address() {
		assertThat(Endpoints.parse("https://10.0.0.1:2379").getMembers())
			.containsExactly(new Endpoint("10.0.0.1", 2379));
	}

	@Test
	void hostMayBeIpv6Literal() {
		assertThat(Endpoints.parse("https://[2001:db8::1]:2380").getMembers())
			.containsExactly(new Endpoint("2001:db8::1", 2380));
	}

	@Test
	void hostMayBeIpv6LiteralWithoutPort() {
		assertThat(Endpoints.parse("https://[::1]").getMembers()).containsExactly(new Endpoint("::1", 2379));
	}

	@Test
	void hostMayBeIpv4MappedIpv6Literal() {
		assertThat(Endpoints.parse("https://[::ffff:10.0.0.1]/").getMembers())
			.containsExactly(new Endpoint("::ffff:10.0.0.1", 2379));
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://a:1", "https://a:65535" })
	void portMayBeAtTheLimits(String connectionString) {
		assertThat(Endpoints.parse(connectionString).getMembers()).hasSize(1);
	}

	@Test
	void equalityIgnoresOrderDuplicatesAndSpelling() {
		Endpoints endpoints = Endpoints.parse("https://a:2379,https://b:2379");
		Endpoints same = Endpoints.parse(" HTTPS://b/ ,https://a,https://b:2379,");
		assertThat(same).isEqualTo(endpoints).hasSameHashCodeAs(endpoints);
	}

	@Test
	void equalityRespectsScheme() {
		assertThat(Endpoints.parse("https://a")).isNotEqualTo(Endpoints.parse("http://a"));
	}

	@Test
	void equalityRespectsPort() {
		assertThat(Endpoints.parse("https://a:1")).isNotEqualTo(Endpoints.parse("https://a:2"));
	}

	@Test
	void equalityRespectsMembers() {
		assertThat(Endpoints.parse("https://a,https://b")).isNotEqualTo(Endpoints.parse("https://a"));
	}

	@Test
	void toStringIsConnectionString() {
		assertThat(Endpoints.parse(" HTTPS://b/ ,https://[::1],https://b:2379,"))
			.hasToString("https://b:2379,https://[::1]:2379");
	}

	@Test
	void toStringOfPlainTextIsConnectionString() {
		assertThat(Endpoints.parse("http://a")).hasToString("http://a:2379");
	}

	@Test
	void authorityHasLiteralInBrackets() {
		assertThat(new Endpoint("::1", 2379).authority()).isEqualTo("[::1]:2379");
		assertThat(new Endpoint("etcd_1", 2379).authority()).isEqualTo("etcd_1:2379");
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://a\u001bb", "http://a\u0000", "http://a\u202eb:2379", "http://a:\u001b2379",
			"ftp\u001b://a", "a\u0007" })
	void controlCharactersAreRefusedAndNotShown(String connectionString) {
		assertThat(catchThrowableOfType(InvalidRelationDataException.class, () -> Endpoints.parse(connectionString)))
			.hasMessageContaining("\\u")
			.message()
			.matches("[\\P{Cc}&&[^\u202e]]*");
	}

}
