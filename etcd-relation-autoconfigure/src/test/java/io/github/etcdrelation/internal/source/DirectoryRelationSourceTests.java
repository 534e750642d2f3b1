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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.autoconfigure.TestPem;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.internal.tls.ExposedFiles;
import io.github.etcdrelation.internal.tls.SslBundleCache;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.Mockito.spy;

/**
 * Tests what a directory shows while its files change. Nothing looks at the directory but
 * what the watcher notices, what the source itself asks for and, where a test does so, a
 * poll.
 */
class DirectoryRelationSourceTests extends DirectorySourceFixture {

	private static final Duration PATIENCE = Duration.ofSeconds(1);

	DirectoryRelationSourceTests() {
		super(spy(new DirectoryWatcher()));
	}

	@Test
	void showsFilesAtOnce() {
		writePair("https://a:2379", TestPem.CERT, TestPem.KEY);
		RelationSnapshot data = RelationSnapshot.derive(create(directory()).read(), null);
		assertThat(data.states()).containsExactly(RelationState.values());
		assertThat(data.connectionString()).isEqualTo("https://a:2379");
	}

	@Test
	void emptyDirectoryIsConnectedWithoutValues() throws IOException {
		Files.createDirectory(directory());
		assertThat(RelationSnapshot.derive(create(directory()).read(), null).states())
			.containsExactly(RelationState.CONNECTED);
	}

	@Test
	void missingDirectoryIsNotConnected() {
		assertThat(create(directory()).read()).isEqualTo(RelationView.empty());
	}

	@Test
	void missingDirectoryAppears() {
		start(this.parent.resolve("missing/parent/directory"));
		TestFiles.write(this.parent.resolve("missing/parent/directory/uri"), "http://a:2379");
		awaitConnectionString("http://a:2379");
	}

	@Test
	void fileIsWritten() {
		write("uri", "http://a:2379");
		start(directory());
		write("uri", "http://b:2379");
		awaitConnectionString("http://b:2379");
		write("version", "3.6.5");
		await().until(() -> "3.6.5".equals(data().version()));
		assertThat(this.failures).isEmpty();
	}

	@Test
	void fileIsReplaced() {
		write("uri", "http://a:2379");
		start(directory());
		TestFiles.replace(directory().resolve("uri"), "http://b:2379");
		awaitConnectionString("http://b:2379");
	}

	@Test
	void otherFilesChangeNothing() {
		write("uri", "http://a:2379");
		start(directory());
		int before = this.looks.get();
		write(".uri.swp", "http://b:2379");
		write("uri~", "http://b:2379");
		write("uri.tmp", "http://b:2379");
		await().until(() -> this.looks.get() > before);
		assertThat(this.views).hasSize(1);
		write("uri", "http://c:2379");
		awaitConnectionString("http://c:2379");
		assertThat(this.views).hasSize(2);
	}

	@Test
	void busyDirectoryDoesNotKeepFileFromBeingTaken() {
		write("uri", "http://a:2379");
		start(directory());
		AtomicInteger count = new AtomicInteger();
		write("uri", "http://b:2379");
		await().pollInterval(Duration.ofMillis(5)).until(() -> {
			write(".log" + count.incrementAndGet(), "line");
			return "http://b:2379".equals(data().connectionString());
		});
	}

	@Test
	void directoryIsLinkThatIsExchanged() {
		TestFiles.write(this.parent.resolve("v1/uri"), "http://a:2379");
		TestFiles.write(this.parent.resolve("v2/uri"), "http://b:2379");
		TestFiles.link(directory(), Path.of("v1"));
		start(directory());
		TestFiles.link(directory(), Path.of("v2"));
		awaitConnectionString("http://b:2379");
		TestFiles.write(this.parent.resolve("v2/uri"), "http://c:2379");
		awaitConnectionString("http://c:2379");
		TestFiles.link(directory(), Path.of("v1"));
		awaitConnectionString("http://a:2379");
		TestFiles.write(this.parent.resolve("v1/uri"), "http://d:2379");
		awaitConnectionString("http://d:2379");
		assertThat(this.views).hasSize(5);
	}

