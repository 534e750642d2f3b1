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

package io.github.etcdrelation.sample.charm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.internal.source.DirectoryRelationSource;
import io.github.etcdrelation.internal.source.DirectoryWatcher;
import io.github.etcdrelation.internal.source.OwnDataKind;
import io.github.etcdrelation.internal.tls.ExposedFiles;
import io.github.etcdrelation.internal.tls.SslBundleCache;

/**
 * Runs the hooks of the charm with fake hook tools, and reads the spool as the
 * application does.
 */
class FakeJuju {

	static final String SECRET = "S3CRET";

	private static final Path CHARM = Path.of("").toAbsolutePath();

	private final AtomicInteger runs = new AtomicInteger();

	private final Path directory;

	private final Path spool;

	FakeJuju(Path directory) throws IOException {
		this(directory, directory.resolve("home/etcd"));
	}

	FakeJuju(Path directory, Path spool) throws IOException {
		this.directory = Files.createDirectories(directory.resolve("fake"));
		this.spool = spool;
		relations();
	}

	Path spool() {
		return this.spool;
	}

	Path home() {
		return this.directory.resolveSibling("home");
	}

	Path systemd() {
		return this.directory.resolveSibling("systemd");
	}

	void relations(String... ids) throws IOException {
		write("ids", String.join("\n", ids) + "\n");
	}

	void units(String id, String... units) throws IOException {
		write("units-" + id, String.join("\n", units) + "\n");
	}

	void databag(String id, String unit, String json) throws IOException {
		write("bag-" + id + "-" + unit.replace('/', '_'), json);
	}

	/**
	 * Relate the application to another one with the interface {@code etcd_client}.
	 */
	void clientRelation(String id, String application) throws IOException {
		write("ids-etcd-client", id + "\n");
		write("app-" + id, application + "\n");
		applicationDatabag(id, application, "{}\n");
	}

	void applicationDatabag(String id, String application, String json) throws IOException {
		write("bag-" + id + "-" + application, json);
	}

	void secret(String id, Map<String, String> content) throws IOException {
		Files.createDirectories(this.directory.resolve("secret-" + id));
		for (Map.Entry<String, String> field : content.entrySet()) {
			write("secret-" + id + "/" + field.getKey(), field.getValue());
		}
	}

	String read(String name) throws IOException {
		return Files.readString(this.directory.resolve(name));
	}

	void clearCalls() throws IOException {
		delete("calls");
	}

	void write(String name, String content) throws IOException {
		// In one step, as other hooks may be reading
		Path temporary = Files.createTempFile(this.directory, "file", ".tmp");
		Files.writeString(temporary, content);
		Files.move(temporary, this.directory.resolve(name), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
	}

	void delete(String name) throws IOException {
		Files.deleteIfExists(this.directory.resolve(name));
	}

	boolean exists(String name) {
		return Files.exists(this.directory.resolve(name));
	}

	String calls() throws IOException {
		return Files.readString(this.directory.resolve("calls"));
	}

	static String offer(String host) {
		return """
				{"client_ca":"ca %1$s","client_cert":"cert","client_key":"-----BEGIN\\n%1$s","connection_string":\
				"https://%2$s:2379","egress-subnets":"10.0.0.1/32","version":"3.4.22"}
				""".formatted(SECRET, host);
	}

	Run hook(String name, String... environment) {
		return start(List.of(CHARM.resolve("dispatch").toString()), name, environment).await();
	}

	Run relationHook(String name, String id, String unit, String... environment) {
		List<String> all = new ArrayList<>(
				List.of("JUJU_RELATION=etcd", "JUJU_RELATION_ID=" + id, "JUJU_REMOTE_UNIT=" + unit));
		all.addAll(List.of(environment));
		return hook("etcd-relation-" + name, all.toArray(String[]::new));
	}

	Run start(String name, String... environment) {
		return start(List.of(CHARM.resolve("dispatch").toString()), name, environment);
	}

	Run start(List<String> command, String hook, String... environment) {
		try {
			Path output = this.directory.resolveSibling("output-" + this.runs.incrementAndGet());
			ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(output.toFile());
			Map<String, String> variables = builder.environment();
			variables.keySet().removeIf((name) -> name.startsWith("JUJU_") || name.startsWith("WORKLOAD_"));
			variables.put("PATH", CHARM.resolve("src/test/fake-tools") + ":" + variables.get("PATH"));
			variables.put("JUJU_FAKE", this.directory.toString());
			variables.put("JUJU_UNIT_NAME", "orders/0");
			variables.put("JUJU_HOOK_NAME", hook);
			variables.put("JUJU_DISPATCH_PATH", "hooks/" + hook);
			variables.put("WORKLOAD_USER", "");
			variables.put("WORKLOAD_HOME", home().toString());
			variables.put("WORKLOAD_SPOOL", this.spool.toString());
			variables.put("WORKLOAD_SYSTEMD", systemd().toString());
			for (String variable : environment) {
				variables.put(variable.substring(0, variable.indexOf('=')),
						variable.substring(variable.indexOf('=') + 1));
			}
			return new Run(builder.start(), output);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static List<String> traced() {
		return List.of("/bin/sh", "-x", CHARM.resolve("hooks/refresh-spool").toString());
	}

	static List<String> limited(int blocks) {
		return List.of("/bin/sh", "-c", "ulimit -f " + blocks + "; exec " + CHARM.resolve("dispatch"));
	}

	RelationView view() {
		ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
		try (DirectoryWatcher watcher = new DirectoryWatcher()) {
			return new DirectoryRelationSource("etcd", this.spool, watcher, scheduler, new SslBundleCache(null), null,
					() -> OwnDataKind.NONE, new ExposedFiles())
				.read();
		}
		finally {
			scheduler.shutdownNow();
		}
	}

	/**
	 * All that is in the spool, with modes, but for the lock.
	 */
	List<String> content() throws IOException {
		try (Stream<Path> files = Files.walk(this.spool)) {
			return files.filter((file) -> !file.equals(this.spool) && !file.endsWith(".lock"))
				.map((file) -> mode(file) + " " + this.spool.relativize(file))
				.sorted()
				.toList();
		}
	}

	static String mode(Path file) {
		try {
			return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	record Run(Process process, Path file) {

		Run await() {
			try {
				if (!this.process.waitFor(60, TimeUnit.SECONDS)) {
					this.process.destroyForcibly();
					throw new IllegalStateException("The hook does not end: " + output());
				}
				return this;
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

		int status() {
			return this.process.exitValue();
		}

		String output() {
			try {
				return Files.readString(this.file);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
