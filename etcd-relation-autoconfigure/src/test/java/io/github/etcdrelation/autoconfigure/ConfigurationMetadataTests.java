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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what editors and the README tell about the properties.
 */
class ConfigurationMetadataTests {

	private static final Pattern CODE = Pattern.compile("`([^`]+)`");

	private static final String FURTHER = ConfigurationMetadata.FURTHER + ".<name>.*";

	private static final Pattern YAML = Pattern.compile("(?s)```yaml\n(.*?)```");

	private static final String SECONDS = "If a duration suffix is not specified, seconds will be used.";

	private final ConfigurationMetadata all = ConfigurationMetadata.load();

	private final ConfigurationMetadata additional = ConfigurationMetadata.loadAdditional();

	private final Map<String, Map<String, Object>> metadata = this.all.getProperties();

	private final Map<String, String> readme = readme();

	@Test
	void everyPropertyIsDescribed() {
		assertThat(this.metadata).isNotEmpty().allSatisfy((name, property) -> {
			assertThat(property).containsKey("type");
			assertThat((String) property.get("description")).isNotBlank().endsWith(".");
		});
	}

	@Test
	void everyPropertyThatIsNotDeprecatedIsInTheReadmeAndNoOther() {
		assertThat(this.readme.keySet()).containsExactlyInAnyOrderElementsOf(this.metadata.keySet()
			.stream()
			.filter((name) -> !this.metadata.get(name).containsKey("deprecated"))
			.toList());
	}

	@Test
	void readmeTellsTheDefaults() {
		this.readme.forEach((name, text) -> {
			Matcher code = CODE.matcher(text);
			Object expected = this.metadata.get(name).get("defaultValue");
			if (code.matches()) {
				assertThat(code.group(1)).as(name).isEqualTo(String.valueOf(expected));
			}
			else if (text.isEmpty()) {
				assertThat(expected).as(name).isNull();
			}
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
	void keysOfReadmeAreKnown() {
		Set<String> keys = new LinkedHashSet<>();
		Matcher blocks = YAML.matcher(String.join("\n", lines(Path.of("..", "README.md"))));
		while (blocks.find()) {
			String block = blocks.group(1);
			if (block.startsWith("etcd:")) {
				keys.addAll(keys(block));
			}
			else if (block.startsWith("    ")) {
				keys.addAll(keys("etcd:\n  relation:\n" + block));
			}
		}
		assertThat(keys).contains("etcd.relation.client-key", "etcd.relation.ssl.bundle").allMatch(this.all::knows);
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

	/**
	 * Return the defaults of the property table by name. Its first column holds a name,
	 * or a name and last parts of further names, each of which begins with a dot.
	 */
	private static Map<String, String> readme() {
		Map<String, String> defaults = new LinkedHashMap<>();
		List<String> lines = lines(Path.of("..", "README.md"));
		int header = lines.indexOf("| Property | Meaning | Default |");
		for (String line : lines.subList(header + 2, lines.size())) {
			if (!line.startsWith("|")) {
				break;
			}
			String[] cells = line.split("\\|", -1);
			Matcher names = CODE.matcher(cells[1]);
			String name = "";
			while (names.find()) {
				String code = names.group(1);
				name = code.startsWith(".") ? name.substring(0, name.lastIndexOf('.')) + code : code;
				defaults.put(name.equals(FURTHER) ? ConfigurationMetadata.FURTHER : name, cells[3].strip());
			}
		}
		return defaults;
	}

	private static List<String> lines(Path file) {
		try {
			return Files.readAllLines(file);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