	@Test
	void directoryIsExchangedForAnotherOfTheSameName() {
		write("uri", "http://a:2379");
		start(directory());
		TestFiles.write(this.parent.resolve("other/uri"), "http://b:2379");
		exchange(directory(), this.parent.resolve("other"));
		awaitConnectionString("http://b:2379");
		write("uri", "http://c:2379");
		awaitConnectionString("http://c:2379");
	}

	@Test
	void directoryIsExchangedRightAfterItIsWatched() {
		write("uri", "http://a:2379");
		TestFiles.write(this.parent.resolve("other/uri"), "http://b:2379");
		afterNextWatch(() -> exchange(directory(), this.parent.resolve("other")));
		start(directory());
		awaitNoLooks();
		look();
		awaitConnectionString("http://b:2379");
		awaitNoLooks();
		write("uri", "http://c:2379");
		awaitConnectionString("http://c:2379");
	}

	@Test
	void linkOnTheWayToDirectoryIsExchangedRightAfterItIsWatched() {
		Path outer = this.parent.resolve("outer");
		TestFiles.write(this.parent.resolve("v1/relation/uri"), "http://a:2379");
		TestFiles.write(this.parent.resolve("v2/relation/uri"), "http://b:2379");
		TestFiles.link(outer, Path.of("v1"));
		afterNextWatch(() -> TestFiles.link(outer, Path.of("v2")));
		start(outer.resolve("relation"));
		awaitNoLooks();
		look();
		awaitConnectionString("http://b:2379");
		awaitNoLooks();
		TestFiles.write(outer.resolve("relation/uri"), "http://c:2379");
		awaitConnectionString("http://c:2379");
	}

	@Test
	void directoryIsAwayWhileItIsWatched() {
		write("uri", "http://a:2379");
		aroundNextWatch(() -> TestFiles.move(directory(), this.parent.resolve("away")),
				() -> TestFiles.move(this.parent.resolve("away"), directory()));
		start(directory());
		awaitNoLooks();
		look();
		awaitNoLooks();
		write("uri", "http://b:2379");
		awaitConnectionString("http://b:2379");
	}

	@Test
	void emptyDirectoryIsDeletedAndCreatedBetweenTwoLooks() throws Exception {
		Files.createDirectory(directory());
		start(directory());
		awaitNoLooks();
		CountDownLatch created = new CountDownLatch(1);
		this.executor.submit(() -> {
			created.await();
			return null;
		});
		await().until(this.executor.getQueue()::isEmpty);
		// Many file systems give it the same file key
		TestFiles.delete(directory());
		Files.createDirectory(directory());
		await().until(() -> !this.executor.getQueue().isEmpty());
		created.countDown();
		awaitNoLooks();
		write("uri", "http://a:2379");
		awaitConnectionString("http://a:2379");
	}

	@Test
	void directoryAppearsRightAfterItsParentIsWatched() {
		TestFiles.write(this.parent.resolve("other/uri"), "http://b:2379");
		afterNextWatch(() -> TestFiles.move(this.parent.resolve("other"), directory()));
		start(directory());
		awaitNoLooks();
		look();
		awaitConnectionString("http://b:2379");
		awaitNoLooks();
		write("uri", "http://c:2379");
		awaitConnectionString("http://c:2379");
	}

	@Test
	void parentOfDirectoryIsExchangedAroundItRightAfterItIsWatched() throws IOException {
		Path outer = this.parent.resolve("outer");
		TestFiles.write(outer.resolve("relation/uri"), "http://a:2379");
		Path next = Files.createDirectory(this.parent.resolve("next"));
		afterNextWatch(() -> exchangeAroundDirectory(outer, next));
		start(outer.resolve("relation"));
		awaitNoLooks();
		look();
		awaitNoLooks();
		assertNoticesExchange(outer);
	}

