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
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.autoconfigure.TestPem;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.RETURNS_DEEP_STUBS;
import static org.mockito.Mockito.mock;

/**
 * Tests how the files of a directory are understood.
 */
class DirectoryContentTests {

	private static final String SECRET = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj";

	@TempDir
	private Path directory;

	@Test
	void readsOneFilePerKey() {
		write("connection_string", "https://a:2379");
		write("version", "3.6.5");
		write("client_cert", TestPem.CERT);
		write("client_key", TestPem.KEY);
		write("client_ca", TestPem.CA);
		assertThat(databag()).containsOnly(Map.entry("connection_string", "https://a:2379"),
				Map.entry("version", "3.6.5"), Map.entry("client_cert", TestPem.CERT),
				Map.entry("client_key", TestPem.KEY), Map.entry("client_ca", TestPem.CA));
	}

	@ParameterizedTest
	@CsvSource({ "endpoints, connection_string", "uri, connection_string", "tls.crt, client_cert",
			"tls.key, client_key", "ca.crt, client_ca" })
	void understandsOtherNames(String name, String key) {
		write(name, "value");
		assertThat(databag()).containsOnly(Map.entry(key, "value"));
	}

	@ParameterizedTest
	@CsvSource({ "endpoints, connection_string", "uri, connection_string", "tls.crt, client_cert",
			"tls.key, client_key", "ca.crt, client_ca" })
	void prefersNameOfKey(String name, String key) {
		write(name, "other");
		write(key, "value");
		assertThat(databag()).containsOnly(Map.entry(key, "value"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "\n", "\r\n", "" })
	void dropsEndOfLineOfSingleLine(String end) {
		write("endpoints", "https://a:2379" + end);
		write("version", "3.6.5" + end);
		assertThat(databag()).containsEntry("connection_string", "https://a:2379").containsEntry("version", "3.6.5");
	}

	@Test
	void dropsNothingElseOfSingleLine() {
		write("endpoints", " https://a:2379 \n\n");
		assertThat(databag()).containsEntry("connection_string", " https://a:2379 \n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\n", "\r\n", "", "\n\n", " " })
	void keepsPemByteForByte(String end) {
		String pem = TestPem.CERT.replace("\n", "\r\n") + end;
		write("client_cert", pem);
		write("client_key", pem);
		write("client_ca", pem);
		assertThat(databag()).containsOnly(Map.entry("client_cert", pem), Map.entry("client_key", pem),
				Map.entry("client_ca", pem));
	}

	@Test
	void ignoresHiddenTemporaryAndUnknownFiles() {
		write("uri", "http://a:2379");
		for (String name : new String[] { ".version", "version~", "version.tmp", ".#version", "VERSION", "type",
				"provider", "notes.json" }) {
			write(name, "other");
		}
		assertThat(databag()).containsOnly(Map.entry("connection_string", "http://a:2379"));
		assertThat(content().isSpool()).isFalse();
		assertThat(content().isAtomic()).isFalse();
	}

	@Test
	void readsLinksToFilesElsewhere() throws IOException {
		Path elsewhere = Files.createDirectory(this.directory.resolve(".elsewhere"));
		Files.writeString(elsewhere.resolve("value"), "3.6.5");
		Files.createSymbolicLink(this.directory.resolve("version"), elsewhere.resolve("value"));
		assertThat(databag()).containsOnly(Map.entry("version", "3.6.5"));
		assertThat(content().directories()).contains(this.directory, elsewhere.toRealPath());
	}

	@Test
	void readsVolumeOfKubernetes() {
		KubernetesVolume volume = new KubernetesVolume(this.directory);
		volume.swap(Map.of("tls.crt", "cert", "tls.key", "key", "ca.crt", "ca", "endpoints", "http://a:2379\n"));
		assertThat(databag()).containsOnly(Map.entry("client_cert", "cert"), Map.entry("client_key", "key"),
				Map.entry("client_ca", "ca"), Map.entry("connection_string", "http://a:2379"));
		assertThat(content().isAtomic()).isTrue();
	}

	@Test
	void volumeOfKubernetesIsReadBeforeItHasLinks() {
		KubernetesVolume volume = new KubernetesVolume(this.directory);
		volume.exchange(Map.of("tls.crt", "cert", "version", "1"));
		assertThat(databag()).containsOnly(Map.entry("client_cert", "cert"), Map.entry("version", "1"));
	}

	@Test
	void fileBesideVolumeOfKubernetesIsNotExchangedWithIt() {
		write("uri", "http://a:2379");
		new KubernetesVolume(this.directory).swap(Map.of("tls.crt", "cert"));
		assertThat(databag()).containsOnly(Map.entry("client_cert", "cert"),
				Map.entry("connection_string", "http://a:2379"));
		assertThat(content().isAtomic()).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "etcd/0.json, etcd/0", "etcd-0.json, etcd-0" })
	void readsUnit(String file, String unit) {
		write("etcd:1/" + file, """
				{"connection_string": "https://a:2379\\n", "version": "3.6.5", "private-address": "10.0.0.1"}""");
		assertThat(read().getRelations()).containsOnlyKeys("etcd:1");
		assertThat(read().getRelations().get("etcd:1")).containsOnly(Map.entry(unit,
				Map.of("connection_string", "https://a:2379\n", "version", "3.6.5", "private-address", "10.0.0.1")));
		assertThat(content().isSpool()).isTrue();
		assertThat(content().isAtomic()).isTrue();
	}

