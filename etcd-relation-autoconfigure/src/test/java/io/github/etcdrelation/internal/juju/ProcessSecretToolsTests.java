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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import io.github.etcdrelation.InvalidRelationDataException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests {@link ProcessSecretTools} with executables.
 */
@DisabledOnOs(OS.WINDOWS)
class ProcessSecretToolsTests extends ToolScriptsFixture {

	private static final String URI = "secret:9m4e2mr0ui3e8a215n4g";

	private SecretTools tools;

	@BeforeEach
	void setUp() {
		this.tools = new ProcessHookTools(this.directory, Duration.ofSeconds(30)).getSecretTools();
	}

	@Test
	void getLabelsAndRefreshes() throws IOException {
		tool("secret-get", "echo \"$@\" >$DIR/arguments; echo '{\"username\":\"client\",\"empty\":null}'");
		assertThat(this.tools.get(URI, "etcd.1.user.secret")).isEqualTo(Map.of("username", "client"));
		assertThat(recorded("arguments")).isEqualTo("--format=json " + URI + " --label etcd.1.user.secret --refresh\n");
	}

	@Test
	void getOwnPeeks() throws IOException {
		tool("secret-get", "echo \"$@\" >$DIR/arguments; echo '{\"mtls-cert\":\"cert\"}'");
		assertThat(this.tools.getOwn(URI)).isEqualTo(Map.of("mtls-cert", "cert"));
		assertThat(recorded("arguments")).isEqualTo("--format=json " + URI + " --peek\n");
	}

	@Test
	void whenLabelIsTakenGetsWithoutIt() throws IOException {
		tool("secret-get", """
				case "$*" in *--label*) echo 'ERROR secret label "x" already exists' >&2; exit 1;; esac
				echo "$@" >$DIR/arguments; echo '{"username":"client"}'
				""");
		assertThat(this.tools.get(URI, "x")).isEqualTo(Map.of("username", "client"));
		assertThat(recorded("arguments")).isEqualTo("--format=json " + URI + " --refresh\n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "ERROR permission denied", "ERROR permission denied (unauthorized access)",
			"ERROR secret \"9m4e2mr0ui3e8a215n4g\" not found", "ERROR secret \"secret:9m4e2mr0ui3e8a215n4g\" not found",
			"ERROR getting secret content: secret revision not found",
			"ERROR application \"app\" is not allowed to read this secret" })
	void whenJujuDoesNotHandItOutIsUnavailable(String words) throws IOException {
		tool("secret-get", "echo '" + words + "' >&2; exit 1");
		assertThatExceptionOfType(SecretUnavailableException.class).isThrownBy(() -> this.tools.get(URI, "x"))
			.withMessageContaining(words);
		assertThatExceptionOfType(SecretUnavailableException.class).isThrownBy(() -> this.tools.getOwn(URI));
	}

	@ParameterizedTest
	@ValueSource(strings = { "ERROR model \"m\" not found", "ERROR relation not found",
			"ERROR getting secret content: model \"m\" not found", "ERROR secret backend \"vault\" not found",
			"ERROR dial unix /agent.socket: connect: permission denied", "sh: 1: secret-get: not found" })
	void whenSomethingElseIsNotThereIsNotUnavailable(String words) throws IOException {
		tool("secret-get", "echo '" + words + "' >&2; exit 1");
		assertThat(catchThrowableOfType(InvalidRelationDataException.class, () -> this.tools.get(URI, "x")))
			.isNotInstanceOf(SecretUnavailableException.class)
			.hasMessageContaining(words);
	}

	@ParameterizedTest
	@ValueSource(ints = { 126, 127 })
	void whenToolCannotBeRunIsNotUnavailable(int exitCode) throws IOException {
		tool("secret-get", "echo 'cannot run what reads a secret: file of secret not found' >&2; exit " + exitCode);
		assertThat(catchThrowableOfType(InvalidRelationDataException.class, () -> this.tools.getOwn(URI)))
			.isNotInstanceOf(SecretUnavailableException.class)
			.hasMessageContaining("failed with exit code " + exitCode);
	}

	@Test
	void whenToolFailsIsNotUnavailable() throws IOException {
		tool("secret-get", "echo 'ERROR connection refused' >&2; exit 1");
		assertThat(catchThrowableOfType(InvalidRelationDataException.class, () -> this.tools.get(URI, "x")))
			.isNotInstanceOf(SecretUnavailableException.class)
			.hasMessageContaining("secret-get failed with exit code 1: ERROR connection refused");
	}