	@Test
	void directoryOfLinkedFileIsExchangedRightAfterItIsWatched() throws IOException {
		Path target = this.parent.resolve("target");
		TestFiles.write(target.resolve("value"), "http://a:2379");
		TestFiles.write(this.parent.resolve("other/value"), "http://b:2379");
		Files.createDirectory(directory());
		Files.createSymbolicLink(directory().resolve("uri"), target.resolve("value"));
		afterNextWatch(() -> exchange(target, this.parent.resolve("other")));
		start(directory());
		awaitNoLooks();
		look();
		awaitConnectionString("http://b:2379");
		awaitNoLooks();
		TestFiles.write(target.resolve("value"), "http://c:2379");
		awaitConnectionString("http://c:2379");
	}

	@Test
	void parentOfDirectoryIsExchangedAroundIt() throws IOException {
		Path outer = this.parent.resolve("outer");
		TestFiles.write(outer.resolve("relation/uri"), "http://a:2379");
		start(outer.resolve("relation"));
		exchangeAroundDirectory(outer, Files.createDirectory(this.parent.resolve("next")));
		awaitNoLooks();
		look();
		awaitNoLooks();
		assertNoticesExchange(outer);
	}

	@Test
	void filesAreLinksIntoOtherDirectories() throws IOException {
		Path first = this.parent.resolve("first/one/value");
		Path second = this.parent.resolve("first/two/value");
		TestFiles.write(first, "http://a:2379");
		TestFiles.write(second, "1");
		Files.createDirectory(directory());
		Files.createSymbolicLink(directory().resolve("uri"), first);
		Files.createSymbolicLink(directory().resolve("version"), second);
		start(directory());
		TestFiles.write(first, "http://b:2379");
		awaitConnectionString("http://b:2379");
		TestFiles.replace(second, "2");
		await().until(() -> "2".equals(data().version()));
		// The directory that a link leads into is itself exchanged
		TestFiles.write(this.parent.resolve("first/three/value"), "3");
		TestFiles.move(second.getParent(), this.parent.resolve("first/old"));
		TestFiles.move(this.parent.resolve("first/three"), second.getParent());
		await().until(() -> "3".equals(data().version()));
	}

	@Test
	void volumeOfKubernetesIsTakenAtOnce() {
		KubernetesVolume volume = new KubernetesVolume(directory());
		volume.swap(version(1));
		DirectoryRelationSource source = create(directory());
		assertVersion(source.read(), 1);
		volume.swap(version(2));
		assertVersion(source.read(), 2);
		volume.swap(Map.of());
		RelationSnapshot data = RelationSnapshot.derive(source.read(), null);
		assertThat(data.connectionString()).isNull();
	}

	@Test
	void volumeOfKubernetesIsWatched() {
		KubernetesVolume volume = new KubernetesVolume(directory());
		volume.swap(version(1));
		start(directory());
		for (int i = 2; i <= 5; i++) {
			volume.swap(version(i));
			awaitConnectionString("http://v" + i + ":2379");
			assertVersion(lastView(), i);
		}
	}

	@Test
	void keysThatVolumeOfKubernetesGetsComeTogether() {
		KubernetesVolume volume = new KubernetesVolume(directory());
		volume.swap(Map.of("endpoints", "http://v1:2379"));
		DirectoryRelationSource source = create(directory());
		source.read();
		volume.exchange(version(2));
		assertVersion(source.read(), 2);
	}

