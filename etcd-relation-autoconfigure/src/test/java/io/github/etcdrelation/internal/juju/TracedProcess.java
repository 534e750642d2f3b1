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

package io.github.etcdrelation.internal.juju;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;

import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.internal.databag.DatabagJson;
import io.github.etcdrelation.internal.provider.JujuClientTarget;
import io.github.etcdrelation.internal.provider.JujuProviderTarget;
import io.github.etcdrelation.internal.provider.ManagedClientProvider;
import io.github.etcdrelation.internal.provider.ManagedProvider;
import io.github.etcdrelation.internal.state.RefreshExecutor;

/**
 * Publishes, renews and removes what each side of a relation has to publish, with
 * executables as hook tools.
 */
public final class TracedProcess {

	private static final String CERT = "cert";

	private static final String KEY = "key";

	private static final String CA = "ca";

	private static final String RENEWED = "renewed-";

	private static final String ENDPOINTS = "10.0.0.1:2379";

	private TracedProcess() {
	}

	/**
	 * Run the process. Its standard input is a JSON object with certificates, keys and a
	 * password.
	 * @param arguments the directories of the executables of the requirer, the provider
	 * and the classic provider
	 */
	public static void main(String[] arguments) throws IOException {
		Map<String, String> values = DatabagJson
			.readDatabag(new String(System.in.readAllBytes(), StandardCharsets.UTF_8))
			.orElseThrow();
		require(Path.of(arguments[0]), values);
		provide(Path.of(arguments[1]), values);
		provideClassic(Path.of(arguments[2]), values);
	}

	private static void require(Path directory, Map<String, String> values) {
		MemoryJuju juju = new MemoryJuju("orders", "etcd");
		juju.relate("etcd:7", "charmed-etcd", "charmed-etcd/0").remote.putAll(Map.of("endpoints", ENDPOINTS,
				"secret-user", "secret:user", "secret-tls", "secret:tls", "prefix", "/orders/"));
		juju.setSecret("secret:user", Map.of("username", "orders", "uris", "https://" + ENDPOINTS, "password",
				values.getOrDefault("password", "")));
		juju.setSecret("secret:tls", Map.of("tls", "true", "tls-ca", values.getOrDefault(CA, "")));
		String[] generation = { "" };
		JujuRelationSource source = new JujuRelationSource(juju.endpoint(new ExecutableTools(juju, directory)),
				RelationInterface.ETCD_CLIENT,
				() -> Map.of("client_cert", values.getOrDefault(generation[0] + CERT, ""), "client_key",
						values.getOrDefault(generation[0] + KEY, ""), "prefix", "/orders/"));
		source.read();
		generation[0] = RENEWED;
		source.read();
		check(juju.own("etcd.7.mtls.secret").revisions == 2, "The certificate was renewed");
		juju.end("etcd:7");
		source.read();
		check(juju.ownLabels().isEmpty(), "The secret was removed");
	}

	private static void provide(Path directory, Map<String, String> values) {
		MemoryJuju juju = new MemoryJuju("etcd", "etcd-client");
		juju.relate("etcd-client:3", "web", "web/0");
		juju.request("etcd-client:3", "/web/", values.getOrDefault(CERT, ""));
		try (ManagedClientProvider provider = new ManagedClientProvider("etcd-client",
				new JujuClientTarget(juju.endpoint(new ExecutableTools(juju, directory))), TracedProcess::ignore,
				executor(), Duration.ofDays(1))) {
			provider.load();
			provider.setEndpoints(ENDPOINTS, "3.6.13");
			provider.setCa(values.get(CA));
			provider.setUser(provider.getRequests().get(0), "web");
			provider.setCa(values.get(RENEWED + CA));
			check(juju.own("etcd-client.3.tls.secret").revisions == 2, "The authority was renewed");
			juju.end("etcd-client:3");
			provider.load();
			check(juju.ownLabels().isEmpty(), "The secrets were removed");
		}
	}

	private static void provideClassic(Path directory, Map<String, String> values) {
		MemoryJuju juju = new MemoryJuju("etcd", "db");
		Map<String, String> databag = juju.relate("db:4", "web", "web/0").ownUnit;
		try (ManagedProvider provider = new ManagedProvider("db",
				new JujuProviderTarget(juju.endpoint(new ExecutableTools(juju, directory))), TracedProcess::ignore,
				executor(), Duration.ofDays(1))) {
			provider.load();
			provider.setConnectionString("https://" + ENDPOINTS);
			provider.setClientCredentials(values.get(KEY), values.get(CERT), values.get(CA));
			provider.setClientCredentials(values.get(RENEWED + KEY), values.get(RENEWED + CERT),
					values.get(RENEWED + CA));
			check(values.get(RENEWED + KEY).equals(databag.get("client_key")), "The key was renewed");
			provider.setClientCredentials(null, null, null);
			check(!databag.containsKey("client_key"), "The key was removed");
		}
	}

	private static ScheduledExecutorService executor() {
		return new RefreshExecutor();
	}

	private static void ignore(Object event) {
	}

	private static void check(boolean condition, String expectation) {
		if (!condition) {
			throw new IllegalStateException("Not so: " + expectation);
		}
	}

}
