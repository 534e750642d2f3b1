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

import java.util.List;
import java.util.Map;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.fuzz.Hostile;
import io.github.etcdrelation.internal.state.RelationSnapshot;

/**
 * Input: what the tools answer one after the other. An answer that begins with an
 * exclamation mark is what a tool says that fails.
 */
class HookToolsFuzzTests {

	private static final Map<String, String> OWN = Map.of(RelationSnapshot.PREFIX, "/app/", RelationSnapshot.CLIENT_KEY,
			Hostile.SECRET);

	@FuzzTest
	void read(byte[] input) {
		List<String> answers = Hostile.parts(input);
		for (RelationInterface relationInterface : new RelationInterface[] { null, RelationInterface.ETCD,
				RelationInterface.ETCD_CLIENT }) {
			HookTools tools = ScriptedTools.of(answers);
			HookEnvironment environment = new HookEnvironment((name) -> name.equals("JUJU_UNIT_NAME") ? "app/0" : null);
			JujuRelationSource source = new JujuRelationSource(new JujuEndpoint("etcd", tools, environment),
					relationInterface, () -> OWN);
			for (int i = 0; i < 2; i++) {
				Hostile.accepts(() -> {
					RelationView view = source.read();
					Hostile.requireSilent(view.toString());
					RelationSnapshot.derive(view, relationInterface);
				});
				Hostile.requireSilent(source.describeMissing());
			}
		}
		write(ScriptedTools.of(answers));
	}

	private static void write(HookTools tools) {
		Map<String, String> values = Map.of("client_key", Hostile.SECRET);
		Hostile.accepts(() -> tools.relationSet("etcd:1", values));
		Hostile.accepts(() -> tools.applicationSet("etcd:1", values));
		Hostile.accepts(tools::isLeader);
		Hostile.accepts(() -> tools.relationApplication("etcd:1"));
		Hostile.accepts(() -> tools.getSecretTools().find("label"));
		Hostile.accepts(() -> tools.getSecretTools().remove("secret:1"));
	}

}
