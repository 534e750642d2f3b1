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

package io.github.etcdrelation.internal.provider;

import java.util.List;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.etcdrelation.fuzz.Hostile;
import io.github.etcdrelation.internal.juju.HookEnvironment;
import io.github.etcdrelation.internal.juju.JujuEndpoint;
import io.github.etcdrelation.internal.juju.ScriptedTools;

/**
 * Input: what hook tools answer while the requests of applications are read.
 */
class RequestFuzzTests {

	@FuzzTest
	void read(byte[] input) {
		List<String> answers = Hostile.parts(input);
		RequestReader reader = new RequestReader(new JujuEndpoint("etcd", ScriptedTools.of(answers),
				new HookEnvironment((name) -> name.equals("JUJU_UNIT_NAME") ? "db/0" : null)));
		for (int i = 0; i < 3; i++) {
			Hostile.accepts(() -> {
				Exception failure = reader.read();
				if (failure != null) {
					Hostile.requireSilent(failure);
				}
			});
			reader.getRequests().forEach((relationId, requests) -> {
				reader.getUnread(relationId);
				for (ReceivedRequest request : requests) {
					Hostile.require(!request.request().prefix().isBlank(), "A request has no prefix");
					Hostile.require(request.key().relationId().equals(relationId), "A request is of another relation");
				}
			});
		}
	}

}
