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

package io.github.etcdrelation.juju;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;
import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.RelationValues;
import io.github.etcdrelation.event.EtcdRelationEvent;
import io.github.etcdrelation.event.EtcdRotatedEvent;
import io.github.etcdrelation.faults.CharmedEtcd;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * All that stands between a certificate and a call: the 12-factor charm of the samples,
 * which requests with Canonical's library and writes the relation's file, a provider's
 * charm with that library, and members that are made to trust what it was given.
 */
final class RenewalChain implements AutoCloseable {

	static final String PREFIX = "/orders/";

	private static final int RELATION = 4;

	private static final int MEMBERS = 3;

	private static final String USER = "shop-orders";

	private static final Path TESTS = PythonEnvironment.MODULE.resolveSibling("samples/twelve-factor/tests");

	private final Path data;

	private final CharmedEtcd etcd;

	private final JujuModel model;

	private final LibraryCharms library;

	private final LibraryCharms.Charm provider;

	private final PythonProcess requirer;

	private final List<String> uris = new ArrayList<>();

	RenewalChain(Path directory, CharmedEtcd etcd) throws IOException {
		this.data = Files.createDirectories(directory.resolve("app-data"));
		this.etcd = etcd;
		this.model = new JujuModel(Files.createDirectories(directory.resolve("model")));
		this.model.relate(RELATION, "etcd_client", "orders", "etcd", "charmed-etcd", "etcd-client");
		this.library = new LibraryCharms(this.model);
		this.provider = this.library.provider("charmed-etcd/0", RELATION);
		this.requirer = new PythonProcess(PythonEnvironment.of(TESTS.resolve("requirements.txt")),
				PythonEnvironment.SOURCES.resolve("twelve_factor.py"), this.model.directory().toString(),
				TESTS.toString(), this.data.toString());
	}

	/**
	 * Return the directory that is the application's relation.
	 */
	Path directory() {
		return this.data.resolve("etcd");
	}

	/**
	 * Deploy, relate and wait until the relation is ready.
	 */
	void relate() throws IOException {
		assertThat(this.requirer.ask("start")).isEqualTo("active");
		assertThat(this.requirer.ask("relate")).isEqualTo("waiting etcd: waiting for the certificate");
		assertThat(this.requirer.ask("certify")).isEqualTo("waiting etcd: waiting for the answer to the request");
		this.provider.hook("relation-created");
		RelationValues granted = grant(certificate(this.provider.hook("relation-changed")));
		this.etcd.restartMembers();
		this.uris.addAll(Arrays.asList(granted.uris().split(",")));
		answer(granted);
		assertThat(this.requirer.ask("relation-changed")).isEqualTo("active");
		assertThat(file().<String>read("$.secret-user.uris")).isEqualTo(granted.uris());
	}

	/**
	 * Renew the certificate and wait until the application uses the new one with each
	 * member.
	 * @param events the events that the application has seen
	 */
	void renew(List<EtcdRelationEvent> events) throws Exception {
		long rotated = rotated(events);
		ClientCredentials before = own();
		int revisions = this.model.revisions(request("secret-mtls")).size();
		assertThat(this.requirer.ask("renew")).isEqualTo("active");
		ClientCredentials renewed = own();
		assertThat(renewed.clientCert()).as("file of the application").isNotEqualTo(before.clientCert());
		assertThat(this.model.revisions(request("secret-mtls"))).as("published").hasSize(revisions + 1);
		String published = certificate(this.provider.secretChanged(request("secret-mtls")));
		assertThat(published).isEqualToIgnoringWhitespace(renewed.clientCert());
		assertThat(this.etcd.countTrusting(renewed)).as("members that know the new certificate already").isZero();
		assertThat(this.etcd.countTrusting(before)).as("members that know the old one").isEqualTo(MEMBERS);
		assertThat(rotated(events)).isEqualTo(rotated);
		RelationValues granted = grant(published);
		this.etcd.restartMembers();
		assertThat(this.etcd.countTrusting(renewed)).as("members that know the new certificate").isEqualTo(MEMBERS);
		assertThat(this.etcd.countTrusting(before)).as("members that know the old one still").isZero();
		// In another order, as the provider has them from a set
		Collections.rotate(this.uris, 1);
		answer(granted);
		assertThat(this.requirer.ask("relation-changed")).isEqualTo("active");
		assertThat(this.requirer.ask("secret-changed " + response("secret-user"))).isEqualTo("active");
		assertThat(file().<String>read("$.secret-user.uris")).isEqualTo(String.join(",", this.uris));
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> rotated(events) > rotated);
		assertThat(rotated(events)).isEqualTo(rotated + 1);
	}

	private RelationValues grant(String certificate) {
		RelationValues granted = this.etcd.grant(PREFIX, new ClientCredentials(certificate, null, null));
		assertThat(granted.username()).isEqualTo(USER);
		return granted;
	}

	private void answer(RelationValues granted) {
		String all = String.join(",", this.uris);
		this.provider
			.with("answer", Map.of("endpoints", all.replace("https://", ""), "uris", all, "tls_ca",
					granted.credentials().clientCa(), "version", granted.version()))
			.hook("update-status");
		this.provider.without("answer");
	}

	/**
	 * Return the certificate that the provider's charm was given.
	 */
	private static String certificate(List<Map<String, Object>> events) {
		assertThat(events).hasSize(1);
		assertThat(events.get(0)).containsEntry("event", "MtlsCertUpdatedEvent");
		return (String) ((Map<?, ?>) events.get(0).get("values")).get("mtls-cert");
	}

	private String request(String key) {
		return first("orders", key);
	}

	private String response(String key) {
		return first("charmed-etcd", key);
	}

	private String first(String application, String key) {
		return JsonPath.parse(this.model.databag(RELATION, application).get("requests"))
			.read("$[0]['%s']".formatted(key));
	}

	private ClientCredentials own() throws IOException {
		DocumentContext file = file();
		return new ClientCredentials(file.read("$.own.client_cert"), file.read("$.own.client_key"), null);
	}

	private DocumentContext file() throws IOException {
		return JsonPath.parse(Files.readString(directory().resolve("etcd:%d/charmed-etcd.json".formatted(RELATION))));
	}

	private static long rotated(List<EtcdRelationEvent> events) {
		return events.stream().filter(EtcdRotatedEvent.class::isInstance).count();
	}

	@Override
	public void close() {
		this.requirer.close();
		this.library.close();
	}

}
