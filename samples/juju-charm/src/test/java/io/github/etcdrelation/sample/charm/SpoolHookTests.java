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

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.sample.charm.FakeJuju.Run;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests for the hooks that keep the spool.
 */
@EnabledOnOs(OS.LINUX)
class SpoolHookTests {

	@TempDir
	private Path directory;

	private FakeJuju juju;

	@BeforeEach
	void setUp() throws Exception {
		this.juju = new FakeJuju(this.directory);
	}

	@Test
	void withoutRelationTheSpoolIsKnownAsOne() throws Exception {
		succeeds(this.juju.hook("config-changed"));
		assertThat(this.juju.content()).containsExactly("rwx------ spool");
		assertThat(this.juju.view().getRelations()).containsOnlyKeys("spool");
		assertThat(data()).isEqualTo(RelationSnapshot.NONE);
		assertThat(this.juju.calls()).contains("status-set [blocked] [waiting for relation to etcd]");
	}

	@Test
	void createdShowsNoUnit() throws Exception {
		this.juju.relations("etcd:4");
		succeeds(this.juju.relationHook("created", "etcd:4", ""));
		assertThat(data()).isEqualTo(RelationSnapshot.NONE);
		assertThat(this.juju.calls()).contains("status-set [waiting] [waiting for units of etcd]");
	}

	@Test
	void joinedThenChanged() throws Exception {
		this.juju.relations("etcd:4");
		this.juju.units("etcd:4", "etcd/0");
		this.juju.databag("etcd:4", "etcd/0", "{\"private-address\":\"10.0.0.1\"}\n");
		succeeds(this.juju.relationHook("joined", "etcd:4", "etcd/0"));
		assertThat(data().states()).containsExactly(RelationState.CONNECTED);
		this.juju.databag("etcd:4", "etcd/0", FakeJuju.offer("a"));
		succeeds(this.juju.relationHook("changed", "etcd:4", "etcd/0"));
		assertThat(data().states()).containsExactlyInAnyOrder(RelationState.values());
		assertThat(data().connectionString()).isEqualTo("https://a:2379");
		assertThat(data().credentials().clientKey()).isEqualTo("-----BEGIN\n" + FakeJuju.SECRET);
		assertThat(this.juju.view().getRelations().get("etcd:4")).containsOnlyKeys("etcd/0");
		assertThat(this.juju.calls()).endsWith("status-set [active]\n");
	}

	@Test
	void filesAreForTheOwnerOnly() throws Exception {
		related("etcd/0", "etcd/10");
		assertThat(this.juju.content()).containsExactly("rw------- etcd:4/etcd/0.json", "rw------- etcd:4/etcd/10.json",
				"rwx------ etcd:4", "rwx------ etcd:4/etcd", "rwx------ spool");
	}

