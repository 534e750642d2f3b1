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

package io.github.etcdrelation.internal.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests for {@link ExposedFiles}.
 */
@DisabledOnOs(OS.WINDOWS)
@ExtendWith(OutputCaptureExtension.class)
class ExposedFilesTests {

	private final ExposedFiles files = new ExposedFiles();

	@TempDir
	private Path directory;

	@BeforeEach
	void openDirectory() throws IOException {
		mode(this.directory, "rwxr-xr-x");
	}

	@Test
	void fileThatEveryoneCanReadIsNamedWithItsModeOnce(CapturedOutput output) throws IOException {
		Path file = file("key", "rw-r--r--");
		this.files.report(file, true);
		this.files.report(file, true);
		assertThat(warnings(output)).singleElement()
			.asString()
			.contains("WARN", "File " + file + " holds a private key or a password and has the mode 0644")
			.doesNotContain("s3cr3t");
	}

	@Test
	void otherModeIsNamedAsWell(CapturedOutput output) throws IOException {
		Path file = file("key", "rw-r--r--");
		this.files.report(file, true);
		mode(file, "rwxrwxrwx");
		this.files.report(file, true);
		assertThat(warnings(output)).hasSize(2).last().asString().contains("has the mode 0777");
	}

	@Test
	void modeThatComesBackIsNamedAgain(CapturedOutput output) throws IOException {
		Path file = file("key", "rw-r--r--");
		this.files.report(file, true);
		mode(file, "rw-------");
		this.files.report(file, true);
		mode(file, "rw-r--r--");
		this.files.report(file, true);
		assertThat(warnings(output)).hasSize(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "rw-------", "r--------", "rw-r-----", "rw-rw----" })
	void fileOfOwnerAndGroupIsNotNamed(String mode, CapturedOutput output) throws IOException {
		this.files.report(file("key", mode), true);
		assertThat(warnings(output)).isEmpty();
	}

	@Test
	void fileBehindClosedDirectoryIsNotNamed(CapturedOutput output) throws IOException {
		Path closed = Files.createDirectories(this.directory.resolve("closed/open")).getParent();
		mode(closed, "rwxr-x---");
		mode(closed.resolve("open"), "rwxr-xr-x");
		Path file = file("closed/open/key", "rw-r--r--");
		this.files.report(file, true);
		assertThat(warnings(output)).isEmpty();
		// Others need not list the directory to read a file of a known name
		mode(closed, "rwxr-x--x");
		this.files.report(file, true);
		assertThat(warnings(output)).hasSize(1);
	}

	@Test
	void modeOfLinkIsThatOfItsTarget(CapturedOutput output) throws IOException {
		Path open = Files.createSymbolicLink(this.directory.resolve("open"), file("first", "rw-r--r--"));
		Path closed = Files.createSymbolicLink(this.directory.resolve("closed"), file("second", "rw-------"));
		this.files.report(open, true);
		this.files.report(closed, true);
		assertThat(warnings(output)).singleElement().asString().contains("File " + open + " ");
	}

	@Test
	void linkInClosedDirectoryToFileInOpenOneIsNamed(CapturedOutput output) throws IOException {
		Path closed = Files.createDirectory(this.directory.resolve("closed"));
		mode(closed, "rwx------");
		this.files.report(Files.createSymbolicLink(closed.resolve("key"), file("key", "rw-r--r--")), true);
		assertThat(warnings(output)).hasSize(1);
	}

