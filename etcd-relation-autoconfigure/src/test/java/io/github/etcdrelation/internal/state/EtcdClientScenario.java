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

package io.github.etcdrelation.internal.state;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.RemoteApplication;
import org.jspecify.annotations.Nullable;

/**
 * What a scenario of the interface {@code etcd_client} holds in its hooks, beside units:
 * databags of applications, secrets, and what the own side brings.
 */
public final class EtcdClientScenario {

	private EtcdClientScenario() {
	}

	/**
	 * Return the interface that a property gives for an endpoint.
	 */
	public static @Nullable RelationInterface forced(Scenario scenario, String endpoint) {
		Object forced = scenario.content().get("forced");
		if (forced == null || !scenario.isEtcdClient(endpoint)) {
			return null;
		}
		return forced.equals(RelationInterface.ETCD.getName()) ? RelationInterface.ETCD : RelationInterface.ETCD_CLIENT;
	}

	/**
	 * Return what the own side brings to an endpoint.
	 */
	public static Map<String, String> ownData(Scenario scenario, Map<String, Object> step, String endpoint) {
		return scenario.isEtcdClient(endpoint) ? Scenario.stringMap(step.get("own")) : Map.of();
	}

	/**
	 * Return the relations of an endpoint without the one that is broken in this hook.
	 */
	public static List<Map<String, Object>> relations(Map<String, Object> step, String endpoint) {
		boolean broken = ((String) step.get("hook")).endsWith("-relation-broken");
		Object id = Scenario.map(step.get("env")).get("JUJU_RELATION_ID");
		return Scenario.maps(step.get("relations"))
			.stream()
			.filter((relation) -> endpoint.equals(relation.get("name")))
			.filter((relation) -> !(broken && relation.get("id").equals(id)))
			.toList();
	}

	/**
	 * Return the view of an endpoint.
	 */
	public static RelationView view(Scenario scenario, Map<String, Object> step, String endpoint) {
		Map<String, Map<String, Map<String, String>>> units = new TreeMap<>();
		Map<String, RemoteApplication> applications = new TreeMap<>();
		RelationView all = ScenarioView.of(step, endpoint);
		for (Map<String, Object> relation : relations(step, endpoint)) {
			String id = (String) relation.get("id");
			units.put(id, new TreeMap<>(all.getRelations().get(id)));
			applications.put(id, new RemoteApplication(databag(relation), secrets(relation)));
		}
		return RelationView.of(units).withApplications(applications).withOwnData(ownData(scenario, step, endpoint));
	}

	public static Map<String, String> databag(Map<String, Object> relation) {
		return Scenario.stringMap(relation.get("app_data"));
	}

	/**
	 * Return the contents of the secrets that are granted, by URI.
	 */
	public static Map<String, Map<String, String>> secrets(Map<String, Object> relation) {
		Map<String, Map<String, String>> secrets = new LinkedHashMap<>();
		Scenario.map(relation.get("secrets")).forEach((uri, description) -> {
			Map<String, Object> secret = Scenario.map(description);
			if (Boolean.TRUE.equals(secret.get("granted"))) {
				secrets.put(uri, Scenario.stringMap(secret.get("content")));
			}
		});
		return secrets;
	}

	/**
	 * Return the values of a relation in the words of the expected outcomes.
	 */
	public static Map<String, Object> read(EtcdRelation relation) {
		ClientCredentials credentials = relation.getClientCredentials();
		Map<String, Object> pem = new TreeMap<>();
		pem.put("client_cert", credentials.clientCert());
		pem.put("client_key", credentials.clientKey());
		pem.put("client_ca", credentials.clientCa());
		Map<String, Object> read = new TreeMap<>();
		read.put("connection_string", relation.getConnectionString());
		read.put("version", relation.getVersion());
		read.put("username", relation.getUsername());
		read.put("prefix", relation.getPrefix());
		read.put("interface", relation.getInterface());
		read.put("client_credentials", pem);
		return read;
	}

}
