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

import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.xml.parsers.DocumentBuilderFactory;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.yaml.snakeyaml.Yaml;

import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that blocks of configuration can be read and have keys that exist.
 */
class ConfigurationExampleTests {

	/**
	 * Keys of an application of the documentation itself.
	 */
	private static final String OWN = "orders.";

	private static final Pattern VARIABLE = Pattern.compile("\\bETCD_(?:RELATIONS?|PROVIDER)_[A-Z_]+");

	private final KnownKeys keys = new KnownKeys();

	@Test
	void keysOfYamlAreKnown() {
		Set<String> used = new LinkedHashSet<>();
		for (Markdown.Block block : blocks("yaml")) {
			for (Object document : new Yaml().loadAll(block.text())) {
				assertThat(document).as(block.toString()).isInstanceOf(Map.class);
				Map<?, ?> content = (Map<?, ?>) document;
				if (content.containsKey("apiVersion")) {
					verifyManifest(block, content);
				}
				else if (!content.containsKey("services") && !content.containsKey("groups")) {
					Set<String> found = keys(block.text());
					verifyKeys(block, found);
					used.addAll(found);
				}
			}
		}
		assertThat(used).contains("etcd.relation.client-key", "etcd.relation.ssl.bundle");
	}

	private static void verifyManifest(Markdown.Block block, Map<?, ?> manifest) {
		assertThat(manifest.get("kind")).as(block.toString()).isInstanceOf(String.class);
		assertThat(manifest.get("metadata")).as(block.toString()).isInstanceOf(Map.class);
		assertThat(((Map<?, ?>) manifest.get("metadata")).get("name")).as(block.toString()).isInstanceOf(String.class);
	}

	@Test
	void variablesAreKnown() {
		int checked = 0;
		for (Markdown.Block block : blocks("yaml", "sh", "properties", "text", "console")) {
			Matcher variables = VARIABLE.matcher(block.text());
			while (variables.find()) {
				checked++;
				assertThat(this.keys.knowsVariable(variables.group())).as("%s: %s", block, variables.group()).isTrue();
			}
		}
		assertThat(checked).isGreaterThan(5);
	}

	@Test
	void keysOfPropertiesAreKnown() throws Exception {
		for (Markdown.Block block : blocks("properties")) {
			Properties properties = new Properties();
			properties.load(new StringReader(block.text()));
			assertThat(properties).as(block.toString()).isNotEmpty();
			properties.stringPropertyNames()
				.stream()
				.filter((name) -> !name.matches("[A-Z_]+"))
				.forEach((name) -> verifyKeys(block, Set.of(name)));
		}
	}

	@Test
	void jsonIsRead() {
		List<Markdown.Block> blocks = blocks("json");
		assertThat(blocks).isNotEmpty()
			.allSatisfy(
					(block) -> assertThat(JsonPath.parse(block.text()).jsonString()).as(block.toString()).isNotNull());
	}

	@Test
	void dependenciesAreModules() throws Exception {
		List<String> artifacts = new ArrayList<>();
		for (Markdown.Block block : blocks("xml")) {
			String text = block.text().replaceFirst("^<\\?xml[^>]*>", "");
			Document document = DocumentBuilderFactory.newInstance()
				.newDocumentBuilder()
				.parse(new ByteArrayInputStream(("<block>" + text + "</block>").getBytes(StandardCharsets.UTF_8)));
			NodeList dependencies = document.getElementsByTagName("dependency");
			for (int i = 0; i < dependencies.getLength(); i++) {
				Element dependency = (Element) dependencies.item(i);
				if (text(dependency, "groupId").equals("io.github.etcdrelation")) {
					artifacts.add(text(dependency, "artifactId"));
				}
			}
		}
		assertThat(artifacts).contains("etcd-relation-starter", "etcd-relation-test")
			.allSatisfy((artifact) -> assertThat(Files.exists(Markdown.ROOT.resolve(artifact).resolve("pom.xml")))
				.as(artifact)
				.isTrue());
	}

	@Test
	void everyBlockHasAKnownLanguage() {
		assertThat(Markdown.documentation()).flatExtracting(Markdown::blocks)
			.allSatisfy((block) -> assertThat(block.language()).as(block.toString())
				.isIn("java", "yaml", "properties", "json", "xml", "sh", "text", "mermaid"));
	}

	@Test
	void misspeltKeysAreFound() {
		assertThat(keys("etcd:\n  relation:\n    conection-string: a\n")).noneMatch(this.keys::knows);
		assertThat(keys("etcd:\n  relations:\n    audit:\n      client-ca: a\n")).allMatch(this.keys::knows);
		assertThat(keys("etcd:\n  relations:\n    audit:\n      client-cas: a\n")).noneMatch(this.keys::knows);
		assertThat(this.keys.knowsVariable("ETCD_RELATION_CLIENTCERT")).isTrue();
		assertThat(this.keys.knowsVariable("ETCD_RELATION_CLIENT_CERT")).isFalse();
	}

	private void verifyKeys(Markdown.Block block, Set<String> found) {
		found.stream()
			.filter((key) -> !key.startsWith(OWN))
			.forEach((key) -> assertThat(this.keys.knows(key)).as("%s: %s", block, key).isTrue());
	}

	private static Set<String> keys(String yaml) {
		YamlPropertiesFactoryBean factory = new YamlPropertiesFactoryBean();
		factory.setResources(new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)));
		return factory.getObject().stringPropertyNames();
	}

	private static List<Markdown.Block> blocks(String... languages) {
		return Markdown.documentation().stream().flatMap((page) -> page.blocks(languages).stream()).toList();
	}

	private static String text(Element element, String name) {
		NodeList found = element.getElementsByTagName(name);
		return (found.getLength() > 0) ? found.item(0).getTextContent() : "";
	}

}
