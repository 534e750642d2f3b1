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

package io.github.etcdrelation.internal.juju;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.databag.DatabagJson;
import io.github.etcdrelation.internal.provider.JujuProviderTarget;
import io.github.etcdrelation.internal.provider.ManagedProvider;
import io.github.etcdrelation.internal.state.RefreshExecutor;
import io.github.etcdrelation.internal.tls.ChildJvm;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests {@link ProcessHookTools} with executables.
 */
@DisabledOnOs(OS.WINDOWS)
@ExtendWith(OutputCaptureExtension.class)
class ProcessHookToolsTests extends ToolScriptsFixture {

	private static final Duration LONG = Duration.ofSeconds(30);

	private static final String KEY = """
			-----BEGIN PRIVATE KEY-----
			c2VjcmV0IG9uZQ
			-----END PRIVATE KEY-----
			""";

	private final Logger root = (Logger) LoggerFactory.getLogger("io.github.etcdrelation");

	private ProcessHookTools tools;

	@BeforeEach
	void setUp() {
		this.tools = new ProcessHookTools(this.directory, LONG);
		this.root.setLevel(Level.TRACE);
	}

	@AfterEach
	void tearDown() {
		this.root.setLevel(null);
	}

	@Test
	void relationIdsAnswersNames() throws IOException {
		tool("relation-ids", "echo \"$@\" >$DIR/arguments; echo '[\"etcd:1\",\"etcd:10\"]'");
		assertThat(this.tools.relationIds("etcd")).containsExactly("etcd:1", "etcd:10");
		assertThat(recorded("arguments")).isEqualTo("etcd --format=json\n");
	}

	@Test
	void relationListAnswersNames() throws IOException {
		tool("relation-list", "echo \"$@\" >$DIR/arguments; echo '[\"db/0\"]'");
		assertThat(this.tools.relationList("etcd:1")).containsExactly("db/0");
		assertThat(recorded("arguments")).isEqualTo("--format=json -r etcd:1\n");
	}

	@Test
	void relationGetAnswersDatabag() throws IOException {
		tool("relation-get",
				"echo \"$@\" >$DIR/arguments; printf '%s' '{\"a\":\"\\u003cx\\n\\u2713\",\"b\":\"\",\"c\":null}'");
		assertThat(this.tools.relationGet("etcd:1", "db/0"))
			.containsExactlyInAnyOrderEntriesOf(Map.of("a", "<x\n\u2713", "b", ""));
		assertThat(recorded("arguments")).isEqualTo("--format=json -r etcd:1 - db/0\n");
	}

	@Test
	void whenAnswerIsNullNothingIsThere() throws IOException {
		tool("relation-get", "echo null");
		tool("relation-list", "echo null");
		assertThat(this.tools.relationGet("etcd:1", "db/0")).isEmpty();
		assertThat(this.tools.relationList("etcd:1")).isEmpty();
	}

	@Test
	void relationSetGivesValuesOnStandardInputOnly(CapturedOutput output) throws IOException {
		recordRelationSet();
		Map<String, String> values = new TreeMap<>(
				Map.of("client_key", KEY, "version", "", "other", "\u2713\r\n\"'\\"));
		this.tools.relationSet("db:1", values);
		assertThat(DatabagJson.readDatabag(recorded("input"))).contains(values);
		assertThat(recorded("arguments")).isEqualTo("-r db:1 --file -\n");
		assertNoSecret(recorded("arguments") + recorded("command") + recorded("environment") + output);
	}

	@Test
	void applicationIsAskedFor() throws IOException {
		tool("relation-list", "echo \"$@\" >$DIR/arguments; echo '\"db\"'");
		assertThat(this.tools.relationApplication("etcd:1")).isEqualTo("db");
		assertThat(recorded("arguments")).isEqualTo("--format=json --app -r etcd:1\n");
		tool("relation-get", "echo \"$@\" >$DIR/arguments; echo '{\"a\":\"b\"}'");
		assertThat(this.tools.applicationGet("etcd:1", "db")).isEqualTo(Map.of("a", "b"));
		assertThat(recorded("arguments")).isEqualTo("--format=json -r etcd:1 --app - db\n");
	}

	@Test
	void applicationSetGivesValuesOnStandardInputOnly(CapturedOutput output) throws IOException {
		recordRelationSet();
		this.tools.applicationSet("db:1", Map.of("client_key", KEY));
		assertThat(DatabagJson.readDatabag(recorded("input"))).contains(Map.of("client_key", KEY));
		assertThat(recorded("arguments")).isEqualTo("-r db:1 --app --file -\n");
		assertNoSecret(recorded("arguments") + recorded("command") + recorded("environment") + output);
	}

	@Test
	void leadershipIsAskedFor() throws IOException {
		tool("is-leader", "echo \"$@\" >$DIR/arguments; echo true");
		assertThat(this.tools.isLeader()).isTrue();
		assertThat(recorded("arguments")).isEqualTo("--format=json\n");
		tool("is-leader", "echo false");
		assertThat(this.tools.isLeader()).isFalse();
		tool("is-leader", "exit 0");
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(this.tools::isLeader)
			.withMessageContaining("is-leader did not answer with the JSON that is expected");
	}