	@Test
	void versionsOfVolumeOfKubernetesAreNeverMixed() throws InterruptedException {
		int swaps = 200;
		KubernetesVolume volume = new KubernetesVolume(directory());
		volume.swap(version(0));
		DirectoryRelationSource source = create(directory());
		assertVersion(source.read(), 0);
		Set<RelationView> seen = ConcurrentHashMap.newKeySet();
		Set<Throwable> thrown = ConcurrentHashMap.newKeySet();
		AtomicBoolean end = new AtomicBoolean();
		Thread reader = new Thread(() -> {
			while (!end.get()) {
				try {
					seen.add(source.read());
				}
				catch (RuntimeException ex) {
					thrown.add(ex);
				}
			}
		}, "reader");
		reader.start();
		for (int i = 1; i <= swaps; i++) {
			volume.swap(version(i));
		}
		await().until(() -> "http://v%s:2379".formatted(swaps)
			.equals(RelationSnapshot.derive(source.read(), null).connectionString()));
		end.set(true);
		reader.join();
		assertThat(thrown).isEmpty();
		assertThat(seen).hasSizeGreaterThan(1).allSatisfy((view) -> {
			RelationSnapshot data = RelationSnapshot.derive(view, null);
			assertVersion(view, Integer.parseInt(data.connectionString().replaceAll("http://v|:2379", "")));
		});
	}

