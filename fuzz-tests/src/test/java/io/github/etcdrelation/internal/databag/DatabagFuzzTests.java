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

package io.github.etcdrelation.internal.databag;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.RemoteApplication;
import io.github.etcdrelation.fuzz.Hostile;
import io.github.etcdrelation.internal.juju.SecretReferences;
import io.github.etcdrelation.internal.state.RelationSnapshot;

/**
 * Input: databag of a unit or an application, then contents of secrets, as JSON.
 */
class DatabagFuzzTests {

	private static final String ID = "etcd:1";

	@FuzzTest
	void derive(byte[] input) {
		List<String> parts = Hostile.parts(input);
		readAll(parts.get(0));
		Map<String, String> databag = new LinkedHashMap<>(
				DatabagJson.readDatabag(parts.get(0)).orElse(Collections.emptyMap()));
		if (!databag.isEmpty()) {
			Hostile.require(DatabagJson.readDatabag(DatabagJson.write(databag)).orElseThrow().equals(databag),
					"What was written is not read");
		}
		Map<String, Map<String, String>> secrets = new LinkedHashMap<>();
		int next = 1;
		for (SecretReferences.Reference reference : SecretReferences.find(ID, databag)) {
			if (next < parts.size()) {
				secrets.put(reference.uri(), DatabagJson.readDatabag(parts.get(next++)).orElse(Collections.emptyMap()));
			}
		}
		derive(databag, secrets);
		List<String> keys = List.copyOf(databag.keySet());
		if (!keys.isEmpty() && !keys.get(0).equals(EtcdClientDatabag.STATUS)) {
			String key = keys.contains("client_key") ? "client_key" : "password";
			databag.put(key, Hostile.SECRET);
			secrets.values().forEach((content) -> replace(content, Hostile.SECRET));
			derive(databag, secrets);
		}
	}

	private static void replace(Map<String, String> content, String secret) {
		if (content.containsKey("password")) {
			content.put("password", secret);
		}
	}

	private static void readAll(String text) {
		DatabagJson.readNames(text, 10);
		DatabagJson.readText(text);
		DatabagJson.readBoolean(text);
		DatabagJson.readKeys(text);
		DatabagJson.readObjects(text);
		DatabagJson.readObject(text).ifPresent((object) -> {
			String written = DatabagJson.writeValue(object);
			Hostile.require(DatabagJson.readObject(written).isPresent(), "What was written is not read");
		});
	}

	private static void derive(Map<String, String> databag, Map<String, Map<String, String>> secrets) {
		RemoteApplication application = new RemoteApplication(databag, secrets);
		Hostile.requireSilent(application.toString());
		EtcdClientDatabag answer = new EtcdClientDatabag(application);
		answer.isRecognized();
		for (EtcdClientDatabag.Response response : answer.getResponses(null)) {
			response.isComplete();
			response.isPlainText();
			response.getConnectionString();
			Hostile.requireSilent(response.toString());
		}
		for (RequestRefusal refusal : answer.getRefusals()) {
			Hostile.require(refusal.describe().lines().count() <= 1, "A refusal has several lines");
		}
		RelationView view = RelationView.of(ID, "etcd/0", databag).withApplications(Map.of(ID, application));
		RelationSnapshot former = RelationSnapshot.derive(RelationView.empty(), null);
		for (RelationInterface relationInterface : new RelationInterface[] { null, RelationInterface.ETCD,
				RelationInterface.ETCD_CLIENT }) {
			RelationSnapshot snapshot = RelationSnapshot.derive(view, relationInterface);
			RelationSnapshot before = former;
			Hostile.requireSilent(snapshot.toString());
			Hostile.requireSilent(snapshot.describeMissing());
			Hostile.accepts(() -> snapshot.requirePasswordOf(before));
			Hostile.accepts(snapshot::requireConnectable);
			former = snapshot;
		}
		Hostile.requireSilent(view.toString());
	}

}
