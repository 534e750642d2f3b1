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

package io.github.etcdrelation.documentation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.github.etcdrelation.RelationTester;
import io.github.etcdrelation.actuate.EtcdRelationEndpoint;
import io.github.etcdrelation.autoconfigure.EtcdActuatorAutoConfiguration;
import io.github.etcdrelation.autoconfigure.health.EtcdHealthContributorAutoConfiguration;
import io.github.etcdrelation.autoconfigure.metrics.EtcdMetricsAutoConfiguration;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.WithLocalEtcd;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that meters, health details and the output of the endpoint are those that an
 * application with an etcd has.
 */
@WithLocalEtcd(mutualTls = true)
class ObservedPageTests {

	private static final Path HEALTH = SourceFiles.STARTER.resolve("internal/health");

	private static final Pattern METHOD = Pattern
		.compile("(?m)^\\t(?:[\\w@]+ )*static [\\w<>, @]+ details\\((\\S+) \\w+|^\\t(?:[\\w@]+ )*[\\w<>]+ (\\w+)\\(");

	private static final Pattern DETAIL = Pattern
		.compile("(?:withDetail|details\\.put|putIfPresent)\\((?:(?:details|builder), )?\\s*\"(\\w+)\"");

	private static final Pattern NESTED = Pattern.compile("\"(\\w+)\", Map\\.of\\(\"(\\w+)\", [^\"]*\"(\\w+)\"");

	private final LocalEtcd etcd;

	private final MeterRegistry meters = new SimpleMeterRegistry();

	ObservedPageTests(LocalEtcd etcd) {
		this.etcd = etcd;
	}

	@Test
	void meters() {
		GeneratedPart part = new GeneratedPart(ConfigurationPageTests.PAGE, "meters");
		Map<String, String> described = part.described();
		Map<String, List<String>> rows = new TreeMap<>();
		run((context) -> {
			context.getBean(Client.class).getWatchClient().watch(bytes("other"), (response) -> {
			}).close();
			// A call is measured a little after its end
			Awaitility.await()
				.until(() -> this.meters.find("grpc.client").meter() != null
						&& this.meters.find("grpc.client.processing.duration").meter() != null);
			this.meters.getMeters()
				.stream()
				.map(Meter::getId)
				.filter((id) -> id.getName().matches("(etcd|grpc)\\..*"))
				.forEach((id) -> rows.put(id.getName(), row(id, described)));
		});
		assertThat(rows).hasSizeGreaterThan(10);
		part.verifyTable(List.of("Meter", "Type", "Tags", "Meaning"), List.copyOf(rows.values()));
	}

	private List<String> row(Meter.Id id, Map<String, String> described) {
		String name = "`" + id.getName() + "`";
		Map<String, Set<String>> tags = new TreeMap<>();
		this.meters.find(id.getName())
			.meters()
			.forEach((meter) -> meter.getId()
				.getTags()
				.forEach((tag) -> tags.computeIfAbsent(tag.getKey(), (key) -> new TreeSet<>()).add(tag.getValue())));
		String shown = tags.entrySet()
			.stream()
			.map((tag) -> "`" + tag.getKey() + "`" + (tag.getKey().equals("state") ? values(tag.getValue()) : ""))
			.collect(Collectors.joining(", "));
		String unit = (id.getBaseUnit() != null) ? ", " + id.getBaseUnit() : "";
		return List.of(name, id.getType().name().toLowerCase(Locale.ROOT).replace('_', ' ') + unit, shown,
				GeneratedPart.describe(described, name));
	}

	private static String values(Set<String> values) {
		return values.stream().map((value) -> "`" + value + "`").collect(Collectors.joining(", ", " (", ")"));
	}

	@Test
	void healthDetails() throws Exception {
		GeneratedPart part = new GeneratedPart(ConfigurationPageTests.PAGE, "health details");
		Map<String, String> described = part.described();
		Set<String> details = new TreeSet<>();
		for (String file : List.of("EtcdHealthIndicator", "RelationDetails", "MemberDetails")) {
			String source = Files.readString(HEALTH.resolve(file + ".java"));
			Matcher found = DETAIL.matcher(source);
			while (found.find()) {
				details.add(prefix(source.substring(0, found.start())) + found.group(1));
			}
			Matcher nested = NESTED.matcher(source);
			while (nested.find()) {
				details.add(nested.group(1) + "." + nested.group(2));
				details.add(nested.group(1) + "." + nested.group(3));
			}
		}
		assertThat(details).contains("relation", "endpoints.*.version", "members.*.certificate", "pending.since",
				"refusals[].code");
		part.verifyTable(List.of("Detail", "Meaning"),
				details.stream()
					.map((detail) -> List.of("`" + detail + "`", GeneratedPart.describe(described, "`" + detail + "`")))
					.toList());
	}

	/**
	 * Return what the details of the method are below, by what it describes.
	 */
	private static String prefix(String before) {
		Matcher method = METHOD.matcher(before);
		String argument = "";
		while (method.find()) {
			argument = (method.group(1) != null) ? method.group(1) : "";
		}
		return switch (argument) {
			case "MemberStatus" -> "endpoints.*.";
			case "ChannelStatus.Member" -> "members.*.";
			case "RequestRefusal" -> "refusals[].";
			default -> "";
		};
	}

	@Test
	void healthOutput() {
		run((context) -> {
			Health health = context.getBean(HealthIndicator.class).health();
			Map<String, Object> shown = new LinkedHashMap<>();
			shown.put("status", health.getStatus().getCode());
			shown.put("details", health.getDetails());
			new GeneratedPart(ConfigurationPageTests.PAGE, "health output").verify(json(shown));
		});
	}

	@Test
	void endpointOutput() {
		run((context) -> new GeneratedPart(ConfigurationPageTests.PAGE, "endpoint output")
			.verify(json(context.getBean(EtcdRelationEndpoint.class).relation("etcd"))));
	}

	private void run(ContextConsumer<AssertableApplicationContext> test) {
		ApplicationContextRunner runner = RelationTester.runner(this.etcd)
			.withConfiguration(AutoConfigurations.of(EtcdMetricsAutoConfiguration.class,
					EtcdHealthContributorAutoConfiguration.class, EtcdActuatorAutoConfiguration.class))
			.withPropertyValues("etcd.relation.version=" + this.etcd.getVersion(),
					"management.endpoints.web.exposure.include=*")
			.withBean(MeterRegistry.class, () -> this.meters)
			.withBean(ObservationRegistry.class, this::observations);
		runner.run((context) -> {
			context.getBean(MeterBinder.class).bindTo(this.meters);
			Client client = context.getBean(Client.class);
			get(client.getKVClient().put(bytes("key"), bytes("value")));
			List<Object> created = new ArrayList<>();
			try (Watch.Watcher watcher = client.getWatchClient()
				.watch(bytes("key"), WatchOption.builder().withCreateNotify(true).build(), created::add)) {
				Awaitility.await().until(() -> !created.isEmpty());
				test.accept(context);
			}
		});
	}

	/**
	 * Return JSON in which what differs from run to run is replaced.
	 */
	private String json(Object value) {
		JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
		Object plain = ExampleValues.replace(mapper.readValue(mapper.writeValueAsString(value), Object.class),
				Map.of(this.etcd.getConnectionString(), "https://10.0.0.1:2379", this.etcd.getVersion(), "3.6.16"));
		return "\n```json\n" + mapper.writeValueAsString(plain).replace("\r\n", "\n") + "\n```\n\n";
	}

	private ObservationRegistry observations() {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new DefaultMeterObservationHandler(this.meters));
		return registry;
	}

}