	@Test
	void fileOfKubernetesVolumeIsNotNamed(CapturedOutput output) throws IOException {
		Files.createDirectory(this.directory.resolve("..version"));
		Path file = file("..version/tls.key", "rw-r--r--");
		Files.createSymbolicLink(this.directory.resolve("..data"), Path.of("..version"));
		Path link = Files.createSymbolicLink(this.directory.resolve("tls.key"), Path.of("..data/tls.key"));
		this.files.report(link, true);
		this.files.report(file, true);
		assertThat(warnings(output)).isEmpty();
		this.files.report(file("beside.key", "rw-r--r--"), true);
		assertThat(warnings(output)).hasSize(1);
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void fileThatIsMountedOnItsOwnIsNotNamed(CapturedOutput output) throws Exception {
		Path source = Files.createDirectory(this.directory.resolve("source"));
		Path key = file("key", "rw-r--r--");
		assumeThat(run("mount", "-t", "tmpfs", "none", source.toString())).as("may mount").isTrue();
		try {
			Path secret = file("source/secret", "rw-r--r--");
			assumeThat(run("mount", "--bind", secret.toString(), key.toString())).as("may mount").isTrue();
			try {
				this.files.report(key, true);
				assertThat(warnings(output)).isEmpty();
				this.files.report(secret, true);
				assertThat(warnings(output)).hasSize(1);
			}
			finally {
				run("umount", key.toString());
			}
		}
		finally {
			run("umount", source.toString());
		}
	}

	@Test
	void fileThatIsGoneIsNotNamed(CapturedOutput output) throws IOException {
		Path file = file("key", "rw-r--r--");
		Files.delete(file);
		this.files.report(file, true);
		assertThat(warnings(output)).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "rw----r--, 0604, read it", "rw-rw-rw-, 0666, read and change it", "rw-----w-, 0602, change it",
			"rw--w--w-, 0622, change it" })
	void fileWithSecretIsNamedWithWhatOthersCanDo(String permissions, String mode, String access, CapturedOutput output)
			throws IOException {
		this.files.report(file("key", permissions), true);
		assertThat(warnings(output)).singleElement()
			.asString()
			.contains("has the mode " + mode + ", so that every user of this machine can " + access + ".");
	}

	@Test
	void fileWithoutSecretIsNamedIfOthersCanChangeIt(CapturedOutput output) throws IOException {
		this.files.report(file("readable", "rw-rw-r--"), false);
		assertThat(warnings(output)).isEmpty();
		Path file = file("ca", "rw-rw-rw-");
		this.files.report(file, false);
		assertThat(warnings(output)).singleElement()
			.asString()
			.contains("WARN", "File " + file + " has the mode 0666, so that every user of this machine can change it.")
			.doesNotContain("private key");
	}

	@Test
	void fileThatGetsASecretIsNamedAgain(CapturedOutput output) throws IOException {
		Path file = file("spool", "rw-rw-rw-");
		this.files.report(file, false);
		this.files.report(file, true);
		this.files.report(file, true);
		assertThat(warnings(output)).hasSize(2).last().asString().contains("holds a private key or a password");
	}

	@Test
	void fileIsNamedOnceByWhateverNameItIsRead(CapturedOutput output) throws IOException {
		Path file = file("key", "rw-r--r--");
		Path link = Files.createSymbolicLink(this.directory.resolve("link"), file);
		this.files.report(link, true);
		this.files.report(file, true);
		this.files.report(file.resolveSibling("./key"), true);
		this.files.report(Path.of("").toAbsolutePath().relativize(file), true);
		assertThat(warnings(output)).hasSize(1);
		mode(file, "rw-rw-rw-");
		this.files.report(file, true);
		this.files.report(link, true);
		assertThat(warnings(output)).hasSize(2);
	}

	@Test
	void linkThatLeadsToNewFileOfSameModeIsNotNamedAgain(CapturedOutput output) throws IOException {
		Path link = Files.createSymbolicLink(this.directory.resolve("link"), file("first", "rw-r--r--"));
		this.files.report(link, true);
		Files.delete(link);
		Files.createSymbolicLink(link, file("second", "rw-r--r--"));
		this.files.report(link, true);
		assertThat(warnings(output)).hasSize(1);
	}

	@Test
	void nameWithLineEndStaysOnItsLine(CapturedOutput output) throws IOException {
		this.files.report(file("key\nWARN \u001b[31m", "rw-rw-rw-"), true);
		assertThat(warnings(output)).singleElement().asString().contains("key\\u000aWARN \\u001b[31m holds ");
	}

	private Path file(String name, String mode) throws IOException {
		Path file = Files.writeString(this.directory.resolve(name), "s3cr3t");
		mode(file, mode);
		return file;
	}

	private static void mode(Path path, String mode) throws IOException {
		Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
	}

	private static boolean run(String... command) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
		return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
	}

	private static List<String> warnings(CapturedOutput output) {
		return output.toString().lines().filter((line) -> line.contains("ExposedFiles")).toList();
	}

}
