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

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.Client;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * The process whose certificate is exchanged.
 */
public final class RotationProcess {

	private RotationProcess() {
	}

	public static void main(String[] args) throws Exception {
		RelationFiles files = new RelationFiles(Path.of(args[1]));
		Rotation rotation = new Rotation(files, Access.parse(args[0]), Integer.parseInt(args[2]));
		try (ConfigurableApplicationContext context = RelationStore
			.context(List.of("--etcd.relation.directory=" + files.path()))) {
			Client client = context.getBean(Client.class);
			rotation.listen(context);
			Conversation.hold((words) -> switch (words[0]) {
				case "rotate" -> rotate(rotation, client);
				case "load" ->
					load(rotation, client, Integer.parseInt(words[1]), Duration.ofMillis(Long.parseLong(words[2])));
				default -> throw new IllegalArgumentException(words[0]);
			});
		}
		System.exit(0);
	}

	private static Figures rotate(Rotation rotation, Client client) throws Exception {
		long start = rotation.rotate();
		client.getKVClient().get(Bytes.of("rotated")).get(30, TimeUnit.SECONDS);
		return Figures.of("first", (System.nanoTime() - start) / 1e6);
	}

	private static Figures load(Rotation rotation, Client client, int rotations, Duration rest) throws Exception {
		try (Load load = new Load(client)) {
			Thread.sleep(rest.toMillis());
			load.reset();
			Thread.sleep(rest.toMillis());
			double atRest = load.p99();
			load.reset();
			for (int i = 0; i < rotations; i++) {
				rotation.rotate();
			}
			double rotating = load.p99();
			return load.finish(atRest, rotating);
		}
	}

}
