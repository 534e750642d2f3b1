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

package io.github.etcdrelation.sample.configuration;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Txn;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.PutOption;
import io.github.etcdrelation.config.EtcdPropertySource;
import io.github.etcdrelation.test.LocalEtcd;
import org.awaitility.Awaitility;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.PropertySource;

/**
 * Starts an etcd, puts configuration into it, runs the application, changes the
 * configuration meanwhile, and shuts both down.
 */
public final class TestConfigurationApplication {

	private static final String DOCUMENT = "/config/orders/pricing.yaml";

	private static final String KEY = "/config/orders/pricing/discount";

	private TestConfigurationApplication() {
	}

	public static void main(String[] args) {
		try (LocalEtcd etcd = LocalEtcd.builder().start();
				Client client = Client.builder().endpoints(etcd.getConnectionString()).build()) {
			KV keys = client.getKVClient();
			commit(keys.txn(), put(DOCUMENT, "pricing: { currency: EUR, discount: 5 }"));
			try (ConfigurableApplicationContext application = run(etcd, args)) {
				PriceList prices = application.getBean(PriceList.class);
				// A key of its own comes before a document
				commit(keys.txn(), put(KEY, "10"));
				await(() -> prices.getPricing().discount() == 10);
				// Both at one revision, so that nobody sees the one without the other
				commit(keys.txn(), put(DOCUMENT, "pricing: { currency: SEK, discount: 5 }"), put(KEY, "20"));
				await(() -> prices.getPricing().equals(new Pricing("SEK", 20)));
				// No number, which is refused
				long refused = commit(keys.txn(), put(KEY, "much"));
				await(() -> revision(application) == refused);
				commit(keys.txn(), Op.delete(bytes(KEY), DeleteOption.DEFAULT));
				await(() -> prices.getPricing().discount() == 5);
			}
		}
	}

	private static ConfigurableApplicationContext run(LocalEtcd etcd, String... args) {
		// Known before configuration is imported
		Map<String, Object> relation = Map.copyOf(etcd.getProperties("etcd.relation"));
		return new SpringApplicationBuilder(ConfigurationApplication.class).properties(relation).run(args);
	}

	private static long commit(Txn transaction, Op... changes) {
		return transaction.Then(changes).commit().join().getHeader().getRevision();
	}

	private static long revision(ConfigurableApplicationContext application) {
		PropertySource<?> source = application.getEnvironment().getPropertySources().get("etcd:/config/orders/");
		return ((EtcdPropertySource) Objects.requireNonNull(source)).snapshot().revision();
	}

	private static Op put(String key, String value) {
		return Op.put(bytes(key), bytes(value), PutOption.DEFAULT);
	}

	private static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

	private static void await(Callable<Boolean> expected) {
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(expected);
	}

}