	@Test
	void userMayReadButNotWrite() throws Exception {
		assumeTrue("root".equals(System.getProperty("user.name")), "only root hands files over");
		this.juju.relations("etcd:4");
		this.juju.units("etcd:4", "etcd/0");
		this.juju.databag("etcd:4", "etcd/0", FakeJuju.offer("a"));
		succeeds(this.juju.hook("update-status", "WORKLOAD_USER=nobody"));
		Path file = this.juju.spool().resolve("etcd:4/etcd/0.json");
		PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class);
		assertThat(attributes.owner().getName()).isEqualTo("nobody");
		for (Path path = file.getParent(); !path.equals(this.juju.home()); path = path.getParent()) {
			assertThat(Files.readAttributes(path, PosixFileAttributes.class).owner().getName()).isEqualTo("root");
			assertThat(Files.readAttributes(path, PosixFileAttributes.class).group()).isEqualTo(attributes.group());
			assertThat(FakeJuju.mode(path)).isEqualTo("rwxr-x---");
		}
		assertThat(FakeJuju.mode(file)).isEqualTo("rw-------");
	}

	@Test
	void departingUnitIsLeftOut() throws Exception {
		related("etcd/0", "etcd/1");
		// It is still listed
		succeeds(this.juju.relationHook("departed", "etcd:4", "etcd/0", "JUJU_DEPARTING_UNIT=etcd/0"));
		assertThat(this.juju.view().getRelations().get("etcd:4")).containsOnlyKeys("etcd/1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "JUJU_DEPARTING_UNIT=", "UNRELATED=" })
	void departingUnitIsTheRemoteOneIfJujuDoesNotSay(String variable) throws Exception {
		related("etcd/0", "etcd/1");
		succeeds(this.juju.relationHook("departed", "etcd:4", "etcd/1", variable));
		assertThat(this.juju.view().getRelations().get("etcd:4")).containsOnlyKeys("etcd/0");
	}

	@Test
	void nothingIsLeftOutOfAnotherRelation() throws Exception {
		related("etcd/0");
		this.juju.relations("etcd:4", "etcd:5");
		this.juju.units("etcd:5", "etcd/0");
		this.juju.databag("etcd:5", "etcd/0", FakeJuju.offer("b"));
		succeeds(this.juju.relationHook("departed", "etcd:4", "etcd/0", "JUJU_DEPARTING_UNIT=etcd/0"));
		assertThat(this.juju.view().getRelations().get("etcd:4")).isEmpty();
		assertThat(this.juju.view().getRelations().get("etcd:5")).containsOnlyKeys("etcd/0");
		assertThat(data().connectionString()).isEqualTo("https://b:2379");
	}

	@ParameterizedTest
	@ValueSource(strings = { "JUJU_REMOTE_UNIT=", "UNRELATED=" })
	void brokenRelationHasNoUnits(String variable) throws Exception {
		related("etcd/0");
		// Even if it were listed
		succeeds(this.juju.hook("etcd-relation-broken", "JUJU_RELATION_ID=etcd:4", variable));
		assertThat(data()).isEqualTo(RelationSnapshot.NONE);
		assertThat(this.juju.content()).containsExactly("rwx------ etcd:4", "rwx------ spool");
		this.juju.relations();
		succeeds(this.juju.hook("update-status"));
		assertThat(data()).isEqualTo(RelationSnapshot.NONE);
		assertThat(this.juju.content()).containsExactly("rwx------ spool");
	}

	@Test
	void brokenOneOfTwoLeavesTheOther() throws Exception {
		related("etcd/0");
		this.juju.relations("etcd:10", "etcd:4");
		this.juju.units("etcd:10", "remote-0a1b/0", "my-etcd/7");
		this.juju.databag("etcd:10", "remote-0a1b/0", "{}\n");
		this.juju.databag("etcd:10", "my-etcd/7", FakeJuju.offer("ten"));
		succeeds(this.juju.relationHook("changed", "etcd:10", "my-etcd/7"));
		assertThat(this.juju.view().getRelations()).containsOnlyKeys("etcd:10", "etcd:4", "spool");
		assertThat(this.juju.view().getRelations().get("etcd:10")).containsOnlyKeys("my-etcd/7", "remote-0a1b/0");
		this.juju.units("etcd:10");
		succeeds(this.juju.relationHook("broken", "etcd:10", ""));
		assertThat(data().connectionString()).isEqualTo("https://a:2379");
	}

	@ParameterizedTest
	@ValueSource(strings = { "install", "upgrade-charm", "start", "config-changed", "update-status", "leader-elected",
			"etcd-relation-created" })
	void missedHooksAreMadeUpFor(String hook) throws Exception {
		related("etcd/0", "etcd/1");
		this.juju.relations("etcd:5");
		this.juju.units("etcd:5", "etcd/1");
		this.juju.databag("etcd:5", "etcd/1", FakeJuju.offer("b"));
		this.juju.write("application.jar", "jar");
		succeeds(this.juju.hook(hook));
		assertThat(this.juju.content()).containsExactly("rw------- etcd:5/etcd/1.json", "rwx------ etcd:5",
				"rwx------ etcd:5/etcd", "rwx------ spool");
	}

	@Test
	void filesOfOthersAreNotRemoved() throws Exception {
		related("etcd/0");
		Path other = Files.writeString(this.juju.spool().resolve("notes.txt"), "mine");
		Path deep = Files.createDirectories(this.juju.spool().resolve("etcd:99/deep"));
		Files.writeString(deep.resolve("notes.txt"), "mine");
		Path outside = Files.createDirectories(this.directory.resolve("outside/etcd"));
		Files.writeString(outside.resolve("0.json"), "{}");
		Files.createSymbolicLink(this.juju.spool().resolve("etcd:98"), outside.getParent());
		succeeds(this.juju.hook("update-status"));
		assertThat(other).exists();
		assertThat(deep.resolve("notes.txt")).exists();
		assertThat(outside.resolve("0.json")).exists();
	}

	@ParameterizedTest
	@ValueSource(strings = { "../0", "etcd/../../../x/0", "/etc/0", "-r/0", "--help", "etcd 1/0", "etcd/0 1", "e'/0",
			"e\"/0", "$(touch x)/0", "`id`/0", "etcd/0.json", "etcd", "etcd/", "etcd/-1", "Etcd/0", ".etcd/0",
			"etcd-/0", "etcd/0/1", "*/0", "etcd/*", "\u001b[31m/0", "\u00e9tcd/0" })
	void oddUnitIsRefused(String unit) throws Exception {
		related("etcd/0");
		List<String> before = this.juju.content();
		this.juju.units("etcd:4", "etcd/0", unit);
		this.juju.databag("etcd:4", "etcd/0", FakeJuju.offer("changed"));
		Run run = this.juju.hook("update-status");
		assertThat(run.status()).isEqualTo(1);
		assertThat(run.output()).contains("refused").contains("is not the name of a unit").doesNotContain("\u001b");
		assertThat(this.juju.content()).isEqualTo(before);
		assertThat(data().connectionString()).isEqualTo("https://a:2379");
		assertThat(this.juju.calls()).doesNotContain("[-] [" + unit + "]");
	}

	@ParameterizedTest
	@ValueSource(strings = { "..", "etcd:", "etcd:4/..", "etcd:x", "db:1", "-etcd:1", "etcd:1 2", "../etcd:1" })
	void oddRelationIdIsRefused(String id) throws Exception {
		related("etcd/0");
		List<String> before = this.juju.content();
		this.juju.relations("etcd:4", id);
		Run run = this.juju.hook("update-status");
		assertThat(run.status()).isEqualTo(1);
		assertThat(run.output()).contains("refused: '" + id + "' is not a relation id");
		assertThat(this.juju.content()).isEqualTo(before);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{\"connection_string\":\"http", "\"text\"", "ERROR" })
	void whatIsNotAnObjectIsRefused(String answer) throws Exception {
		related("etcd/0");
		this.juju.databag("etcd:4", "etcd/0", answer);
		Run run = this.juju.hook("update-status");
		assertThat(run.status()).isEqualTo(1);
		assertThat(run.output()).contains("what etcd/0 of etcd:4 shows is not").doesNotContain("http");
		assertThat(data().connectionString()).isEqualTo("https://a:2379");
	}

	@ParameterizedTest
	@ValueSource(strings = { "null", "null\n", "{}", "{}\n" })
	void unitMayShowNothing(String answer) throws Exception {
		related("etcd/0");
		this.juju.databag("etcd:4", "etcd/0", answer);
		succeeds(this.juju.hook("update-status"));
		assertThat(data().states()).containsExactly(RelationState.CONNECTED);
	}

	@Test
	void failingToolChangesNothing() throws Exception {
		related("etcd/0");
		this.juju.databag("etcd:4", "etcd/0", FakeJuju.offer("changed"));
		this.juju.units("etcd:4", "etcd/0", "etcd/1");
		Run run = this.juju.hook("update-status");
		assertThat(run.status()).isEqualTo(1);
		assertThat(run.output()).contains("cannot get what etcd/1 of etcd:4 shows");
		assertThat(data().connectionString()).isEqualTo("https://a:2379");
		assertThat(this.juju.spool().resolve(".staging")).doesNotExist();
	}

	@Test
	void twentyHooksAtOnce() throws Exception {
		this.juju.relations("etcd:4", "etcd:5");
		this.juju.units("etcd:4", "etcd/0", "etcd/1");
		this.juju.units("etcd:5", "etcd/0");
		this.juju.databag("etcd:4", "etcd/0", FakeJuju.offer("a"));
		this.juju.databag("etcd:4", "etcd/1", FakeJuju.offer("b"));
		this.juju.databag("etcd:5", "etcd/0", FakeJuju.offer("c"));
		List<Run> runs = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			runs.add(this.juju.start("update-status"));
		}
		runs.forEach(Run::await);
		runs.forEach(SpoolHookTests::succeeds);
		assertThat(this.juju.content()).containsExactly("rw------- etcd:4/etcd/0.json", "rw------- etcd:4/etcd/1.json",
				"rw------- etcd:5/etcd/0.json", "rwx------ etcd:4", "rwx------ etcd:4/etcd", "rwx------ etcd:5",
				"rwx------ etcd:5/etcd", "rwx------ spool");
	}

	@Test
	void lockThatIsHeldForTooLongIsTold() throws Exception {
		related("etcd/0");
		Run holder = halfWay();
		Run run = this.juju.hook("update-status", "WORKLOAD_LOCK_TIMEOUT=1");
		assertThat(run.status()).isEqualTo(1);
		assertThat(run.output()).contains("another hook has been writing");
		assertThat(this.juju.spool().resolve(".staging")).as("of the other").exists();
		kill(holder, false);
	}

	@Test
	void killedHalfWayLeavesTheOldFiles() throws Exception {
		related("etcd/0");
		this.juju.databag("etcd:4", "etcd/0", FakeJuju.offer("new"));
		Run killed = halfWay();
		Path partial = this.juju.spool().resolve(".staging/etcd:4/etcd/0.json");
		assertThat(partial).isNotEmptyFile();
		assertThat(FakeJuju.mode(partial)).isEqualTo("rw-------");
		List<ProcessHandle> orphans = kill(killed, true);
		assertThat(partial).exists();
		assertThat(data().connectionString()).isEqualTo("https://a:2379");
		this.juju.delete("slow");
		// Although the tool of the other is still running
		assertThat(orphans).isNotEmpty().allMatch(ProcessHandle::isAlive);
		succeeds(this.juju.hook("update-status", "WORKLOAD_LOCK_TIMEOUT=2"));
		assertThat(orphans).anyMatch(ProcessHandle::isAlive);
		orphans.forEach(ProcessHandle::destroyForcibly);
		assertThat(data().connectionString()).isEqualTo("https://new:2379");
		assertThat(this.juju.content()).containsExactly("rw------- etcd:4/etcd/0.json", "rwx------ etcd:4",
				"rwx------ etcd:4/etcd", "rwx------ spool");
	}

	@Test
	void fullDiskLeavesTheOldFiles() throws Exception {
		Path disk = Files.createDirectories(this.directory.resolve("disk"));
		assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk.toString()), "cannot mount here");
		try {
			this.juju = new FakeJuju(this.directory, disk.resolve("etcd"));
			related("etcd/0");
			List<String> before = this.juju.content();
			this.juju.databag("etcd:4", "etcd/0", large("new", 400_000));
			Run run = this.juju.hook("update-status");
			assertThat(run.status()).isEqualTo(1);
			assertThat(run.output()).contains("the disk is full").contains("are left as they were");
			assertThat(this.juju.content()).isEqualTo(before);
			assertThat(data().connectionString()).isEqualTo("https://a:2379");
			this.juju.databag("etcd:4", "etcd/0", FakeJuju.offer("new"));
			succeeds(this.juju.hook("update-status"));
			assertThat(data().connectionString()).isEqualTo("https://new:2379");
		}
		finally {
			run("umount", disk.toString());
		}
	}

	@Test
	void fileSizeLimitLeavesTheOldFiles() throws Exception {
		related("etcd/0");
		this.juju.databag("etcd:4", "etcd/0", large("new", 400_000));
		Run run = this.juju.start(FakeJuju.limited(100), "update-status").await();
		assertThat(run.status()).isEqualTo(1);
		assertThat(run.output()).contains("cannot get what etcd/0 of etcd:4 shows");
		assertThat(data().connectionString()).isEqualTo("https://a:2379");
		assertThat(this.juju.spool().resolve(".staging")).doesNotExist();
	}

	@Test
	void readerNeverSeesPartOfAFile() throws Exception {
		related("etcd/0");
		String first = large("a", 300_000);
		String second = large("b", 300_000);
		this.juju.databag("etcd:4", "etcd/0", first);
		succeeds(this.juju.hook("update-status"));
		Path file = this.juju.spool().resolve("etcd:4/etcd/0.json");
		AtomicBoolean done = new AtomicBoolean();
		AtomicInteger reads = new AtomicInteger();
		Set<String> seen = new ConcurrentSkipListSet<>();
		CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> {
			while (!done.get()) {
				seen.add(read(file));
				reads.incrementAndGet();
			}
		});
		for (int i = 0; i < 10; i++) {
			this.juju.databag("etcd:4", "etcd/0", (i % 2 == 0) ? second : first);
			succeeds(this.juju.hook("update-status"));
		}
		done.set(true);
		reader.get();
		assertThat(reads).hasValueGreaterThan(10);
		assertThat(seen).isSubsetOf(first, second);
	}

	@Test
	void nothingSecretIsShown() throws Exception {
		this.juju.relations("etcd:4");
		this.juju.units("etcd:4", "etcd/0", "etcd/1");
		this.juju.databag("etcd:4", "etcd/0", FakeJuju.offer("a"));
		this.juju.databag("etcd:4", "etcd/1", FakeJuju.offer("b"));
		// All commands with their arguments
		Run run = this.juju.start(FakeJuju.traced(), "update-status").await();
		succeeds(run);
		assertThat(run.output()).contains("+ mv -f -T").doesNotContain(FakeJuju.SECRET).doesNotContain("BEGIN");
		assertThat(this.juju.calls()).contains("relation-get [--format=json] [-r] [etcd:4] [-] [etcd/1]")
			.doesNotContain(FakeJuju.SECRET);
		run = this.juju.hook("update-status");
		assertThat(run.output()).isEmpty();
	}

	private void related(String... units) throws Exception {
		this.juju.relations("etcd:4");
		this.juju.units("etcd:4", units);
		for (String unit : units) {
			this.juju.databag("etcd:4", unit, FakeJuju.offer("a"));
		}
		succeeds(this.juju.relationHook("changed", "etcd:4", units[0]));
	}

	private Run halfWay() throws Exception {
		this.juju.write("slow", "");
		Run run = this.juju.start("update-status");
		long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
		while (!this.juju.exists("half-way")) {
			assertThat(System.nanoTime()).as(run.output()).isLessThan(end);
			Thread.sleep(10);
		}
		return run;
	}

	/**
	 * Kill a hook at once, but maybe not the tool that it runs.
	 */
	private static List<ProcessHandle> kill(Run run, boolean sparing) {
		List<ProcessHandle> all = new ArrayList<>(List.of(run.process().toHandle()));
		all.addAll(run.process().descendants().toList());
		List<ProcessHandle> spared = all.stream()
			.filter((process) -> sparing && process.info().command().orElse("").endsWith("sleep"))
			.toList();
		all.stream().filter((process) -> !spared.contains(process)).forEach(ProcessHandle::destroyForcibly);
		run.await();
		return spared;
	}

	private static String large(String host, int size) {
		return "{\"connection_string\":\"https://%s:2379\",\"padding\":\"%s\"}\n".formatted(host, host.repeat(size));
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (Exception ex) {
			return ex.toString();
		}
	}

	private static boolean run(String... command) throws Exception {
		try {
			return new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start()
				.waitFor() == 0;
		}
		catch (java.io.IOException ex) {
			return false;
		}
	}

	private RelationSnapshot data() {
		return RelationSnapshot.derive(this.juju.view(), null);
	}

	private static void succeeds(Run run) {
		assertThat(run.status()).as(run.output()).isZero();
	}

}
