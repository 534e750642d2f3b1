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

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what editors and the README tell about the properties.
 */
class ConfigurationMetadataTests {

	private static final Pattern CODE = Pattern.compile("`([^`]+)`");

	// Of an entry of the map etcd.relations only the map itself is in the metadata
	private static final String FURTHER = "etcd.relations.<name>.*";

	private final Map<String, Map<String, Object>> metadata = metadata();

	private final Map<String, String> readme = readme();

	@Test
	void everyPropertyIsDescribed() {
		assertThat(this.metadata).isNotEmpty().allSatisfy((name, property) -> {
			assertThat(property).containsKey("type");
			assertThat((String) property.get("description")).isNotBlank().endsWith(".");
		});
	}

	@Test
	void everyPropertyIsInTheReadmeAndNoOther() {
		assertThat(this.readme.keySet()).containsExactlyInAnyOrderElementsOf(this.metadata.keySet());
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
	void hintsNamePropertiesThatExist() throws Exception {
		List<String> names = JsonPath.parse(resource()).read("$.hints[*].name");
		assertThat(names).isNotEmpty().allMatch(this.metadata::containsKey);
	}

	private static Map<String, Map<String, Object>> metadata() {
		Map<String, Map<String, Object>> metadata = new LinkedHashMap<>();
		List<Map<String, Object>> properties = JsonPath.parse(resource()).read("$.properties");
		properties.forEach((property) -> metadata.put((String) property.get("name"), property));
		return metadata;
	}

	private static InputStream resource() {
		// Other jars have one too
		String directory = EtcdRelationProperties.class.getProtectionDomain().getCodeSource().getLocation().getPath();
		try {
			return Files.newInputStream(Path.of(directory, "META-INF", "spring-configuration-metadata.json"));
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
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
				defaults.put(name.equals(FURTHER) ? "etcd.relations" : name, cells[3].strip());
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
