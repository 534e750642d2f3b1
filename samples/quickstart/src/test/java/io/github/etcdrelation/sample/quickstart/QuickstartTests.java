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

package io.github.etcdrelation.sample.quickstart;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.options.GetOption;
import io.github.etcdrelation.test.CertificateAuthority;
import io.github.etcdrelation.test.LocalEtcd;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link QuickstartApplication} and its launcher.
 */
@ExtendWith(OutputCaptureExtension.class)
class QuickstartTests {

	/**
	 * What precedes a message where all that is logged is printed, in the search for
	 * secrets.
	 */
	private static final Pattern LOGGED = Pattern.compile("\\d\\d:\\d\\d:\\d\\d\\.\\d+ [A-Z]+ +([\\w.]+) - ");

	private static final String COUNTS = "done     (\\d+) puts, 0 failed, \\1 events seen, 0 lost";

	@Test
	void launcherRotatesWhileApplicationWritesAndWatches(CapturedOutput output) throws Exception {
		TestQuickstartApplication.main(new String[0]);
		List<String> lines = lines(output);
		assertThat(lines).allMatch((line) -> line.matches("(state|watch|watched|wrote|read|rotate|changed|done) .*"));
		assertThat(lines.get(0)).isEqualTo("state    etcd.connected");
		assertThat(lines.get(1)).matches("state    etcd.available at https://127.0.0.1:\\d+");
		assertThat(lines.get(2)).isEqualTo("state    etcd.tls.available");
		assertThat(lines).containsSubsequence("wrote    quickstart/fruit-1 = apple",
				"wrote    quickstart/fruit-2 = banana", "wrote    quickstart/fruit-3 = cherry",
				"read     quickstart/fruit-1 = apple", "read     quickstart/fruit-2 = banana",
				"read     quickstart/fruit-3 = cherry", "rotate   client certificate 1 of 5", "changed  etcd",
				"rotate   client certificate 2 of 5", "changed  etcd", "rotate   trust the old CA and the new one",
				"changed  etcd", "rotate   server certificate by the new CA",
				"rotate   client certificate by the new CA", "changed  etcd", "rotate   trust the new CA alone",
				"changed  etcd");
		assertThat(lines).containsSubsequence("watched  PUT quickstart/fruit-1 = apple",
				"watched  PUT quickstart/fruit-2 = banana", "watched  PUT quickstart/fruit-3 = cherry");
		assertThat(lines.stream().filter((line) -> line.startsWith("changed"))).hasSize(8);
		assertThat(lines.get(lines.size() - 1)).matches(COUNTS);
	}

	private static List<String> lines(CapturedOutput output) {
		return output.getOut().lines().flatMap((line) -> {
			Matcher logged = LOGGED.matcher(line);
			if (!logged.lookingAt()) {
				return Stream.of(line);
			}
			return logged.group(1).contains(".s.q.") ? Stream.of(line.substring(logged.end())) : Stream.empty();
		}).toList();
	}

	@Test
	void launcherFailsWhenRotationIsRefused() throws Exception {
		CertificateAuthority stranger = CertificateAuthority.create();
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start();
				RelationDirectory directory = TestQuickstartApplication.relate(etcd);
				ConfigurableApplicationContext application = TestQuickstartApplication.run(etcd, stranger, directory)) {
			assertThatExceptionOfType(CompletionException.class)
				.isThrownBy(() -> application.getBean(Rotations.class).join())
				.withMessageContaining("Refused: client certificate by the new CA")
				.havingRootCause()
				.withMessageContaining("etcd refused the client certificate of client-cert (CN=client");
		}
	}

	@Test
	void applicationAloneWritesForAWhile(CapturedOutput output) throws Exception {
		try (LocalEtcd etcd = LocalEtcd.builder().start();
				ConfigurableApplicationContext application = run(etcd, "--quickstart.duration=200ms")) {
			assertThat(lines(output)).last().asString().matches(COUNTS);
			ByteSequence prefix = ByteSequence.from("quickstart/", StandardCharsets.UTF_8);
			GetOption option = GetOption.builder().isPrefix(true).build();
			assertThat(application.getBean(Client.class).getKVClient().get(prefix, option).get().getKvs())
				.map((pair) -> pair.getKey() + " = " + pair.getValue())
				.containsExactly("quickstart/fruit-1 = apple", "quickstart/fruit-2 = banana",
						"quickstart/fruit-3 = cherry");
		}
	}

	@Test
	void failsWhenEtcdDoesNotAnswer() {
		try (LocalEtcd down = LocalEtcd.builder().mutualTls().build()) {
			assertThatIllegalStateException()
				.isThrownBy(() -> run(down, "--etcd.relation.client.request-timeout=1s", "--logging.level.root=off"))
				.havingRootCause()
				.withMessageContaining("Connection refused");
		}
	}

	@Test
	void failsWhenCallsFail(CapturedOutput output) {
		try (LocalEtcd etcd = LocalEtcd.builder().start()) {
			CompletableFuture<Void> end = CompletableFuture.runAsync(() -> {
				Awaitility.await()
					.atMost(Duration.ofSeconds(30))
					.until(() -> output.getOut().contains("watched  PUT quickstart/fruit-3") && writesJournal(etcd));
				etcd.getMember(0).stop();
			});
			assertThatIllegalStateException()
				.isThrownBy(() -> run(etcd, "--etcd.relation.client.request-timeout=1s", "--quickstart.duration=3s"))
				// etcd does not come back to tell of a put that it has just answered
				.withMessageMatching("\\d+ puts, [1-9]\\d* failed, \\d+ events seen, [01] lost");
			end.join();
		}
	}

	private static boolean writesJournal(LocalEtcd etcd) throws Exception {
		try (Client client = Client.builder().endpoints(etcd.getConnectionString()).build()) {
			ByteSequence key = ByteSequence.from("quickstart-journal", StandardCharsets.UTF_8);
			return client.getKVClient().get(key).get().getCount() > 0;
		}
	}

	private static ConfigurableApplicationContext run(LocalEtcd etcd, String... args) {
		Map<String, Object> properties = Map.copyOf(etcd.getProperties("etcd.relation"));
		return new SpringApplicationBuilder(QuickstartApplication.class).properties(properties).run(args);
	}

}