	@Test
	void readsUnitsOfSeveralRelations() {
		write("etcd:1/etcd/10.json", "{}");
		write("etcd:1/etcd/9.json", "{}");
		write("etcd:10/other-0.json", "{}");
		assertThat(read().getRelations()).containsOnlyKeys("etcd:1", "etcd:10");
		assertThat(read().getRelations().get("etcd:1")).containsOnlyKeys("etcd/10", "etcd/9");
		assertThat(read().getRelations().get("etcd:10")).containsOnlyKeys("other-0");
	}

	@Test
	void ignoresOtherFilesBesideUnits() {
		write("etcd:1/etcd/0.json", "{}");
		for (String name : new String[] { "etcd:1/.etcd-1.json", "etcd:1/etcd/.1.json", "etcd:1/etcd/1.json.tmp",
				"etcd:1/README", "etcd:1/etcd/deeper/1.json", ".hidden/etcd-0.json" }) {
			write(name, "{}");
		}
		assertThat(read().getRelations()).containsOnlyKeys("etcd:1");
		assertThat(read().getRelations().get("etcd:1")).containsOnlyKeys("etcd/0");
	}

	@Test
	void readsRelationWithoutUnits() throws IOException {
		Files.createDirectories(this.directory.resolve("etcd:1/etcd"));
		assertThat(read().getRelations()).isEqualTo(Map.of("etcd:1", Map.of()));
	}

	@Test
	void directoryThatIsAboutToGetUnitIsWatched() throws IOException {
		Path application = Files.createDirectories(this.directory.resolve("etcd:1/etcd"));
		assertThat(content().directories()).containsExactly(this.directory, application.getParent(), application);
	}

	@Test
	void readsEscapesAndUnicode() {
		write("etcd:1/etcd-0.json", """
				{"version": "\\u00e9\\ud83d\\ude00\\"\\\\\\/\\b\\f\\n\\r\\t é😀 \\u0000"}""");
		assertThat(read().getRelations().get("etcd:1").get("etcd-0")).containsEntry("version",
				"é😀\"\\/\b\f\n\r\t é😀 \u0000");
	}

	@Test
	void readsLongValues() {
		String value = "x\n".repeat(1 << 19);
		write("etcd:1/etcd-0.json", "{\"client_ca\": \"" + "x\\n".repeat(1 << 19) + "\"}");
		assertThat(read().getRelations().get("etcd:1").get("etcd-0").get("client_ca").equals(value)).isTrue();
		write("client_ca", value);
		assertThat(databag().get("client_ca").equals(value)).isTrue();
	}

