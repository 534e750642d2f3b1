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

package io.github.etcdrelation.benchmark;

import java.util.ArrayList;
import java.util.List;

import io.etcd.jetcd.Client;

/**
 * The process that makes many clients of jetcd itself.
 */
public final class JetcdClientsProcess {

	private JetcdClientsProcess() {
	}

	public static void main(String[] args) throws Exception {
		Access access = Access.parse(args[0]);
		List<Client> clients = new ArrayList<>();
		for (int i = 0; i < Integer.parseInt(args[1]); i++) {
			clients.add(JetcdStore.client(access));
		}
		Conversation.hold((words) -> RelationsProcess.use(clients));
		System.exit(0);
	}

}