	@Test
	void addGivesEachFieldInFileOfItsOwn() throws IOException {
		tool("secret-add", """
				echo "$@" >$DIR/arguments
				for a in "$@"; do case $a in *'#file='*) cp "${a#*=}" "$DIR/${a%%#*}";; esac; done
				echo secret:new
				""");
		assertThat(this.tools.add("x", Map.of("username", "the client", "uris", "https://a:2379")))
			.isEqualTo("secret:new");
		assertThat(recorded("arguments")).startsWith("--label x --owner application ")
			.contains("username#file=/", "uris#file=/")
			.doesNotContain("the client", "https:");
		assertThat(recorded("username")).isEqualTo("the client");
		assertThat(recorded("uris")).isEqualTo("https://a:2379");
	}

	@Test
	void whenSecretWithLabelExistsReplacesItsContent() throws IOException {
		tool("secret-add", "echo 'ERROR secret with label \"x\" already exists' >&2; exit 1");
		tool("secret-info-get", "echo \"$@\" >$DIR/arguments; "
				+ "echo '{\"9m4e2mr0ui3e8a215n4g\":{\"revision\":1,\"label\":\"x\",\"access\":[{\"target\":\"a\"}]}}'");
		tool("secret-set", "echo $1 >$DIR/set; cat \"${2#*=}\" >>$DIR/set");
		assertThat(this.tools.add("x", Map.of("mtls-cert", "cert"))).isEqualTo(URI);
		assertThat(recorded("arguments")).isEqualTo("--format=json --label x\n");
		assertThat(recorded("set")).isEqualTo(URI + "\ncert");
	}

	@Test
	void whenLabelHasValueInItReplacesContentOfSecretAllTheSame() throws IOException {
		tool("secret-add", "echo 'ERROR secret with label \"client.1.user.secret\" already exists' >&2; exit 1");
		tool("secret-info-get", "echo '{\"9m4e2mr0ui3e8a215n4g\":{\"revision\":1}}'");
		tool("secret-set", "exit 0");
		assertThat(this.tools.add("client.1.user.secret", Map.of("username", "client"))).isEqualTo(URI);
	}

	@Test
	void whenReplacedContentFailsReportsBoth() throws IOException {
		tool("secret-add", "echo 'ERROR secret with label \"x\" already exists' >&2; exit 1");
		tool("secret-info-get", "echo '{\"9m4e2mr0ui3e8a215n4g\":{\"revision\":1}}'");
		tool("secret-set", "echo 'ERROR the controller is away' >&2; exit 1");
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(() -> this.tools.add("x", Map.of("mtls-cert", "cert")))
			.withMessageContaining("secret-set failed with exit code 1: ERROR the controller is away")
			.satisfies((ex) -> assertThat(ex.getSuppressed()).singleElement()
				.asInstanceOf(InstanceOfAssertFactories.THROWABLE)
				.hasMessageContaining("already exists"));
	}

	@Test
	void whenAddFailsOtherwiseWritesNothingElse() throws IOException {
		tool("secret-info-get", "touch $DIR/asked; echo '{\"9m4e2mr0ui3e8a215n4g\":{\"revision\":1}}'");
		tool("secret-set", "touch $DIR/set");
		for (String script : new String[] { "echo 'ERROR this unit is not the leader' >&2; exit 1", "echo unknown" }) {
			tool("secret-add", script);
			assertThatExceptionOfType(InvalidRelationDataException.class)
				.isThrownBy(() -> this.tools.add("x", Map.of("mtls-cert", "cert")))
				.withMessageContaining("secret-add");
			assertThat(this.directory.resolve("asked")).doesNotExist();
			assertThat(this.directory.resolve("set")).doesNotExist();
		}
	}

	@Test
	void whenAddFailsReportsItWithoutValues() throws IOException {
		tool("secret-add", "echo \"ERROR bad value $(cat \"${5#*=}\")\" >&2; echo \"${5#*=}\" >$DIR/file; exit 1");
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(() -> this.tools.add("x", Map.of("password", "s3cret")))
			.withMessageContaining("secret-add failed with exit code 1 and words that quote a value")
			.withMessageNotContaining("s3cret");
		assertThat(Path.of(recorded("file").strip())).doesNotExist();
	}

