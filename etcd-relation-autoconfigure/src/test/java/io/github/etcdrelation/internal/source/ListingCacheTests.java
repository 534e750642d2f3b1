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
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests when a directory has to be listed again.
 */
class ListingCacheTests {

	@TempDir
	private Path parent;

	private Path directory;

	private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 1);

	private final ListingCache listing = new ListingCache(this.nanoTime::get);

	@BeforeEach
	void create() throws IOException {
		this.directory = Files.createDirectory(this.parent.resolve("relation"));
	}

	@Test
	void listsAgainWhileChangeMightNotShowInTimes() {
		write("uri", "http://a:2379");
		assertThat(this.listing.isCurrent()).isFalse();
		take();
		assertThat(this.listing.isCurrent()).isFalse();
		pass(ListingCache.GRANULARITY.minusNanos(1));
		take();
		assertThat(this.listing.isCurrent()).isFalse();
		pass(Duration.ofNanos(1));
		assertThat(this.listing.isCurrent()).isFalse();
		take();
		assertThat(this.listing.isCurrent()).isTrue();
	}

	@Test
	void listsAgainWhileTimesChange() throws IOException {
		take();
		for (int i = 0; i < 3; i++) {
			Files.setLastModifiedTime(this.directory, FileTime.fromMillis(i));
			pass(ListingCache.GRANULARITY);
			take();
			assertThat(this.listing.isCurrent()).isFalse();
		}
		pass(ListingCache.GRANULARITY);
		take();
		assertThat(this.listing.isCurrent()).isTrue();
	}

	@Test
	void listsAgainWhenForgotten() {
		rely();
		this.listing.forget();
		assertThat(this.listing.isCurrent()).isFalse();
	}

	@Test
	void listsAgainWhenFileComesGoesOrChanges() throws IOException {
		write("uri", "http://a:2379");
		assertListsAgainAfter(() -> write("version", "3.6.5"));
		assertListsAgainAfter(() -> write("version", "3.6.50"));
		assertListsAgainAfter(() -> TestFiles.replace(this.directory.resolve("version"), "3.6.51"));
		assertListsAgainAfter(() -> Files.delete(this.directory.resolve("version")));
	}

	@Test
	void listsAgainWhenUnitOrItsDirectoryComesOrGoes() throws IOException {
		assertListsAgainAfter(() -> Files.createDirectories(this.directory.resolve("etcd:1/etcd")));
		assertListsAgainAfter(() -> write("etcd:1/etcd/0.json", "{}"));
		assertListsAgainAfter(() -> write("etcd:1/other-0.json", "{}"));
		assertListsAgainAfter(() -> write("etcd:1/etcd/0.json", "{\"a\": \"b\"}"));
		assertListsAgainAfter(() -> Files.delete(this.directory.resolve("etcd:1/etcd/0.json")));
		assertListsAgainAfter(() -> Files.delete(this.directory.resolve("etcd:1/etcd")));
	}

	@Test
	void listsAgainWhenApplicationOrItsSecretsComeGoOrChange() throws IOException {
		assertListsAgainAfter(() -> write("etcd-client:1/etcd.json", "{}"));
		assertListsAgainAfter(() -> write("etcd-client:1/etcd.json", "{\"secret-user\": \"secret:a\"}"));
		assertListsAgainAfter(() -> Files.createDirectory(this.directory.resolve("etcd-client:1/secrets")));
		assertListsAgainAfter(() -> write("etcd-client:1/secrets/a.json", "{}"));
		assertListsAgainAfter(() -> write("etcd-client:1/secrets/a.json", "{\"username\": \"a\"}"));
		assertListsAgainAfter(
				() -> TestFiles.replace(this.directory.resolve("etcd-client:1/secrets/a.json"), "{\"uris\": \"a\"}"));
		assertListsAgainAfter(() -> write("client_cert", "own"));
		assertListsAgainAfter(() -> Files.delete(this.directory.resolve("etcd-client:1/secrets/a.json")));
		assertListsAgainAfter(() -> Files.delete(this.directory.resolve("etcd-client:1/etcd.json")));
	}

	@Test
	void listsAgainWhenVolumeOfKubernetesIsSwapped() throws IOException {
		KubernetesVolume volume = new KubernetesVolume(this.directory);
		volume.swap(Map.of("version", "1"));
		assertListsAgainAfter(() -> volume.swap(Map.of("version", "2")));
		Path data = this.directory.resolve("..data").toRealPath();
		assertListsAgainAfter(() -> TestFiles.write(data.resolve("uri"), "http://a:2379"));
	}

	@Test
	void listsAgainWhenDirectoryOrItsParentIsExchanged() throws IOException {
		write("uri", "http://a:2379");
		assertListsAgainAfter(() -> {
			Path next = Files.createDirectory(this.parent.resolve("next"));
			Path time = Files.createFile(next.resolve("uri"));
			Files.setLastModifiedTime(time, Files.getLastModifiedTime(this.directory.resolve("uri")));
			Files.setLastModifiedTime(next, Files.getLastModifiedTime(this.directory));
			TestFiles.move(this.directory, this.parent.resolve("old"));
			TestFiles.move(next, this.directory);
		});
		Path outer = Files.createDirectory(this.parent.resolve("outer"));
		this.directory = outer.resolve("relation");
		write("uri", "http://a:2379");
		assertListsAgainAfter(() -> {
			Path next = Files.createDirectory(this.parent.resolve("next"));
			TestFiles.move(this.directory, next.resolve("relation"));
			TestFiles.move(outer, this.parent.resolve("oldOuter"));
			TestFiles.move(next, outer);
		});
	}

	@Test
	void otherFilesInParentDoNotMatter() throws IOException {
		write("uri", "http://a:2379");
		rely();
		Files.createFile(this.parent.resolve("other"));
		assertThat(this.listing.isCurrent()).isTrue();
	}

	@Test
	void linkToNothingMayBecomeSomethingAtAnyTime() throws IOException {
		Path target = this.parent.resolve("elsewhere");
		Path link = Files.createSymbolicLink(this.directory.resolve("uri"), target);
		assertListsAgain();
		Files.createFile(target);
		rely();
		Files.delete(link);
		write("etcd:1/etcd/0.json", "{}");
		rely();
		Files.createSymbolicLink(this.directory.resolve("etcd:1/etcd/1.json"), this.parent.resolve("nowhere"));
		assertListsAgain();
	}

	@Test
	void missingDirectoryIsLookedForAgain() throws IOException {
		Files.delete(this.directory);
		assertListsAgain();
	}

	private void assertListsAgain() {
		take();
		pass(ListingCache.GRANULARITY);
		take();
		assertThat(this.listing.isCurrent()).isFalse();
	}

	private void assertListsAgainAfter(Change change) throws IOException {
		rely();
		change.make();
		assertThat(this.listing.isCurrent()).isFalse();
	}

	private void rely() {
		take();
		pass(ListingCache.GRANULARITY);
		take();
		assertThat(this.listing.isCurrent()).isTrue();
	}

	private void take() {
		this.listing.take(DirectoryContent.of(this.directory, new Interpretation(null, OwnDataKind.NONE)));
	}

	private void pass(Duration time) {
		this.nanoTime.addAndGet(time.toNanos());
	}

	private void write(String name, String content) {
		TestFiles.write(this.directory.resolve(name), content);
	}

	private interface Change {

		void make() throws IOException;

	}

}
