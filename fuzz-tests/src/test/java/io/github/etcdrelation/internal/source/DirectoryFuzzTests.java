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
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.fuzz.Hostile;
import io.github.etcdrelation.fuzz.HostileDirectory;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.internal.tls.ExposedFiles;
import io.github.etcdrelation.internal.tls.SslBundleCache;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.util.FileSystemUtils;

/**
 * Input: the files of a directory.
 */
class DirectoryFuzzTests {

	@TempDir
	private static Path root;

	private static DirectoryWatcher watcher;

	private static ScheduledExecutorService scheduler;

	@BeforeAll
	static void open() {
		watcher = new DirectoryWatcher();
		scheduler = Executors.newSingleThreadScheduledExecutor();
	}

	@AfterAll
	static void close() throws IOException {
		watcher.close();
		scheduler.shutdownNow();
	}

	@FuzzTest
	void read(byte[] input) throws IOException {
		Path directory = Files.createDirectory(root.resolve("relation"));
		try {
			List<String> contents = HostileDirectory.write(directory, Hostile.parts(input));
			for (RelationInterface relationInterface : new RelationInterface[] { null, RelationInterface.ETCD,
					RelationInterface.ETCD_CLIENT }) {
				for (OwnDataKind kind : OwnDataKind.values()) {
					read(directory, new Interpretation(relationInterface, kind), contents);
				}
				watch(directory, relationInterface);
			}
		}
		finally {
			FileSystemUtils.deleteRecursively(directory);
		}
	}

	private static void read(Path directory, Interpretation interpretation, List<String> contents) {
		for (boolean empty : new boolean[] { false, true }) {
			Hostile.accepts(() -> {
				DirectoryContent content = DirectoryContent.of(directory, interpretation);
				content.directories();
				content.stamps();
				content.listingStamps();
				RelationSnapshot snapshot = RelationSnapshot.derive(content.read(empty),
						interpretation.relationInterface());
				Hostile.requireSilent(snapshot.toString());
				Hostile.requireSilent(content.describeMissing(), secrets(contents));
			}, secrets(contents));
		}
	}

	/**
	 * Return contents that no text may show: those that are not short words.
	 */
	private static String[] secrets(List<String> contents) {
		return contents.stream().filter((content) -> content.length() > 20).toArray(String[]::new);
	}

	private static void watch(Path directory, RelationInterface relationInterface) {
		AtomicLong clock = new AtomicLong();
		DirectoryRelationSource source = new DirectoryRelationSource("etcd", directory, watcher, scheduler,
				new SslBundleCache(null), relationInterface, () -> OwnDataKind.NONE, new ExposedFiles(), clock::get);
		for (int i = 0; i < 3; i++) {
			Hostile.accepts(source::read);
			Hostile.requireSilent(source.describeMissing());
			clock.addAndGet(Duration.ofSeconds(2).toNanos());
		}
		DirectoryRelationSource.isSpool(directory);
	}

}
