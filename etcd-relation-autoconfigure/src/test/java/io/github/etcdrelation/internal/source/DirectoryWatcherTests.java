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

package io.github.etcdrelation.internal.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import io.github.etcdrelation.internal.state.RefreshExecutor;
import io.github.etcdrelation.internal.state.RelationReconciler;
import io.github.etcdrelation.internal.tls.ExposedFiles;
import io.github.etcdrelation.internal.tls.SslBundleCache;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests what the watcher notices.
 */
@ExtendWith(OutputCaptureExtension.class)
class DirectoryWatcherTests {

	private static final String THREAD = "etcd-relation-watcher";

	@TempDir
	private Path temporary;

	private Path parent;

	private Path directory;

	private final DirectoryWatcher watcher = new DirectoryWatcher();

	private final AtomicInteger noticed = new AtomicInteger();

	private final Runnable subscriber = this.noticed::incrementAndGet;

	private Set<Thread> before;

	@BeforeEach
	void setUp() throws IOException {
		this.before = threads();
		this.parent = Files.createDirectory(this.temporary.resolve("parent"));
		this.directory = Files.createDirectory(this.parent.resolve("directory"));
	}

	@AfterEach
	void close() {
		this.watcher.close();
	}

	@Test
	void noticesFileThatIsCreatedModifiedRenamedAndDeleted() {
		watch();
		assertNoticed(() -> TestFiles.write(this.directory.resolve("file"), "1"));
		assertNoticed(() -> TestFiles.write(this.directory.resolve("file"), "2"));
		assertNoticed(() -> TestFiles.replace(this.directory.resolve("file"), "3"));
		assertNoticed(() -> TestFiles.move(this.directory.resolve("file"), this.directory.resolve("renamed")));
		assertNoticed(() -> TestFiles.delete(this.directory.resolve("renamed")));
	}

	@Test
	void noticesLinkThatIsExchanged() {
		TestFiles.link(this.directory.resolve("..data"), Path.of("..v1"));
		watch();
		assertNoticed(() -> TestFiles.link(this.directory.resolve("..data"), Path.of("..v2")));
	}

	@Test
	void noticesDirectoryThatAppears() {
		Path missing = this.directory.resolve("a/b/c");
		this.watcher.watch(List.of(missing), this.subscriber);
		assertNoticed(() -> create(this.directory.resolve("a")));
		this.watcher.watch(List.of(missing), this.subscriber);
		assertNoticed(() -> create(missing));
		this.watcher.watch(List.of(missing), this.subscriber);
		assertNoticed(() -> TestFiles.write(missing.resolve("file"), "1"));
	}

	@Test
	void noticesDirectoryThatIsDeletedAndCreated() {
		watch();
		assertNoticed(() -> TestFiles.delete(this.directory));
		watch();
		assertNoticed(() -> create(this.directory));
		watch();
		assertNoticed(() -> TestFiles.write(this.directory.resolve("file"), "1"));
	}

	@Test
	void watchesDirectoryThatWasExchangedForAnotherOfTheSameName() {
		create(this.parent.resolve("other"));
		watch();
		assertNoticed(() -> {
			TestFiles.move(this.directory, this.parent.resolve("old"));
			TestFiles.move(this.parent.resolve("other"), this.directory);
		});
		watch();
		settle();
		int count = this.noticed.get();
		TestFiles.write(this.parent.resolve("old/file"), "1");
		assertNoticed(() -> TestFiles.write(this.directory.resolve("file"), "1"));
		// Created and modified, in the directory that is there now
		settle();
		assertThat(this.noticed.get() - count).isBetween(1, 2);
	}

	@Test
	void watchesDirectoriesThatWereExchangedForEachOther() {
		Path other = this.parent.resolve("other");
		create(other);
		AtomicInteger noticedInOther = new AtomicInteger();
		Runnable subscriberOfOther = noticedInOther::incrementAndGet;
		watch();
		this.watcher.watch(List.of(other), subscriberOfOther);
		assertNoticed(() -> {
			TestFiles.move(this.directory, this.parent.resolve("away"));
			TestFiles.move(other, this.directory);
			TestFiles.move(this.parent.resolve("away"), other);
		});
		watch();
		this.watcher.watch(List.of(other), subscriberOfOther);
		settle();
		int before = noticedInOther.get();
		assertNoticed(() -> TestFiles.write(this.directory.resolve("file"), "1"));
		assertThat(noticedInOther).hasValue(before);
		int noticed = this.noticed.get();
		TestFiles.write(other.resolve("file"), "1");
		await().until(() -> noticedInOther.get() > before);
		assertThat(this.noticed).hasValue(noticed);
	}