	@Test
	void providerSetsExactlyTheKeysThatDiffer() throws IOException {
		tool("relation-ids", "echo '[\"db:1\"]'");
		tool("relation-list", "echo '[]'");
		recordRelationSet();
		JujuEndpoint endpoint = new JujuEndpoint("db", this.tools, new HookEnvironment((name) -> null));
		try (ManagedProvider provider = new ManagedProvider("db", new JujuProviderTarget(endpoint), (event) -> {
		}, new RefreshExecutor(), Duration.ofDays(1))) {
			provider.setClientCredentials(KEY, "cert", null);
			assertThat(DatabagJson.readDatabag(recorded("input")))
				.contains(Map.of("client_key", KEY, "client_cert", "cert", "client_ca", ""));
			provider.setConnectionString("https://a:2379");
			assertThat(DatabagJson.readDatabag(recorded("input")))
				.contains(Map.of("connection_string", "https://a:2379", "version", ""));
			provider.setConnectionString("https://a:2379", "3.5.16");
			assertThat(DatabagJson.readDatabag(recorded("input"))).contains(Map.of("version", "3.5.16"));
		}
	}

	@Test
	void sourceReadsAllUnits() throws IOException {
		tool("relation-ids", "echo '[\"etcd:2\",\"etcd:1\"]'");
		tool("relation-list", "[ $3 = etcd:1 ] && echo '[\"a/1\",\"a/0\"]' || echo '[]'");
		tool("relation-get", "echo '{\"unit\":\"'$5'\"}'");
		JujuRelationSource source = new JujuRelationSource(
				new JujuEndpoint("etcd", this.tools, new HookEnvironment((name) -> null)), null, Map::of);
		assertThat(source.getRelationName()).isEqualTo("etcd");
		assertThat(source.isLive()).isTrue();
		assertThat(source.read().getRelations()).isEqualTo(Map.of("etcd:1",
				Map.of("a/0", Map.of("unit", "a/0"), "a/1", Map.of("unit", "a/1")), "etcd:2", Map.of()));
	}

	@Test
	void whenToolFailsTellsItsWords() throws IOException {
		tool("relation-ids", "echo >&2; echo 'ERROR no such endpoint' >&2; echo more >&2; exit 2");
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(() -> this.tools.relationIds("etcd"))
			.satisfies((ex) -> assertThat(ex.getItem()).isEqualTo("juju.enabled"))
			.withMessageContaining("relation-ids failed with exit code 2: ERROR no such endpoint")
			.withMessageNotContaining("more");
	}

	@Test
	void whenToolHasManyWordsTellsTheFirst() throws IOException {
		tool("relation-ids",
				"for i in 1 2 3 4 5 6 7 8 9; do printf 'many words that go on and on and on '; done >&2; exit 1");
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(() -> this.tools.relationIds("etcd"))
			.satisfies((ex) -> assertThat(ex.getReason()).hasSizeLessThan(300).endsWith("..."));
	}

	@Test
	void whenToolQuotesWhatItWasGivenDoesNot(CapturedOutput output) throws IOException {
		tool("relation-set", "cat >&2; exit 1");
		assertNoSecret(stackTrace(catchThrowableOfType(InvalidRelationDataException.class,
				() -> this.tools.relationSet("db:1", Map.of("client_key", KEY)))));
		tool("relation-set", "echo 'ERROR yaml: c2VjcmV0IG9uZQ' >&2; exit 1");
		assertNoSecret(stackTrace(catchThrowableOfType(InvalidRelationDataException.class,
				() -> this.tools.relationSet("db:1", Map.of("client_key", KEY)))) + output);
	}

	@ParameterizedTest
	@ValueSource(strings = { "c2VjcmV0IG9uZQ", "{\"a\":\"c2VjcmV0IG9uZQ\"", "[\"c2VjcmV0IG9uZQ\"]",
			"{\"a\":{\"b\":\"c\"}}", "{\"a\":1}", "{} {}", "" })
	void whenAnswerIsGarbageFailsWithoutQuotingIt(String answer) throws IOException {
		tool("relation-get", "cat <<'EOF'\n" + answer + "\nEOF");
		InvalidRelationDataException failure = catchThrowableOfType(InvalidRelationDataException.class,
				() -> this.tools.relationGet("etcd:1", "db/0"));
		assertThat(failure).hasMessageContaining("relation-get did not answer with the JSON that is expected");
		assertNoSecret(stackTrace(failure));
	}

	@Test
	void whenToolDoesNotExistFails() {
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(() -> this.tools.relationIds("etcd"))
			.withMessageContaining("relation-ids cannot be run")
			.withMessageContaining("in a hook of its charm");
	}

