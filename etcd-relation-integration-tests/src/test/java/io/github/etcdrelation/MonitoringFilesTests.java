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

package io.github.etcdrelation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.jayway.jsonpath.JsonPath;
import io.etcd.jetcd.Client;
import io.github.etcdrelation.autoconfigure.metrics.EtcdMetricsAutoConfiguration;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.WithLocalEtcd;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

import org.springframework.boot.autoconfigure.AutoConfigurations;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the dashboard and the alerting rules use what Prometheus finds.
 */
@WithLocalEtcd(mutualTls = true)
class MonitoringFilesTests {

	private static final Path DIRECTORY = Path.of("../docs/monitoring");

	private static final Pattern SELECTOR = Pattern.compile("\\b((?:etcd|grpc)_[a-z_]+)\\b(?:\\{([^}]*)})?");

	private static final Pattern LABEL = Pattern.compile("([a-z_]+)(=~|!=|!~|=)\\\\?\"([^\"\\\\]*)");

	/**
	 * Labels that the server adds.
	 */
	private static final Set<String> TARGET_LABELS = Set.of("job", "instance");

	private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

	@Test
	void dashboardUsesExposedMeters(LocalEtcd etcd) throws IOException {
		String dashboard = Files.readString(DIRECTORY.resolve("etcd-relation-dashboard.json"));
		List<String> expressions = JsonPath.read(dashboard, "$.panels[*].targets[*].expr");
		List<String> definitions = JsonPath.read(dashboard, "$.templating.list[*].definition");
		assertThat(expressions).hasSizeGreaterThan(9);
		String exposed = scrape(etcd);
		expressions.forEach((expression) -> verify(expression, exposed));
		definitions.forEach((definition) -> verify(definition, exposed));
	}

	@Test
	void alertsUseExposedMeters(LocalEtcd etcd) throws IOException {
		Map<String, Object> rules = new Yaml().load(Files.readString(DIRECTORY.resolve("etcd-relation-alerts.yml")));
		List<String> expressions = JsonPath.read(rules, "$.groups[*].rules[*].expr");
		List<String> names = JsonPath.read(rules, "$.groups[*].rules[*].alert");
		assertThat(names).doesNotHaveDuplicates().hasSameSizeAs(expressions).hasSize(8);
		String exposed = scrape(etcd);
		expressions.forEach((expression) -> verify(expression, exposed));
	}

	private static void verify(String expression, String exposed) {
		Set<String> names = new TreeSet<>();
		Matcher selector = SELECTOR.matcher(expression.replaceAll("by \\([^)]*\\)", ""));
		while (selector.find()) {
			String name = selector.group(1);
			List<String> samples = exposed.lines().filter((line) -> line.startsWith(name + "{")).toList();
			assertThat(samples).as("%s of %s in:%n%s", name, expression, exposed).isNotEmpty();
			names.add(name);
			Matcher label = LABEL.matcher((selector.group(2) != null) ? selector.group(2) : "");
			while (label.find()) {
				String key = label.group(1);
				String value = label.group(3);
				if (!TARGET_LABELS.contains(key)) {
					assertThat(samples).as(expression).allMatch((sample) -> sample.contains(key + "=\""));
				}
				if (label.group(2).equals("=")) {
					assertThat(samples).as(expression)
						.anyMatch((sample) -> sample.contains(key + "=\"" + value + "\""));
				}
			}
		}
		assertThat(names).as(expression).isNotEmpty();
	}

	private String scrape(LocalEtcd etcd) {
		AtomicReference<String> exposed = new AtomicReference<>();
		RelationTester.runner(etcd)
			.withConfiguration(AutoConfigurations.of(EtcdMetricsAutoConfiguration.class))
			.withBean(MeterRegistry.class, () -> this.meters)
			.withBean(ObservationRegistry.class, this::observations)
			.run((context) -> {
				context.getBean(MeterBinder.class).bindTo(this.meters);
				get(context.getBean(Client.class).getKVClient().get(bytes("key")));
				// A call is measured a little after its answer was passed on
				Awaitility.await().until(() -> this.meters.scrape().contains("grpc_client_seconds_count{"));
				exposed.set(this.meters.scrape());
			});
		return exposed.get();
	}

	private ObservationRegistry observations() {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new DefaultMeterObservationHandler(this.meters));
		return registry;
	}

}