	@Test
	void whenAddAnswersWithSomethingElseFails() throws IOException {
		tool("secret-add", "echo s3cret");
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(() -> this.tools.add("x", Map.of("password", "s3cret")))
			.withMessageContaining("secret-add did not answer with the URI of a secret")
			.withMessageNotContaining("s3cret");
	}

	@Test
	void whenLookForLabelFailsAfterAddReportsTheFirst() throws IOException {
		tool("secret-add", "echo 'ERROR secret with label \"x\" already exists' >&2; exit 1");
		for (String words : new String[] { "ERROR secret \"x\" not found", "ERROR the controller is away" }) {
			tool("secret-info-get", "echo '" + words + "' >&2; exit 1");
			assertThatExceptionOfType(InvalidRelationDataException.class)
				.isThrownBy(() -> this.tools.add("x", Map.of("mtls-cert", "cert")))
				.withMessageContaining("already exists");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "pass\\\"word\\\\", "second line", "abc", "x" })
	void wordsThatQuoteValueAreNotReported(String quoted) throws IOException {
		Files.writeString(this.directory.resolve("words"), "ERROR cannot use \"" + quoted + "\" here\n");
		tool("secret-set", "cat $DIR/words >&2; exit 1");
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(() -> this.tools.set(URI,
					Map.of("a", "pass\"word\\", "b", "first line\nsecond line\n", "c", "abc", "d", "x", "e", "")))
			.withMessageContaining("secret-set failed with exit code 1 and words that quote a value")
			.withMessageNotContaining(quoted + "\"");
	}

	@Test
	void shortValueThatIsPartOfOtherWordsDoesNotHideThem() throws IOException {
		tool("secret-set", "echo 'ERROR the controller is away' >&2; echo 'more' >&2; exit 1");
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(() -> this.tools.set(URI, Map.of("a", "on", "b", "")))
			.withMessageContaining("failed with exit code 1: ERROR the controller is away")
			.withMessageNotContaining("more");
	}

	@Test
	void wordsOfFailedReadAreOneShortLine() throws IOException {
		tool("secret-get", """
				printf 'ERROR \\033[1m' >&2
				for i in 1 2 3 4 5 6 7 8 9; do printf 'many words in one line and more words, ' >&2; done
				printf '\\nusername: client\\n' >&2
				exit 1
				""");
		assertThat(catchThrowableOfType(InvalidRelationDataException.class, () -> this.tools.get(URI, "x")).getReason())
			.hasSizeLessThan(300)
			.endsWith("...")
			.doesNotContain("\n", "\u001b", "username");
	}

	@Test
	void findNamesLabel() throws IOException {
		tool("secret-info-get",
				"echo \"$@\" >$DIR/arguments; echo '{\"9m4e2mr0ui3e8a215n4g\":{\"revision\":1,\"label\":\"x\"}}'");
		assertThat(this.tools.find("x")).contains(URI);
		assertThat(recorded("arguments")).isEqualTo("--format=json --label x\n");
	}

	@Test
	void whenThereIsNoSecretWithLabelFindsNone() throws IOException {
		tool("secret-info-get", "echo 'ERROR secret \"x\" not found' >&2; exit 1");
		assertThat(this.tools.find("x")).isEmpty();
		tool("secret-info-get", "echo 'ERROR connection refused' >&2; exit 1");
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(() -> this.tools.find("x"))
			.withMessageContaining("secret-info-get failed with exit code 1: ERROR connection refused");
	}

	@Test
	void removeNamesSecret() throws IOException {
		tool("secret-remove", "echo \"$@\" >$DIR/arguments");
		this.tools.remove(URI);
		assertThat(recorded("arguments")).isEqualTo(URI + "\n");
		tool("secret-remove", "echo 'ERROR secret \"9m4e2mr0ui3e8a215n4g\" not found' >&2; exit 1");
		assertThatExceptionOfType(SecretUnavailableException.class).isThrownBy(() -> this.tools.remove(URI));
	}

	@Test
	void grantNamesRelation() throws IOException {
		tool("secret-grant", "echo \"$@\" >$DIR/arguments");
		this.tools.grant(URI, "etcd:1");
		assertThat(recorded("arguments")).isEqualTo("--relation etcd:1 " + URI + "\n");
	}

}
