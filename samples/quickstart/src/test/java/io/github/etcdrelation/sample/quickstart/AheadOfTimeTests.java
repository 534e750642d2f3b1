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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.WithLocalEtcd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs what the build has made of {@link QuickstartApplication} ahead of time, when it
 * knew of no relation, in a JVM of its own.
 */
@WithLocalEtcd(mutualTls = true)
class AheadOfTimeTests {

	@Test
	void processedApplicationUsesEtcd(LocalEtcd etcd, @TempDir Path directory) throws Exception {
		Path output = directory.resolve("output");
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.add("-Dspring.aot.enabled=true");
		command.add("-cp");
		command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
		command.add(QuickstartApplication.class.getName());
		command.add("--quickstart.duration=200ms");
		command.add("--spring.main.log-startup-info=true");
		command.add("--logging.level." + QuickstartApplication.class.getName() + "=info");
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
		relate(builder.environment(), "etcd.relation", etcd);
		relate(builder.environment(), "etcd.relations.audit", etcd);
		Process application = builder.start();
		try {
			assertThat(application.waitFor(60, TimeUnit.SECONDS)).isTrue();
			String text = Files.readString(output, StandardCharsets.UTF_8);
			assertThat(application.exitValue()).as(text).isZero();
			assertThat(text).contains("Starting AOT-processed QuickstartApplication")
				.contains("state    etcd.tls.available", "state    audit.tls.available")
				.containsPattern("done     [1-9]\\d* puts, 0 failed, [1-9]\\d* events seen, 0 lost");
		}
		finally {
			application.destroyForcibly();
		}
	}

	private static void relate(Map<String, String> environment, String prefix, LocalEtcd etcd) {
		etcd.getProperties(prefix)
			.forEach((name, value) -> environment.put(name.replace(".", "_").replace("-", "").toUpperCase(Locale.ROOT),
					value));
	}

}