	@Test
	void whenToolHangsEndsItWithItsChildren() throws Exception {
		tool("relation-ids", "sleep 600 & echo $! >$DIR/child; echo $$ >$DIR/parent; wait");
		ProcessHookTools tools = new ProcessHookTools(this.directory, Duration.ofMillis(1500));
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(() -> tools.relationIds("etcd"))
			.withMessageContaining("relation-ids did not end within 1500 ms");
		for (String name : new String[] { "child", "parent" }) {
			long pid = Long.parseLong(recorded(name).strip());
			ProcessHandle process = ProcessHandle.of(pid).orElse(null);
			long end = System.nanoTime() + LONG.toNanos();
			while (process != null && process.isAlive() && !isZombie(pid) && System.nanoTime() < end) {
				Thread.sleep(10);
			}
			assertThat(process == null || !process.isAlive() || isZombie(pid)).as("%s ended", name).isTrue();
		}
	}

	@Test
	void whenToolDoesNotReadItsInputDoesNotHang() throws IOException {
		tool("relation-set", "exit 0");
		this.tools.relationSet("db:1", Map.of("client_key", "x".repeat(1 << 20)));
	}

	@Test
	void whenToolPrintsMuchIsNotBlocked() throws IOException {
		tool("relation-get", "head -c 1048576 /dev/zero | tr '\\0' e >&2; printf '{\"a\":\"'; "
				+ "head -c 1048576 /dev/zero | tr '\\0' x; printf '\"}'");
		assertThat(this.tools.relationGet("etcd:1", "db/0").get("a")).hasSize(1048576);
	}

	@Test
	void whenToolIsGivenMuchWhileItPrintsMuchIsNotBlocked() throws IOException {
		tool("relation-set", "head -c 1048576 /dev/zero; cat >$DIR/input; head -c 1048576 /dev/zero >&2");
		this.tools.relationSet("db:1", Map.of("a", "x".repeat(1 << 20)));
		assertThat(recorded("input")).hasSizeGreaterThan(1 << 20);
	}

	@Test
	void whenToolPrintsTooMuchSaysSo() throws IOException {
		tool("relation-get", "printf '{\"a\":\"'; head -c 4194304 /dev/zero | tr '\\0' x; printf '\"}'");
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(() -> this.tools.relationGet("etcd:1", "db/0"))
			.withMessageContaining("relation-get answered with more than 4194304 bytes");
	}

	@Test
	void whenToolPrintsWithoutEndSaysSo() throws IOException {
		tool("relation-get", "exec cat /dev/zero");
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(() -> this.tools.relationGet("etcd:1", "db/0"))
			.withMessageContaining("relation-get answered with more than 4194304 bytes");
	}

	@ParameterizedTest
	@ValueSource(strings = { "10001", "1000000" })
	void whenThereAreTooManyNamesSaysSo(String count) throws IOException {
		for (String tool : new String[] { "relation-ids", "relation-list" }) {
			tool(tool, "printf '['; yes '\"\",' | head -n %s | tr -d '\\n'; printf '\"a\"]'".formatted(count));
		}
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(() -> this.tools.relationIds("etcd"))
			.withMessageContaining("relation-ids answered with more than 10000 names");
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(() -> this.tools.relationList("etcd:1"))
			.withMessageContaining("relation-list answered with more than 10000 names");
	}

	@Test
	void tooMuchFitsIntoSmallHeap() throws Exception {
		tool("relation-ids", "printf '['; yes '\"\",'");
		tool("relation-list", "printf '['; yes '\"\",' | head -n 1000000; printf '\"a\"]'");
		tool("relation-get", "printf '{'; yes '\"\u20ac\":\"\",' | head -c 4000000; printf '\"a\":\"\"}'");
		try (ChildJvm jvm = new ChildJvm("022", List.of("-Xmx64m"), AskingProcess.class, this.directory.toString())) {
			assertThat(jvm.awaitEnd()).as(jvm::getOutput).isZero();
		}
	}

	@Test
	void manyNamesAreAnswered() throws IOException {
		tool("relation-ids", "printf '['; yes '\"etcd:1\",' | head -n 9999; printf '\"etcd:2\"]'");
		assertThat(this.tools.relationIds("etcd")).hasSize(10000).endsWith("etcd:2");
	}

	@Test
	void wordsOfToolStayOnTheirLine() throws IOException {
		tool("relation-ids", "printf 'ERROR \\033[31m\\rWARN' >&2; exit 1");
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(() -> this.tools.relationIds("etcd"))
			.withMessageContaining("exit code 1: ERROR \\u001b[31m")
			.withMessageNotContainingAny("\u001b", "\r");
	}

	private void recordRelationSet() throws IOException {
		tool("relation-set", "echo \"$@\" >$DIR/arguments; cat /proc/$$/cmdline >$DIR/command 2>/dev/null; "
				+ "env >$DIR/environment; cat >$DIR/input");
	}

	private static boolean isZombie(long pid) {
		try {
			return Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z");
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static String stackTrace(Throwable failure) {
		StringWriter text = new StringWriter();
		failure.printStackTrace(new PrintWriter(text));
		return text.toString();
	}

	private static void assertNoSecret(String text) {
		assertThat(Stream.of("BEGIN PRIVATE", "c2VjcmV0").filter(text::contains)).isEmpty();
	}

}