	@Test
	void changeThatDoesNotShowInStampsIsFoundByPoll() throws IOException {
		write("uri", "http://a:2379");
		FileTime time = Files.getLastModifiedTime(directory().resolve("uri"));
		DirectoryRelationSource created = create(directory());
		created.read();
		Files.writeString(directory().resolve("uri"), "http://b:2379");
		Files.setLastModifiedTime(directory().resolve("uri"), time);
		await().until(() -> "http://b:2379".equals(RelationSnapshot.derive(created.read(), null).connectionString()));
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void fileThatBecomesUnreadableIsReportedUntilItCanBeReadAgain() throws IOException {
		write("uri", "http://a:2379");
		DirectoryRelationSource created = create(directory());
		RelationView view = created.read();
		// From then on the directory is listed seldom, and what is in it read seldom
		await().during(ListingCache.GRANULARITY.plusMillis(200)).until(() -> created.read().equals(view));
		FileTime time = Files.getLastModifiedTime(directory().resolve("uri"));
		// Not UTF-8, of the same size and time
		Files.write(directory().resolve("uri"),
				new byte[] { 'h', 't', 't', 'p', (byte) 0xff, '/', '/', 'a', ':', '2', '3', '7', '9' });
		Files.setLastModifiedTime(directory().resolve("uri"), time);
		await().untilAsserted(
				() -> assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(created::read));
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(created::read);
		write("uri", "http://b:2379");
		await().until(() -> "http://b:2379".equals(RelationSnapshot.derive(created.read(), null).connectionString()));
	}

	@Test
	void unitsComeAndGo() {
		start(directory());
		unit("etcd/0", "https://a:2379");
		awaitConnectionString("https://a:2379");
		unit("etcd/1", "https://b:2379");
		await().until(() -> lastView().getRelations().get("etcd:1").size() == 2);
		TestFiles.delete(directory().resolve("etcd:1/etcd/0.json"));
		awaitConnectionString("https://b:2379");
		TestFiles.delete(directory().resolve("etcd:1/etcd/1.json"));
		await().until(() -> data().equals(RelationSnapshot.NONE));
		TestFiles.delete(directory().resolve("etcd:1"));
		await().until(() -> lastView().equals(RelationView.empty()));
		assertThat(this.failures).isEmpty();
	}

	@Test
	void unitComesToDirectoryThatWasEmpty() throws IOException {
		Path relation = Files.createDirectories(directory().resolve("etcd:1"));
		start(directory());
		assertThat(this.source).isNotNull();
		this.source.read();
		Files.createDirectory(relation.resolve("etcd"));
		awaitNoLooks();
		this.source.read();
		unit("etcd/0", "https://a:2379");
		awaitConnectionString("https://a:2379");
	}

	@Test
	void spoolThatIsEmptyAgainIsNotConnected() {
		unit("etcd/0", "https://a:2379");
		DirectoryRelationSource source = create(directory());
		assertThat(RelationSnapshot.derive(source.read(), null).is(RelationState.AVAILABLE)).isTrue();
		TestFiles.delete(directory().resolve("etcd:1"));
		assertThat(directory()).isEmptyDirectory();
		assertThat(source.read()).isEqualTo(RelationView.empty());
	}

	@Test
	void emptyDirectoryBecomesSpool() throws IOException {
		Files.createDirectory(directory());
		start(directory());
		assertThat(data().states()).containsExactly(RelationState.CONNECTED);
		Files.createDirectory(directory().resolve("etcd:1"));
		await().until(() -> data().states().isEmpty());
		unit("etcd/0", "https://a:2379");
		awaitConnectionString("https://a:2379");
	}

	@Test
	void directoriesOfUnitAppearOneByOne() throws IOException {
		start(directory());
		for (String name : List.of("", "etcd:1", "etcd:1/etcd")) {
			int before = this.looks.get();
			Files.createDirectory(directory().resolve(name));
			await().until(() -> this.looks.get() > before);
		}
		unit("etcd/0", "https://a:2379");
		awaitConnectionString("https://a:2379");
	}

	@Test
	void unitsOfSeveralRelationsComeAndGo() {
		start(directory());
		unit("etcd/0", "https://a:2379");
		TestFiles.replace(directory().resolve("etcd:2/other-0.json"), "{\"connection_string\": \"https://b:2379\"}");
		awaitConnectionString("https://a:2379");
		TestFiles.delete(directory().resolve("etcd:1"));
		awaitConnectionString("https://b:2379");
		TestFiles.replace(directory().resolve("etcd:2/other-0.json"), "{\"connection_string\": \"https://c:2379\"}");
		awaitConnectionString("https://c:2379");
	}

	@Test
	void unreadableUnitIsRefusedAfterPatience() {
		unit("etcd/0", "https://a:2379");
		start(directory());
		long begin = System.nanoTime();
		TestFiles.write(directory().resolve("etcd:1/etcd/0.json"), "{\"connection_string\": \"https://b");
		await().until(() -> !this.failures.isEmpty());
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(PATIENCE);
		assertThat(this.failures.get(0)).hasMessageContaining("0.json that is not a JSON object of strings")
			.hasMessageNotContaining("https://b");
		assertThat(this.views).hasSize(1);
		TestFiles.write(directory().resolve("etcd:1/etcd/0.json"), "{\"connection_string\": \"https://b:2379\"}");
		awaitConnectionString("https://b:2379");
	}

	@Test
	void unitThatIsHalfWrittenIsNotShown() {
		unit("etcd/0", "https://a:2379");
		start(directory());
		TestFiles.write(directory().resolve("etcd:1/etcd/0.json"), "{\"connection_string\": \"https://b");
		awaitLooks();
		TestFiles.write(directory().resolve("etcd:1/etcd/0.json"), "{\"connection_string\": \"https://b:2379\"}");
		awaitConnectionString("https://b:2379");
		assertThat(this.views).hasSize(2);
		assertThat(this.failures).isEmpty();
	}

	@Test
	void directoryThatIsBackSoonWasNeverAway() {
		writePair("https://a:2379", TestPem.CERT, TestPem.KEY);
		start(directory());
		TestFiles.delete(directory());
		awaitLooks();
		writePair("https://b:2379", TestPem.CERT, TestPem.KEY);
		awaitConnectionString("https://b:2379");
		assertThat(this.views).hasSize(2);
		// It is watched as the one before
		write("uri", "ignored");
		write("connection_string", "https://c:2379");
		awaitConnectionString("https://c:2379");
	}

	@Test
	void directoryThatStaysAwayIsNotConnected() {
		write("uri", "http://a:2379");
		start(directory());
		long begin = System.nanoTime();
		TestFiles.delete(directory());
		await().until(() -> lastView().equals(RelationView.empty()));
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(PATIENCE);
		write("uri", "http://b:2379");
		awaitConnectionString("http://b:2379");
	}

	@Test
	void pairThatIsWrittenOneByOneIsNotMixed() {
		writePair("https://a:2379", TestPem.CERT, TestPem.KEY);
		start(directory());
		write("client_cert", TestPem.RSA_CERT);
		awaitLooks();
		write("client_key", TestPem.RSA_KEY);
		await().until(() -> TestPem.RSA_KEY.equals(data().credentials().clientKey()));
		assertThat(this.views).hasSize(2);
		assertThat(data().credentials().clientCert()).isEqualTo(TestPem.RSA_CERT);
	}

	@Test
	void pairThatIsDeletedAndWrittenOneByOneIsNotMixed() {
		writePair("https://a:2379", TestPem.CERT, TestPem.KEY);
		start(directory());
		for (String name : List.of("client_key", "client_cert", "client_ca")) {
			TestFiles.delete(directory().resolve(name));
		}
		awaitLooks();
		write("client_cert", "");
		awaitLooks();
		write("client_cert", TestPem.RSA_CERT);
		awaitLooks();
		write("client_ca", TestPem.CA);
		awaitLooks();
		write("client_key", TestPem.RSA_KEY);
		await().until(() -> TestPem.RSA_KEY.equals(data().credentials().clientKey()));
		assertThat(this.views).hasSize(2);
	}

	@Test
	void truncatedPemIsShownAfterPatience() {
		writePair("https://a:2379", TestPem.CERT, TestPem.KEY);
		start(directory());
		long begin = System.nanoTime();
		String truncated = TestPem.CERT.substring(0, 200);
		write("client_cert", truncated);
		await().until(() -> truncated.equals(data().credentials().clientCert()));
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(PATIENCE);
		assertThat(this.views).hasSize(2);
		assertThat(this.failures).isEmpty();
	}

	@Test
	void pemThatIsTruncatedForMomentIsNotShown() {
		writePair("https://a:2379", TestPem.CERT, TestPem.KEY);
		start(directory());
		write("client_cert", TestPem.CERT.substring(0, 200));
		awaitLooks();
		writePair("https://b:2379", TestPem.CERT, TestPem.KEY);
		awaitConnectionString("https://b:2379");
		assertThat(this.views).hasSize(2);
	}

	@Test
	void fileThatIsAwayForMomentIsKept() {
		writePair("https://a:2379", TestPem.CERT, TestPem.KEY);
		start(directory());
		TestFiles.delete(directory().resolve("client_ca"));
		awaitLooks();
		write("client_ca", TestPem.CA);
		write("version", "3.6.5");
		await().until(() -> "3.6.5".equals(data().version()));
		assertThat(this.views).hasSize(2);
	}

	@Test
	void fileThatStaysAwayIsGone() {
		writePair("https://a:2379", TestPem.CERT, TestPem.KEY);
		start(directory());
		TestFiles.delete(directory().resolve("client_ca"));
		await().until(() -> data().credentials().clientCa() == null);
		assertThat(data().states()).containsExactly(RelationState.CONNECTED, RelationState.AVAILABLE);
		assertThat(this.views).hasSize(2);
	}

	@Test
	void whenFileCannotBeReadNamesItAfterPatienceOnly() throws IOException {
		Files.createDirectory(directory());
		Files.write(directory().resolve("client_key"), new byte[] { (byte) 0xff, (byte) 0xfe });
		DirectoryRelationSource source = create(directory());
		assertThat(source.read()).isEqualTo(RelationView.empty());
		await()
			.untilAsserted(() -> assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(source::read)
				.withMessageContaining(directory().resolve("client_key").toString()));
	}

	@Test
	void stopsAndStartsAgain() {
		write("uri", "http://a:2379");
		start(directory());
		this.source.stop();
		write("uri", "http://b:2379");
		// A subscriber of the same directory knows that the change has been noticed
		AtomicInteger noticed = new AtomicInteger();
		this.watcher.watch(List.of(directory()), noticed::incrementAndGet);
		write("uri", "http://c:2379");
		await().until(() -> noticed.get() > 0);
		assertThat(this.views).hasSize(1);
		this.source.start(this::look);
		awaitConnectionString("http://c:2379");
		write("uri", "http://d:2379");
		awaitConnectionString("http://d:2379");
	}

	@Test
	void looksThatSourceAsksForDoNotAddUp() {
		write("uri", "http://a:2379");
		start(directory());
		for (int i = 0; i < 2000; i++) {
			write("uri", "http://a:" + i);
			assertThat(this.executor.getQueue().stream().filter(DirectoryRelationSourceTests::isDelayed))
				.hasSizeLessThanOrEqualTo(1);
		}
		awaitConnectionString("http://a:1999");
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void whatIsMissingStaysOnItsLine() throws IOException {
		Path directory = Files.createDirectory(this.parent.resolve("a\nERROR b"));
		DirectoryRelationSource source = create(directory);
		source.read();
		assertThat(source.describeMissing()).contains("a\\u000aERROR b");
		assertThat(source.getDescription()).endsWith("a\\u000aERROR b");
	}

	private static boolean isDelayed(Runnable task) {
		return ((Delayed) task).getDelay(TimeUnit.MILLISECONDS) > 0;
	}

	private DirectoryRelationSource create(Path directory) {
		this.source = new DirectoryRelationSource("etcd", directory, this.watcher, this.executor,
				new SslBundleCache(null), null, () -> OwnDataKind.NONE, new ExposedFiles());
		return this.source;
	}

	private void assertNoticesExchange(Path outer) {
		TestFiles.write(outer.resolve("other/uri"), "http://b:2379");
		exchange(outer.resolve("relation"), outer.resolve("other"));
		awaitConnectionString("http://b:2379");
	}

	private static void exchange(Path directory, Path other) {
		TestFiles.move(directory, directory.resolveSibling("old"));
		TestFiles.move(other, directory);
	}

	private static void exchangeAroundDirectory(Path outer, Path next) {
		TestFiles.move(outer.resolve("relation"), next.resolve("relation"));
		exchange(outer, next);
	}

	private void afterNextWatch(Runnable action) {
		aroundNextWatch(() -> {
		}, action);
	}

	/**
	 * Do something right before and right after a look makes the watcher watch what it
	 * has listed.
	 */
	private void aroundNextWatch(Runnable before, Runnable after) {
		AtomicInteger count = new AtomicInteger();
		willAnswer((invocation) -> {
			// The first is that of the start, which lists nothing
			boolean next = count.incrementAndGet() == 2;
			if (next) {
				before.run();
			}
			Object result = invocation.callRealMethod();
			if (next) {
				after.run();
			}
			return result;
		}).given(this.watcher).watch(any(), any());
	}

	private void start(Path directory) {
		start(create(directory));
	}

	private void writePair(String connectionString, String cert, String key) {
		write("client_cert", cert);
		write("client_key", key);
		write("client_ca", TestPem.CA);
		write("connection_string", connectionString);
	}

	private void unit(String unit, String connectionString) {
		TestFiles.replace(directory().resolve("etcd:1/" + unit + ".json"),
				"{\"connection_string\": \"" + connectionString + "\"}");
	}

	private static Map<String, String> version(int version) {
		Map<String, String> files = new LinkedHashMap<>();
		files.put("tls.crt", "cert " + version);
		files.put("tls.key", "key " + version);
		files.put("ca.crt", "ca " + version);
		files.put("endpoints", "http://v" + version + ":2379");
		return files;
	}

	private static void assertVersion(RelationView view, int version) {
		Map<String, String> databag = new TreeMap<>(view.getRelations().get("directory:0").get("directory/0"));
		assertThat(databag).containsOnly(Map.entry("client_cert", "cert " + version),
				Map.entry("client_key", "key " + version), Map.entry("client_ca", "ca " + version),
				Map.entry("connection_string", "http://v" + version + ":2379"));
	}

}
