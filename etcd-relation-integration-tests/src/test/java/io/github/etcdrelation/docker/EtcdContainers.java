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

package io.github.etcdrelation.docker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/**
 * Containers of etcd for tests.
 */
final class EtcdContainers {

	private EtcdContainers() {
	}

	@SuppressWarnings("resource") // the caller's
	static GenericContainer<?> create(String scheme, String... arguments) {
		return new GenericContainer<>(EtcdImage.NAME).withExposedPorts(2379)
			.withCommand(command(scheme, arguments).toArray(String[]::new))
			// Images without a shell cannot be asked for their ports
			.waitingFor(Wait.forLogMessage(".*ready to serve client requests.*", 1)
				.withStartupTimeout(Duration.ofSeconds(30)));
	}

	static List<String> command(String scheme, String... arguments) {
		List<String> command = new ArrayList<>(List.of("etcd", "--listen-client-urls", scheme + "://0.0.0.0:2379",
				"--advertise-client-urls", scheme + "://127.0.0.1:2379", "--data-dir", "/etcd-data"));
		command.addAll(List.of(arguments));
		return command;
	}

}