	@Test
	void nullInJsonIsNoValue() {
		write("etcd:1/etcd-0.json", "{\"version\": null, \"uri\": \"a\"}");
		assertThat(read().getRelations().get("etcd:1").get("etcd-0")).containsOnly(Map.entry("uri", "a"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "{", "[]", "null", "\"text\"", "{\"k\": 1}", "{\"k\": true}", "{\"k\": {}}",
			"{\"k\": []}", "{\"k\": \"" + SECRET, "{\"k\": \"" + SECRET + "\"} x", "{} {}", SECRET,
			"{\"" + SECRET + "\"}", "{\"k\": \"" + SECRET + "\\x\"}" })
	void whenJsonIsNoObjectOfStringsNamesFileAndNoContent(String json) {
		write("etcd:1/etcd/0.json", json);
		assertThatReadingFails()
			.hasMessageContaining(
					this.directory.resolve("etcd:1/etcd/0.json") + " that is not a JSON object of strings")
			.hasNoCause();
	}

	@ParameterizedTest
	@ValueSource(strings = { "client_key", "tls.key", "etcd:1/etcd-0.json" })
	void whenFileIsNotUtf8NamesFileAndNoContent(String name) throws IOException {
		byte[] bytes = (SECRET + "é").getBytes("ISO-8859-1");
		write(name, "");
		Files.write(this.directory.resolve(name), bytes);
		assertThatReadingFails()
			.hasMessageContaining(this.directory.resolve(name) + " that cannot be read (MalformedInputException)")
			.hasMessageContaining("Check that it is UTF-8 and that the application may read it")
			.hasNoCause();
	}

	@Test
	void whenFileMayNotBeReadNamesFile() throws IOException {
		write("client_key", SECRET);
		Path file = this.directory.resolve("client_key");
		assumeThat(file.toFile().setReadable(false)).isTrue();
		assumeThat(Files.isReadable(file)).as("readable all the same, as for root").isFalse();
		assertThatReadingFails().hasMessageContaining(file + " that cannot be read (AccessDeniedException)");
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenReadingFileFailsNamesFile() throws IOException {
		Path file = this.directory.resolve("client_key");
		// Nothing is mapped at the beginning of the memory
		Files.createSymbolicLink(file, Path.of("/proc/self/mem"));
		assertThatReadingFails().hasMessageContaining(file + " that cannot be read (IOException)");
	}

	@Test
	void whenDirectoryMayNotBeReadNamesDirectory() throws IOException {
		Path closed = Files.createDirectory(this.directory.resolve("closed"));
		assumeThat(closed.toFile().setReadable(false)).isTrue();
		assumeThat(Files.isReadable(closed)).as("readable all the same, as for root").isFalse();
		try {
			assertThatExceptionOfType(InvalidRelationDataException.class)
				.isThrownBy(() -> DirectoryContent.of(closed, new Interpretation(null, OwnDataKind.NONE)))
				.withMessageContaining(closed.toString());
		}
		finally {
			assertThat(closed.toFile().setReadable(true)).isTrue();
		}
	}

	@Test
	void whenDirectoryAboveMayNotBeSearchedNamesDirectory() throws IOException {
		Path closed = mock(Path.class, RETURNS_DEEP_STUBS);
		given(closed.getFileSystem().provider().readAttributes(closed, BasicFileAttributes.class))
			.willThrow(new AccessDeniedException("/closed/relation"));
		given(closed.toAbsolutePath().toString()).willReturn("/closed/relation");
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(() -> DirectoryContent.of(closed, new Interpretation(null, OwnDataKind.NONE)))
			.withMessage("directory /closed/relation cannot be read (AccessDeniedException). "
					+ "Check that the application may read it");
	}

	@Test
	void emptyDirectoryIsUnitThatShowsNothing() {
		assertThat(databag()).isEmpty();
		assertThat(content().read(false)).isEqualTo(RelationView.empty());
		assertThat(content().isEmpty()).isTrue();
	}

	@Test
	void missingDirectoryIsNothing() {
		DirectoryContent content = DirectoryContent.of(this.directory.resolve("missing"),
				new Interpretation(null, OwnDataKind.NONE));
		assertThat(content.isPresent()).isFalse();
		assertThat(content.isEmpty()).isFalse();
		assertThat(content.read(true)).isEqualTo(RelationView.empty());
	}

	@Test
	void fileInPlaceOfDirectoryIsNothing() {
		write("file", "content");
		DirectoryContent content = DirectoryContent.of(this.directory.resolve("file"),
				new Interpretation(null, OwnDataKind.NONE));
		assertThat(content.isPresent()).isFalse();
		assertThat(content.read(true)).isEqualTo(RelationView.empty());
	}

	@Test
	void stampsDifferWhenDirectoryVanishesAfterItWasListed() throws IOException {
		Path vanishing = Files.createDirectory(this.directory.resolve("vanishing"));
		DirectoryContent content = DirectoryContent.of(vanishing, new Interpretation(null, OwnDataKind.NONE));
		Files.delete(vanishing);
		assertThat(content.stamps())
			.isNotEqualTo(DirectoryContent.of(vanishing, new Interpretation(null, OwnDataKind.NONE)).stamps());
	}

	@Test
	void stampsDoNotDependOnOtherFiles() {
		write("version", "1");
		FileSnapshots stamps = content().stamps();
		write(".version.tmp", "2");
		assertThat(content().stamps()).isEqualTo(stamps);
		write("version", "10");
		assertThat(content().stamps()).isNotEqualTo(stamps);
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void nameOfFileStaysOnItsLine() throws IOException {
		Path units = Files.createDirectories(this.directory.resolve("etcd:1\u001b[31m:2/etcd"));
		Files.writeString(units.resolve("0\nERROR all is lost.json"), "no JSON");
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(
					() -> DirectoryContent.of(this.directory, new Interpretation(null, OwnDataKind.NONE)).read(true))
			.withMessageContaining("etcd:1\\u001b[31m:2/etcd/0\\u000aERROR all is lost.json that is not a JSON");
	}

	private AbstractThrowableAssert<?, ? extends Throwable> assertThatReadingFails() {
		return assertThatThrownBy(this::read).isInstanceOf(InvalidRelationDataException.class)
			.hasMessageNotContaining(SECRET);
	}

	private DirectoryContent content() {
		return DirectoryContent.of(this.directory, new Interpretation(null, OwnDataKind.NONE));
	}

	private RelationView read() {
		DirectoryContent content = content();
		return content.read(!content.isSpool());
	}

	private Map<String, String> databag() {
		SortedMap<String, SortedMap<String, Map<String, String>>> relations = read().getRelations();
		assertThat(relations).containsOnlyKeys("directory:0");
		assertThat(relations.get("directory:0")).containsOnlyKeys("directory/0");
		return Collections.unmodifiableMap(relations.get("directory:0").get("directory/0"));
	}

	private void write(String name, String content) {
		TestFiles.write(this.directory.resolve(name), content);
	}

}
