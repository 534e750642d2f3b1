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

package io.github.etcdrelation.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what editors tell about the properties.
 */
class ConfigurationMetadataTests {

	private static final String SECONDS = "If a duration suffix is not specified, seconds will be used.";

	private final ConfigurationMetadata all = ConfigurationMetadata.load();

	private final ConfigurationMetadata additional = ConfigurationMetadata.loadAdditional();

	private final Map<String, Map<String, Object>> metadata = this.all.getProperties();

	@Test
	void everyPropertyIsDescribed() {
		assertThat(this.metadata).isNotEmpty().allSatisfy((name, property) -> {
			assertThat(property).containsKey("type");
			assertThat((String) property.get("description")).isNotBlank().endsWith(".");
		});
	}

	@Test
	void descriptionsAreWordedLikeThoseOfSpringBoot() {
		this.metadata.forEach((name, property) -> {
			String description = (String) property.get("description");
			assertThat(description).as(name).doesNotStartWithIgnoringCase("the ").doesNotStartWith("A ");
			if (property.get("type").equals(Boolean.class.getName())) {
				assertThat(description).as(name).matches("(Whether|Enable) .*");
			}
			// Properties of an endpoint are described by Spring Boot
			if (property.get("type").equals(Duration.class.getName()) && name.startsWith("etcd.")) {
				assertThat(description).as(name).endsWith(SECONDS);
			}
			if (property.get("defaultValue") instanceof String value && value.length() > 2) {
				assertThat(description).as(name).doesNotContain(value);
			}
		});
	}

	@Test
	void additionalMetadataIsSorted() {
		assertThat(List.copyOf(this.additional.getProperties().keySet())).isNotEmpty().isSorted();
		assertThat(this.additional.getHintNames()).isNotEmpty().isSorted().doesNotHaveDuplicates();
	}

	@Test
	void additionalMetadataOfPropertiesNamesSomething() {
		this.additional.getProperties().forEach((name, property) -> {
			if (name.startsWith("etcd.")) {
				assertThat(this.metadata.get(name)).as(name).containsKey("sourceType");
			}
			else {
				assertThat(property).as(name).containsKeys("type", "description");
			}
		});
	}

	@Test
	void hintsNamePropertiesThatExist() {
		assertThat(this.all.getHintNames()).containsExactlyElementsOf(this.additional.getHintNames())
			.allMatch(this.metadata::containsKey);
	}

	@Test
	void hintsNameAllCallbackExecutors() {
		assertThat(this.all.getHintValues("etcd.relation.client.callback-executor"))
			.containsExactlyElementsOf(Arrays.stream(EtcdRelationProperties.CallbackExecutor.values())
				.map((value) -> value.name().toLowerCase(Locale.ROOT))
				.toList());
	}

	@Test
	void misspeltKeyIsNotKnown() {
		String correct = """
				etcd:
				  relation:
				    connectionString: http://a:2379
				    client:
				      request-timeout: 3s
				  relations:
				    audit:
				      save:
				        ca: /run/ca.pem
				  provider:
				    directory: /run/relation
				""";
		assertThat(keys(correct)).hasSize(4).allMatch(this.all::knows);
		for (String spelling : new String[] { "connectionString: conectionString", "client: clients",
				"request-timeout: request-time-outs", "save: saved", "ca: ca-cert", "directory: dir",
				"relations: relatons", "provider: providers" }) {
			String[] parts = spelling.split(": ");
			assertThat(keys(correct.replace(parts[0] + ":", parts[1] + ":"))).as(spelling)
				.anyMatch((key) -> !this.all.knows(key));
		}
	}

	@Test
	void keyWithMissingLetterIsNeverKnown() {
		Set<String> names = new LinkedHashSet<>(this.metadata.keySet());
		this.metadata.keySet()
			.stream()
			.filter((name) -> name.startsWith("etcd.relation."))
			.forEach((name) -> names.add(name.replace("etcd.relation.", "etcd.relations.audit.")));
		for (String name : names) {
			assertThat(this.all.knows(name)).as(name).isTrue();
			assertThat(this.all.knows(name.substring(0, name.length() - 1))).as(name).isFalse();
		}
	}

	private static Set<String> keys(String yaml) {
		YamlPropertiesFactoryBean factory = new YamlPropertiesFactoryBean();
		factory.setResources(new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)));
		return factory.getObject().stringPropertyNames();
	}

}