	@Test
	void watchesDirectoryByTwoNames() {
		Path moved = this.parent.resolve("moved");
		Runnable subscriberOfFormerName = () -> {
		};
		this.watcher.watch(List.of(this.directory), subscriberOfFormerName);
		TestFiles.move(this.directory, moved);
		this.watcher.watch(List.of(moved), this.subscriber);
		assertNoticed(() -> TestFiles.write(moved.resolve("file"), "1"));
		this.watcher.watch(List.of(this.directory), subscriberOfFormerName);
		assertNoticed(() -> TestFiles.write(moved.resolve("file"), "2"));
	}

	@Test
	void watchesDirectoryBehindLink() throws IOException {
		Path link = this.parent.resolve("link");
		create(this.parent.resolve("other"));
		TestFiles.link(link, this.directory);
		this.watcher.watch(List.of(link), this.subscriber);
		assertNoticed(() -> TestFiles.write(this.directory.resolve("file"), "1"));
		assertNoticed(() -> TestFiles.link(link, this.parent.resolve("other")));
		this.watcher.watch(List.of(link), this.subscriber);
		assertNoticed(() -> TestFiles.write(this.parent.resolve("other/file"), "1"));
	}

	@Test
	void tellsSubscribersOfOneDirectoryThatHasSeveralNames() {
		Path link = this.parent.resolve("link");
		TestFiles.link(link, this.directory);
		AtomicInteger other = new AtomicInteger();
		Runnable otherSubscriber = other::incrementAndGet;
		this.watcher.watch(List.of(link), otherSubscriber);
		watch();
		assertNoticed(() -> TestFiles.write(this.directory.resolve("file"), "1"));
		await().until(() -> other.get() > 0);
		this.watcher.forget(otherSubscriber);
		assertNoticed(() -> TestFiles.write(this.directory.resolve("file"), "2"));
	}

	@Test
	void watchesSeveralDirectoriesWithOneParent() {
		Path first = this.parent.resolve("first");
		Path second = this.parent.resolve("second");
		this.watcher.watch(List.of(first, second), this.subscriber);
		assertNoticed(() -> create(second));
		assertNoticed(() -> create(first));
	}

	@Test
	void doesNotTellOfSiblings() {
		watch();
		AtomicInteger other = new AtomicInteger();
		this.watcher.watch(List.of(this.parent), other::incrementAndGet);
		TestFiles.write(this.parent.resolve("sibling"), "1");
		await().until(() -> other.get() > 0);
		assertThat(this.noticed).hasValue(0);
	}

	@Test
	void tellsSeveralSubscribersOnOneThread() {
		Set<Thread> threads = ConcurrentHashMap.newKeySet();
		Set<Path> told = ConcurrentHashMap.newKeySet();
		for (int i = 0; i < 20; i++) {
			Path own = this.parent.resolve("own" + i);
			create(own);
			this.watcher.watch(List.of(own, this.directory), () -> {
				threads.add(Thread.currentThread());
				told.add(own);
			});
		}
		create(this.directory.resolve("sub"));
		await().until(() -> told.size() == 20);
		assertThat(threads).hasSize(1);
		assertThat(newThreads()).isEqualTo(threads).allSatisfy((thread) -> assertThat(thread.isDaemon()).isTrue());
	}

	@Test
	void startsNoThreadBeforeItIsNeeded() {
		assertThat(newThreads()).isEmpty();
	}

	@Test
	void tellsForgottenSubscriberNothing() {
		AtomicInteger other = new AtomicInteger();
		this.watcher.watch(List.of(this.directory), other::incrementAndGet);
		watch();
		this.watcher.forget(this.subscriber);
		TestFiles.write(this.directory.resolve("file"), "1");
		await().until(() -> other.get() > 0);
		assertThat(this.noticed).hasValue(0);
	}

