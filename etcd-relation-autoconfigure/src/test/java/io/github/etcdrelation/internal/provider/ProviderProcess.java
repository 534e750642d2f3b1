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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

import io.github.etcdrelation.EtcdClientRequest;
import io.github.etcdrelation.event.EtcdClientRequestRemovedEvent;
import io.github.etcdrelation.event.EtcdClientRequestedEvent;
import io.github.etcdrelation.internal.juju.HookEnvironment;
import io.github.etcdrelation.internal.juju.JujuEndpoint;
import io.github.etcdrelation.internal.juju.ProcessHookTools;
import io.github.etcdrelation.internal.state.RefreshExecutor;

/**
 * Runs a provider of {@code etcd_client} once, as in a hook: grants each request to the
 * common name of its certificate, and refuses those without a name or with one that is to
 * be refused. Reports events to standard output, a line each.
 */
public final class ProviderProcess {

	private ProviderProcess() {
	}

	/**
	 * Run the process.
	 * @param arguments the directory of the hook tools, the name of the endpoint, the
	 * endpoints of etcd, its version, the file with its certificate authority, and common
	 * names to refuse
	 */
	public static void main(String[] arguments) {
		ProcessHookTools tools = new ProcessHookTools(Path.of(arguments[0]), Duration.ofSeconds(30));
		JujuEndpoint endpoint = new JujuEndpoint(arguments[1], tools, HookEnvironment.ofProcess());
		String[] refused = Arrays.copyOfRange(arguments, 5, arguments.length);
		try (ManagedClientProvider provider = new ManagedClientProvider(arguments[1], new JujuClientTarget(endpoint),
				(event) -> answer(event, refused), new RefreshExecutor(), Duration.ofMinutes(1))) {
			provider.setEndpoints(arguments[2], arguments[3]);
			provider.setCa(read(Path.of(arguments[4])));
			provider.load();
			provider.start();
		}
	}

	static void answer(Object event, String... refused) {
		System.out.println(event.getClass().getSimpleName());
		if (event instanceof EtcdClientRequestRemovedEvent removed) {
			System.out.println("- " + removed.getRequest());
		}
		if (event instanceof EtcdClientRequestedEvent requested) {
			EtcdClientRequest request = requested.getRequest();
			System.out.println("+ " + request);
			String name = request.commonName();
			if (name == null || Arrays.asList(refused).contains(name)) {
				requested.getProvider().refuse(request, 4001, "The common name is not accepted", "Use another one");
			}
			else {
				requested.getProvider().setUser(request, name);
			}
		}
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
