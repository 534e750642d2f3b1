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

package io.github.etcdrelation.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.etcdrelation.ClientCredentials;
import org.jspecify.annotations.Nullable;

/**
 * {@code etcdctl lock} in the same queue, where there is {@code etcdctl}.
 */
final class EtcdctlLock implements AutoCloseable {

	private static final Pattern REVISION = Pattern.compile("\"revision\"\\s*:\\s*(\\d+)");

	private final @Nullable Process process;

	private final @Nullable Path output;

	private EtcdctlLock(@Nullable Process process, @Nullable Path output) {
		this.process = process;
		this.output = output;
	}

	static EtcdctlLock start(FaultCluster cluster, Path directory, String name) throws IOException {
		String etcdctl = System.getProperty("etcdctl.binary", "etcdctl");
		if (!Shell.succeeds("sh", "-c", "command -v \"$0\"", etcdctl)) {
			FaultReport.get().note("Did not run: etcdctl lock, as there is no etcdctl");
			return new EtcdctlLock(null, null);
		}
		ClientCredentials credentials = cluster.etcd().newClientCredentials("etcdctl");
		List<String> command = new ArrayList<>(List.of(etcdctl, "lock", name, "--", "sh", "-c", fencedWrites()));
		Path output = directory.resolve("output");
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
		builder.environment().keySet().removeIf((variable) -> variable.startsWith("ETCD"));
		builder.environment().put("ETCDCTL_API", "3");
		builder.environment().put("ETCDCTL", etcdctl);
		builder.environment().put("ETCDCTL_ENDPOINTS", cluster.etcd().getConnectionString());
		builder.environment().put("ETCDCTL_CERT", file(directory, "cert", credentials.clientCert()));
		builder.environment().put("ETCDCTL_KEY", file(directory, "key", credentials.clientKey()));
		builder.environment().put("ETCDCTL_CACERT", file(directory, "ca", credentials.clientCa()));
		return new EtcdctlLock(builder.start(), output);
	}

	/**
	 * As those of {@link Contender}; the holder's key comes in a variable.
	 */
	private static String fencedWrites() {
		return """
				fenced() {
					printf 'version("%s") > "0"\\n\\nput fence/etcdctl held\\n\\n\\n' "$ETCD_LOCK_KEY" \
						| "$ETCDCTL" txn -w json
				}
				"$ETCDCTL" get "$ETCD_LOCK_KEY" -w json
				fenced; sleep 0.5; fenced
				""";
	}

	private static String file(Path directory, String name, String content) throws IOException {
		return Files.writeString(directory.resolve(name), content).toString();
	}

	/**
	 * Wait until it had its turn, and add that to the history.
	 */
	void awaitTurn(History history) throws InterruptedException {
		if (this.process == null || this.output == null) {
			return;
		}
		boolean ended = this.process.waitFor(120, TimeUnit.SECONDS);
		String text = read(this.output);
		Matcher created = Pattern.compile("\"create_revision\":(\\d+)").matcher(text);
		if (!ended || this.process.exitValue() != 0 || !created.find()) {
			// It may have lost its own session, which is not what is tested
			FaultReport.get().note("etcdctl lock did not get its turn: " + text.strip());
			return;
		}
		Hold hold = new Hold(Queue.lockName(), "etcdctl", Long.parseLong(created.group(1)));
		text.lines().filter((line) -> line.contains("\"succeeded\":true")).forEach((line) -> {
			Matcher revision = REVISION.matcher(line);
			if (revision.find()) {
				hold.fenced(Long.parseLong(revision.group(1)));
			}
		});
		history.add(hold);
	}

	private static String read(Path file) {
		try {
			return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		if (this.process != null) {
			this.process.descendants().forEach(ProcessHandle::destroy);
			this.process.destroy();
		}
	}

}