	@Test
	void watchesOtherDirectoriesInPlaceOfThoseBefore() {
		Path second = this.parent.resolve("second");
		create(second);
		watch();
		this.watcher.watch(List.of(second), this.subscriber);
		AtomicInteger other = new AtomicInteger();
		this.watcher.watch(List.of(this.directory), other::incrementAndGet);
		TestFiles.write(this.directory.resolve("file"), "1");
		await().until(() -> other.get() > 0);
		assertThat(this.noticed).hasValue(0);
		assertNoticed(() -> TestFiles.write(second.resolve("file"), "1"));
	}

	@Test
	void subscriberThatThrowsKeepsNoOtherFromBeingTold(CapturedOutput output) {
		this.watcher.watch(List.of(this.directory), () -> {
			throw new IllegalStateException("subscriber");
		});
		watch();
		assertNoticed(() -> TestFiles.write(this.directory.resolve("file"), "1"));
		assertNoticed(() -> TestFiles.write(this.directory.resolve("file"), "2"));
		assertThat(output).contains("IllegalStateException: subscriber");
	}

	@Test
	void thousandsOfEventsDoNotBreakIt() {
		watch();
		for (int i = 0; i < 3000; i++) {
			TestFiles.write(this.directory.resolve("file" + i), "1");
		}
		await().until(() -> this.noticed.get() > 0);
		settle();
		assertNoticed(() -> TestFiles.write(this.directory.resolve("file"), "1"));
	}

	@Test
	void closeEndsThread() {
		watch();
		assertThat(newThreads()).hasSize(1);
		this.watcher.close();
		await().until(() -> newThreads().isEmpty());
		// Harmless
		this.watcher.close();
		watch();
		this.watcher.forget(this.subscriber);
		assertThat(newThreads()).isEmpty();
	}

	@Test
	void whenNothingCanBeWatchedSaysSoOnceAndPollingFindsChange(CapturedOutput output) {
		AtomicInteger attempts = new AtomicInteger();
		TestFiles.write(this.directory.resolve("uri"), "http://a:2379");
		try (DirectoryWatcher unavailable = new DirectoryWatcher(() -> {
			attempts.incrementAndGet();
			throw new IOException("User limit of inotify instances reached or too many open files");
		}); RefreshExecutor executor = new RefreshExecutor()) {
			RelationReconciler relation = new RelationReconciler(
					new DirectoryRelationSource("etcd", this.directory, unavailable, executor, new SslBundleCache(null),
							null, () -> OwnDataKind.NONE, new ExposedFiles()),
					null, (data) -> CompletableFuture.completedFuture(null), (event) -> {
					}, executor, Duration.ofMillis(100));
			relation.load();
			relation.start();
			assertThat(relation.getRelation().getConnectionString()).isEqualTo("http://a:2379");
			TestFiles.write(this.directory.resolve("uri"), "http://b:2379");
			await().until(() -> "http://b:2379".equals(relation.getRelation().getConnectionString()));
			relation.stop();
		}
		assertThat(attempts).hasValue(1);
		assertThat(output).containsOnlyOnce("Cannot watch")
			.contains("User limit of inotify instances", "changes are found at the poll interval only");
		assertThat(newThreads()).isEmpty();
	}

	private void watch() {
		this.watcher.watch(List.of(this.directory), this.subscriber);
	}

	private void assertNoticed(Runnable action) {
		settle();
		int before = this.noticed.get();
		action.run();
		await().until(() -> this.noticed.get() > before);
	}

	/**
	 * Wait until all that happened before has been told.
	 */
	private void settle() {
		AtomicInteger last = new AtomicInteger(-1);
		await().pollInterval(Duration.ofMillis(30)).until(() -> last.getAndSet(this.noticed.get()) == last.get());
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(5));
	}

	private static void create(Path directory) {
		try {
			Files.createDirectories(directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Set<Thread> newThreads() {
		return threads().stream().filter((thread) -> !this.before.contains(thread)).collect(Collectors.toSet());
	}

	private static Set<Thread> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> THREAD.equals(thread.getName()))
			.collect(Collectors.toSet());
	}

}
