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

package io.github.etcdrelation.sample.coordination;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.github.etcdrelation.test.LocalEtcd;
import org.awaitility.Awaitility;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.StringUtils;

/**
 * Starts an etcd that demands client certificates and two instances of the application.
 * Stops the one that leads, and shuts everything down when the other one has gone on with
 * its work.
 */
public final class TestCoordinationApplication {

	private static final Logger logger = LoggerFactory.getLogger(TestCoordinationApplication.class);

	private static final int INVOICES = 3;

	private TestCoordinationApplication() {
	}

	public static void main(String[] args) throws IOException {
		Path ledger = Files.createTempFile("ledger", null);
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start();
				ConfigurableApplicationContext first = start("first", etcd, ledger, args)) {
			awaitInvoices("first", ledger);
			try (ConfigurableApplicationContext second = start("second", etcd, ledger, args)) {
				first.close();
				awaitInvoices("second", ledger);
				writeLate(ledger);
			}
		}
		finally {
			Files.delete(ledger);
		}
	}

	private static ConfigurableApplicationContext start(String instance, LocalEtcd etcd, Path ledger, String... args) {
		Map<String, Object> relation = Map.copyOf(etcd.getProperties("etcd.relation"));
		String[] all = StringUtils.concatenateStringArrays(args,
				new String[] { "--coordination.instance=" + instance, "--coordination.ledger=" + ledger });
		return new SpringApplicationBuilder(CoordinationApplication.class).properties(relation).run(all);
	}

	private static void awaitInvoices(String instance, Path ledger) {
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> writtenBy(instance, ledger).size() >= INVOICES);
	}

	private static List<String> writtenBy(String instance, Path ledger) throws IOException {
		return Files.readAllLines(ledger).stream().filter((line) -> line.endsWith(" " + instance)).toList();
	}

	/**
	 * Do what an instance does that was stopped between taking the lock and writing, and
	 * wakes up now.
	 */
	private static void writeLate(Path ledger) throws IOException {
		long token = Long.parseLong(writtenBy("first", ledger).get(0).split(" ")[0]);
		try {
			new Ledger(ledger).write(token, "1", "first");
		}
		catch (IllegalStateException ex) {
			logger.info("refused  {}", ex.getMessage());
		}
	}

}
