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
import java.util.List;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.options.GetOption;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.WithLocalEtcd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link QuickstartApplication}.
 */
@WithLocalEtcd(mutualTls = true)
@ExtendWith(OutputCaptureExtension.class)
class QuickstartTests {

	private final LocalEtcd etcd;

	QuickstartTests(LocalEtcd etcd) {
		this.etcd = etcd;
	}

	@Test
	void tellsStatesThenWhatItDoes(CapturedOutput output) {
		TestQuickstartApplication.run(this.etcd).close();
		List<String> lines = output.getOut().lines().toList();
		assertThat(lines).startsWith("state    etcd.connected",
				"state    etcd.available at " + this.etcd.getConnectionString(), "state    etcd.tls.available");
		assertThat(lines).containsSubsequence("wrote    quickstart/fruit-1 = apple",
				"wrote    quickstart/fruit-2 = banana", "wrote    quickstart/fruit-3 = cherry",
				"read     quickstart/fruit-1 = apple", "read     quickstart/fruit-2 = banana",
				"read     quickstart/fruit-3 = cherry", "done");
		assertThat(lines).containsSubsequence("watched  PUT quickstart/fruit-1 = apple",
				"watched  PUT quickstart/fruit-2 = banana", "watched  PUT quickstart/fruit-3 = cherry", "done");
		assertThat(lines).allMatch((line) -> line.matches("(state|watch|watched|wrote|read|done)\\b.*"));
	}

	@Test
	void leavesWhatItWroteInEtcd() throws Exception {
		try (ConfigurableApplicationContext application = TestQuickstartApplication.run(this.etcd)) {
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
				.isThrownBy(() -> TestQuickstartApplication.run(down, "--etcd.relation.client.request-timeout=1s",
						"--logging.level.root=off"))
				.havingRootCause()
				.withMessageContaining("Connection refused");
		}
	}

}
