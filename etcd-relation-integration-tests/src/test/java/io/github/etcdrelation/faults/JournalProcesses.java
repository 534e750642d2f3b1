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
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.RelationDirectory;
import io.github.etcdrelation.faults.Journal.Entry;
import io.github.etcdrelation.faults.Journal.Kind;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Processes that contend for something that one of them can hold, each with connections
 * of its own that can be cut.
 */
final class JournalProcesses implements AutoCloseable {

	/**
	 * How long the lease of what is held lives, in seconds.
	 */
	static final int SECONDS = 4;

	/**
	 * How many are started at a time, as few processors cannot start many.
	 */
	private static final int STARTS = 2;

	private final Contest contest;

	private final FaultCluster cluster;

	private final Path directory;

	private final Path journal;

	private final ClientCredentials credentials;

	private final List<Entry> entries = new ArrayList<>();

	private long readUpTo;

	private final Map<String, JournalProcess> running = new LinkedHashMap<>();

	private final Map<String, List<FaultProxy>> proxies = new HashMap<>();

	private final List<JournalProcess> all = new ArrayList<>();

	JournalProcesses(Contest contest, FaultCluster cluster, Path directory, int number) throws Exception {
		this.contest = contest;
		this.cluster = cluster;
		this.directory = directory;
		this.journal = directory.resolve("journal");
		this.credentials = cluster.etcd().getClientCredentials();
		for (int i = 0; i < number; i += STARTS) {
			start(Math.min(number, i + STARTS));
			awaitAll();
		}
	}

	/**
	 * Start those that are missing, and wait until somebody waits to succeed the holder.
	 */
	void fill(int number) throws IOException {
		start(number);
		await(Math.min(2, number));
	}

	private void start(int number) throws IOException {
		while (this.running.size() < number) {
			start();
		}
	}

	/**
	 * Wait until all take part.
	 */
	void awaitAll() throws IOException {
		await(this.running.size());
	}

	private void await(int number) throws IOException {
		try {
			Awaitility.await().atMost(Duration.ofSeconds(90)).until(() -> !entries().isEmpty() && queued() >= number);
		}
		catch (ConditionTimeoutException ex) {
			String output = output();
			close();
			throw new IllegalStateException("Not all processes take part:\n" + output, ex);
		}
	}

	private String output() throws IOException {
		StringBuilder output = new StringBuilder("%d of %d in etcd%n".formatted(queued(), this.all.size()));
		for (JournalProcess process : this.all) {
			output.append(process.name())
				.append(": ")
				.append(Files.readString(this.directory.resolve(process.name() + ".log")))
				.append('\n');
		}
		return output.toString();
	}

	/**
	 * Return how many take part, by the keys in etcd.
	 */
	private int queued() {
		return this.cluster.control().count(this.cluster.endpoint(this.cluster.leader()), this.contest.prefix());
	}

	private void start() throws IOException {
		String name = "p" + this.all.size();
		List<FaultProxy> own = new ArrayList<>();
		for (int i = 0; i < FaultCluster.SIZE; i++) {
			own.add(new FaultProxy(this.cluster.member(i).getHost(), this.cluster.member(i).getPort()));
		}
		this.proxies.put(name, own);
		String connectionString = String.join(",", own.stream().map(FaultProxy::endpoint).toList());
		RelationDirectory relation = new RelationDirectory(this.directory.resolve(name));
		relation.write(connectionString, this.credentials);
		JournalProcess process = JournalProcess.start(this.contest.main(), relation.getPath(), this.journal, name,
				SECONDS);
		this.all.add(process);
		this.running.put(name, process);
	}

	/**
	 * Return the entries, after reading those that are new.
	 */
	synchronized List<Entry> entries() {
		try (SeekableByteChannel channel = Files.newByteChannel(this.journal)) {
			channel.position(this.readUpTo);
			String text = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.US_ASCII);
			// Without one that is being written
			int end = text.lastIndexOf('\n') + 1;
			text.substring(0, end).lines().map(Journal::parse).forEach(this.entries::add);
			this.readUpTo += end;
		}
		catch (NoSuchFileException ex) {
			// Nobody has begun
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return Collections.unmodifiableList(this.entries);
	}

	/**
	 * Return the process that holds, {@code null} if none did when the journal was read.
	 */
	JournalProcess holder() {
		Entry last = last((entry) -> entry.kind() != Kind.LOST);
		return (last != null && last.kind() != Kind.END) ? this.running.get(last.process()) : null;
	}

	JournalProcess awaitHolder() {
		return Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.pollInterval(Duration.ofMillis(5))
			.pollInSameThread()
			.until(this::holder, (holder) -> holder != null);
	}

	Entry last(Predicate<Entry> wanted) {
		List<Entry> entries = entries();
		for (int i = entries.size() - 1; i >= 0; i--) {
			if (wanted.test(entries.get(i))) {
				return entries.get(i);
			}
		}
		return null;
	}

	/**
	 * Wait until another process begins to hold.
	 * @param since after when
	 * @return how long that took
	 */
	Duration awaitSuccessor(JournalProcess of, long since) {
		Entry found = Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.pollInterval(Duration.ofMillis(20))
			.until(() -> beginOfAnother(of, since), (begin) -> begin != null);
		return Duration.ofNanos(found.time() - since);
	}

	/**
	 * Wait until some process holds.
	 * @param since after when
	 * @return how long that took
	 */
	Duration awaitEntry(long since) {
		Entry found = Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.pollInterval(Duration.ofMillis(20))
			.until(() -> last((entry) -> entry.kind() != Kind.END && entry.kind() != Kind.LOST),
					(last) -> last != null && last.time() > since);
		return Duration.ofNanos(found.time() - since);
	}

	private Entry beginOfAnother(JournalProcess than, long since) {
		return entries().stream()
			.filter((entry) -> entry.kind() == Kind.BEGIN && entry.time() > since)
			.filter((entry) -> !entry.process().equals(than.name()))
			.findFirst()
			.orElse(null);
	}

	/**
	 * Kill a process.
	 */
	void kill(JournalProcess process) throws Exception {
		process.kill();
		this.running.remove(process.name());
		this.proxies.remove(process.name()).forEach(FaultProxy::close);
	}

	/**
	 * Let all packets between a process and etcd vanish, or pass again.
	 */
	void cut(JournalProcess process, boolean cut) {
		this.proxies.get(process.name())
			.forEach((proxy) -> proxy.setMode(cut ? FaultProxy.Mode.SILENT : FaultProxy.Mode.PASS));
	}

	/**
	 * Wait until each process has begun to hold after a time.
	 */
	void awaitTurnOfEach(long since) {
		Set<String> names = Set.copyOf(this.running.keySet());
		Awaitility.await()
			.atMost(Duration.ofSeconds(120))
			.until(() -> entries().stream()
				.filter((entry) -> entry.kind() == Kind.BEGIN && entry.time() > since)
				.map(Entry::process)
				.toList()
				.containsAll(names));
	}

	JournalChecker checker() {
		Map<String, List<JournalProcess.Window>> stops = new HashMap<>();
		this.all.forEach((process) -> stops.put(process.name(), process.stops()));
		return new JournalChecker(stops);
	}

	@Override
	public void close() {
		this.all.forEach(JournalProcess::close);
		this.proxies.values().forEach((own) -> own.forEach(FaultProxy::close));
	}

}
