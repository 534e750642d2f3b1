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

package io.github.etcdrelation.internal.provider;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.internal.source.DirectoryRelationSource;
import io.github.etcdrelation.internal.source.DirectoryWatcher;
import io.github.etcdrelation.internal.source.OwnDataKind;
import io.github.etcdrelation.internal.state.RefreshExecutor;
import io.github.etcdrelation.internal.tls.ExposedFiles;
import io.github.etcdrelation.internal.tls.PrivateFiles;
import io.github.etcdrelation.internal.tls.SslBundleCache;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.MockedStatic;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.CALLS_REAL_METHODS;
import static org.mockito.Mockito.mockStatic;

/**
 * Tests {@link DirectoryProviderTarget}.
 */
@DisabledOnOs(OS.WINDOWS)
class DirectoryProviderTargetTests {

	private static final Map<String, String> ALL = Map.of("connection_string", "https://a:2379", "version", "3.5.16",
			"client_key", "key\n", "client_cert", "cert\r\n", "client_ca", "\u2713");

	@TempDir
	private Path parent;

	private Path directory;

	@BeforeEach
	void setUp() {
		this.directory = this.parent.resolve("a/b");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void writesFilesWithTheirModes(boolean links) throws IOException {
		target(links).publish(ALL);
		assertThat(files()).isEqualTo(ALL);
		assertThat(mode("client_key")).isEqualTo("rw-------");
		for (String key : List.of("client_cert", "client_ca", "connection_string", "version", "client_cert")) {
			assertThat(mode(key)).as(key).isEqualTo("rw-r--r--");
		}
		for (Path path = this.directory.toRealPath(); !path.equals(this.parent.toRealPath()); path = path.getParent()) {
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).isEqualTo("rwxr-xr-x");
		}
		assertThat(Files.exists(this.directory.resolve("..data"))).isEqualTo(links);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenValueIsEmptyRemovesFileAndKeepsOthers(boolean links) throws IOException {
		target(links).publish(ALL);
		target(links).publish(Map.of("version", "", "client_key", "other"));
		Map<String, String> expected = new TreeMap<>(ALL);
		expected.remove("version");
		expected.put("client_key", "other");
		assertThat(files()).isEqualTo(expected);
		target(links).publish(Map.of("client_key", "", "client_ca", "", "client_cert", "", "connection_string", ""));
		assertThat(files()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void leavesNothingBehindAndOtherFilesAlone(boolean links) throws IOException {
		Files.createDirectories(this.directory.resolve("..set-crashed"));
		Files.writeString(this.directory.resolve("..set-crashed/client_key"), "old");
		Files.writeString(this.directory.resolve("..tmp-crashed"), "old");
		Files.writeString(this.directory.resolve("mine"), "mine");
		for (int i = 0; i < 5; i++) {
			target(links).publish(Map.of("version", "3." + i));
		}
		List<String> expected = new ArrayList<>(List.of("mine", "version"));
		if (links) {
			expected.addAll(List.of("..data", Files.readSymbolicLink(this.directory.resolve("..data")).toString()));
		}
		try (Stream<Path> entries = Files.list(this.directory)) {
			assertThat(entries.map((entry) -> entry.getFileName().toString()))
				.containsExactlyInAnyOrderElementsOf(expected);
		}
	}

	@Test
	void hugeFileIsRefusedUnread() throws IOException {
		Path file = Files.createDirectories(this.directory).resolve("client_ca");
		try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
			sparse.setLength(1L << 30);
		}
		DirectoryProviderTarget target = new DirectoryProviderTarget(this.directory);
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(() -> target.publish(ALL))
			.withMessageContaining("has a file %s that is larger than 4194304 bytes", file);
	}

	@Test
	void whenNothingDiffersWritesNothing() throws IOException {
		target(true).publish(ALL);
		Path set = Files.readSymbolicLink(this.directory.resolve("..data"));
		target(true).publish(ALL);
		assertThat(Files.readSymbolicLink(this.directory.resolve("..data"))).isEqualTo(set);
	}

	@Test
	void whenKeyIsReadableForOthersProtectsIt() throws IOException {
		target(true).publish(ALL);
		Files.setPosixFilePermissions(this.directory.resolve("client_key"),
				PosixFilePermissions.fromString("rw-r--r--"));
		target(true).publish(ALL);
		assertThat(mode("client_key")).isEqualTo("rw-------");
	}

	@Test
	void whenModeOfKeyIsStricterWritesNothing() throws IOException {
		DirectoryProviderTarget target = target(true);
		target.publish(ALL);
		Path set = Files.readSymbolicLink(this.directory.resolve("..data"));
		Files.setPosixFilePermissions(this.directory.resolve("client_key"),
				PosixFilePermissions.fromString("r--------"));
		target.publish(ALL);
		assertThat(Files.readSymbolicLink(this.directory.resolve("..data"))).isEqualTo(set);
	}

	@Test
	void whenKeyBesideCertificateIsReadableForOthersProtectsIt() throws IOException {
		Map<String, String> both = Map.of("client_cert", "-----BEGINPRIVATEKEY-----");
		DirectoryProviderTarget target = target(true);
		target.publish(both);
		assertThat(mode("client_cert")).isEqualTo("rw-------");
		Files.setPosixFilePermissions(this.directory.resolve("client_cert"),
				PosixFilePermissions.fromString("rw-r--r--"));
		target.publish(both);
		assertThat(mode("client_cert")).isEqualTo("rw-------");
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void whenModesHaveNoEffectWritesOnceAndWarns(CapturedOutput output) throws IOException {
		DirectoryProviderTarget target = target(true);
		try (MockedStatic<PrivateFiles> files = mockStatic(PrivateFiles.class, CALLS_REAL_METHODS)) {
			files.when(() -> PrivateFiles.isOnlyForOwner(any())).thenReturn(false);
			target.publish(ALL);
			Path set = Files.readSymbolicLink(this.directory.resolve("..data"));
			target.publish(ALL);
			target.publish(Map.of());
			assertThat(Files.readSymbolicLink(this.directory.resolve("..data"))).isEqualTo(set);
			target.publish(Map.of("version", "3.6.5"));
			assertThat(Files.readSymbolicLink(this.directory.resolve("..data"))).isNotEqualTo(set);
		}
		assertThat(output.getAll().lines().filter((line) -> line.contains("others may have access"))).hasSize(1);
	}

	@Test
	void whenFilesAreThereTakesThemOver() throws IOException {
		target(false).publish(ALL);
		target(true).publish(Map.of("version", "3.6.0", "client_ca", ""));
		Map<String, String> expected = new TreeMap<>(ALL);
		expected.put("version", "3.6.0");
		expected.remove("client_ca");
		assertThat(files()).isEqualTo(expected);
		for (String key : expected.keySet()) {
			assertThat(this.directory.resolve(key)).isSymbolicLink();
		}
	}

	@Test
	void whenDirectoryCanBeMadeIsConnected() {
		assertThat(target(true).isConnected()).isTrue();
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void whenDirectoryIsFileFails() throws IOException {
		Files.createDirectories(this.directory.getParent());
		Files.writeString(this.directory, "");
		for (Runnable attempt : List.<Runnable>of(() -> target(true).isConnected(), () -> target(true).publish(ALL))) {
			assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(attempt::run)
				.satisfies((ex) -> assertThat(ex.getItem()).isEqualTo("directory"))
				.withMessageContaining(this.directory.toString());
		}
	}

	@Test
	void requirerNeverSeesMixedSetAndKeyIsNeverReadableForOthers() throws Exception {
		int publications = 200;
		Queue<String> seen = new ConcurrentLinkedQueue<>();
		DirectoryProviderTarget target = target(true);
		target.publish(set(0));
		try (DirectoryWatcher watcher = new DirectoryWatcher(); RefreshExecutor executor = new RefreshExecutor()) {
			DirectoryRelationSource source = new DirectoryRelationSource("etcd", this.directory, watcher, executor,
					new SslBundleCache(null), null, () -> OwnDataKind.NONE, new ExposedFiles());
			awaitSet(source, 0);
			Thread modes = repeat(seen, this::checkModes);
			Thread reader = repeat(seen, () -> checkSet(source.read()));
			for (int i = 1; i <= publications; i++) {
				target.publish(set(i));
				// Time for the reader to be in the middle of it
				Thread.sleep(i % 5);
			}
			modes.interrupt();
			reader.interrupt();
			modes.join();
			reader.join();
			assertThat(seen).isEmpty();
			awaitSet(source, publications);
		}
	}

	private static void awaitSet(DirectoryRelationSource source, int number) {
		long end = System.nanoTime() + 10_000_000_000L;
		while (!values(source.read()).equals(set(number))) {
			assertThat(System.nanoTime()).isLessThan(end);
		}
	}

	private static Map<String, String> set(int number) {
		Map<String, String> set = new TreeMap<>();
		List.of("connection_string", "client_key", "client_cert", "client_ca")
			.forEach((key) -> set.put(key, "set " + number + " ".repeat(number % 3) + "!"));
		if (number % 2 == 0) {
			set.put("version", "set " + number + " ".repeat(number % 3) + "!");
		}
		else {
			set.put("version", "");
		}
		return set;
	}

	private static Map<String, String> values(RelationView view) {
		Map<String, String> values = new TreeMap<>(Map.of("version", ""));
		view.getRelations().values().forEach((units) -> units.values().forEach(values::putAll));
		return values;
	}

	private static String checkSet(RelationView view) {
		Map<String, String> values = values(view);
		String first = values.getOrDefault("connection_string", "");
		String number = first.replaceAll("\\D", "");
		return (!number.isEmpty() && values.equals(set(Integer.parseInt(number)))) ? "" : "mixed: " + values;
	}

	private String checkModes() throws IOException {
		List<Path> candidates = new ArrayList<>();
		try (Stream<Path> entries = Files.list(this.directory)) {
			entries.forEach((entry) -> candidates
				.add(Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS) ? entry.resolve("client_key") : entry));
		}
		for (Path candidate : candidates) {
			if (candidate.endsWith("client_key")) {
				Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(candidate);
				if (permissions.size() > 2) {
					return candidate + " has " + permissions;
				}
			}
		}
		return "";
	}

	private static Thread repeat(Queue<String> seen, Check check) {
		Thread thread = new Thread(() -> {
			while (!Thread.currentThread().isInterrupted()) {
				try {
					String result = check.run();
					if (!result.isEmpty()) {
						seen.add(result);
					}
				}
				catch (NoSuchFileException ex) {
					// Exchanged meanwhile
				}
				catch (Exception ex) {
					if (!(ex.getCause() instanceof NoSuchFileException)) {
						seen.add(ex.toString());
					}
				}
			}
		});
		thread.start();
		return thread;
	}

	private DirectoryProviderTarget target(boolean links) {
		return new DirectoryProviderTarget(this.directory, links);
	}

	private Map<String, String> files() throws IOException {
		Map<String, String> files = new TreeMap<>();
		for (String key : ALL.keySet()) {
			if (Files.exists(this.directory.resolve(key), LinkOption.NOFOLLOW_LINKS)) {
				files.put(key, Files.readString(this.directory.resolve(key)));
			}
		}
		return files;
	}

	private String mode(String key) throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(this.directory.resolve(key)));
	}

	/**
	 * Tells what is wrong, if anything is.
	 */
	@FunctionalInterface
	private interface Check {

		String run() throws IOException;

	}

}
