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

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.github.etcdrelation.EtcdRelations;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * The process of an application that has many relations.
 */
public final class RelationsProcess {

	private RelationsProcess() {
	}

	public static void main(String[] args) throws Exception {
		Access access = Access.parse(args[0]);
		int relations = Integer.parseInt(args[1]);
		List<String> arguments = (args.length > 2) ? directories(access, relations, Path.of(args[2]))
				: properties(access, relations);
		try (ConfigurableApplicationContext context = RelationStore.context(arguments)) {
			EtcdRelations registry = context.getBean(EtcdRelations.class);
			Conversation.hold((words) -> switch (words[0]) {
				case "use" -> use(context.getBeansOfType(Client.class).values());
				case "work" -> work(context.getBean(Client.class), Integer.parseInt(words[1]));
				case "watch" -> watch(context.getBean(Client.class), Integer.parseInt(words[1]));
				case "refresh" -> refresh(registry, Integer.parseInt(words[1]));
				case "idle" -> Idleness.measure(Long.parseLong(words[1]));
				default -> throw new IllegalArgumentException(words[0]);
			});
		}
		System.exit(0);
	}

	private static List<String> properties(Access access, int relations) {
		return IntStream.range(0, relations)
			.boxed()
			.flatMap((i) -> access.properties()
				.stream()
				.map((property) -> property.replace("etcd.relation.", "etcd.relations.r%d.".formatted(i))))
			.toList();
	}

	private static List<String> directories(Access access, int relations, Path directory) throws Exception {
		List<String> arguments = new ArrayList<>();
		for (int i = 0; i < relations; i++) {
			RelationFiles files = new RelationFiles(directory.resolve("r" + i));
			files.write(access);
			arguments.add("--etcd.relations.r%d.directory=%s".formatted(i, files.path()));
		}
		return arguments;
	}

	/**
	 * Make a call with each client.
	 */
	static Figures use(Iterable<Client> clients) throws Exception {
		int calls = 0;
		for (Client client : clients) {
			client.getKVClient().get(Bytes.of("used")).get(30, TimeUnit.SECONDS);
			calls++;
		}
		System.gc();
		System.gc();
		return Figures.of("calls", calls, "heap",
				ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1024.0, "threads",
				ManagementFactory.getThreadMXBean().getThreadCount());
	}

	private static Figures work(Client client, int calls) throws Exception {
		for (int i = 0; i < calls; i++) {
			client.getKVClient().get(Bytes.of("used")).get(30, TimeUnit.SECONDS);
		}
		return Figures.of("calls", calls);
	}

	/**
	 * Watch keys that nobody writes.
	 */
	private static Figures watch(Client client, int watches) {
		for (int i = 0; i < watches; i++) {
			client.getWatchClient().watch(Bytes.of("quiet-" + i), Watch.listener((response) -> {
			}));
		}
		return Figures.of("watches", watches);
	}

	private static Figures refresh(EtcdRelations relations, int times) {
		Resources before = Resources.now();
		for (int i = 0; i < times; i++) {
			relations.getNames().forEach(relations::refresh);
		}
		return Figures.of("cpu", Resources.now().since(before).cpuMillis() / times);
	}

}
