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

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.etcdrelation.actuate.RelationDescriptor;
import io.github.etcdrelation.event.EtcdProviderEvent;
import io.github.etcdrelation.event.EtcdRelationEvent;
import org.junit.jupiter.api.Test;

import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the tables of properties, events and of the endpoint's fields are those of
 * the code.
 */
class ConfigurationPageTests {

	static final String PAGE = "docs/configuration.md";

	private static final String SECONDS = " If a duration suffix is not specified, seconds will be used.";

	private static final List<String> ORDER = List.of("EtcdConnectedEvent", "EtcdAvailableEvent",
			"EtcdTlsAvailableEvent", "EtcdChangedEvent", "EtcdRotatedEvent", "EtcdRotationFailedEvent",
			"EtcdRequestRefusedEvent", "EtcdTlsUnavailableEvent", "EtcdUnavailableEvent", "EtcdDisconnectedEvent");

	@Test
	void properties() {
		KnownKeys keys = new KnownKeys();
		List<List<String>> rows = new ArrayList<>();
		keys.ofStarter().forEach((name, property) -> {
			if (!property.containsKey("deprecated")) {
				String shown = name.equals(KnownKeys.FURTHER) ? name + ".<name>.*" : name;
				String description = ((String) property.get("description")).replace(SECONDS, "");
				List<String> values = keys.values(name);
				String allowed = values.isEmpty() ? ""
						: values.stream().map((value) -> "`" + value + "`").collect(Collectors.joining(", ", " ", "."));
				Object value = property.get("defaultValue");
				rows.add(List.of("`" + shown + "`", description + allowed, type((String) property.get("type")),
						(value != null) ? "`" + value + "`" : ""));
			}
		});
		rows.sort(Comparator.comparing((row) -> row.get(0)));
		assertThat(rows).hasSizeGreaterThan(40);
		new GeneratedPart(PAGE, "properties").verifyTable(List.of("Property", "Meaning", "Type", "Default"), rows);
	}

	private static String type(String name) {
		if (name.startsWith(Map.class.getName())) {
			return "";
		}
		return switch (ClassUtils.getShortName(name)) {
			case "Boolean" -> "boolean";
			case "Duration" -> "duration";
			case "DataSize" -> "size";
			case "Path" -> "path";
			case "String" -> "text";
			default -> "value";
		};
	}

	@Test
	void relationEvents() {
		events("events of relations", EtcdRelationEvent.class);
	}

	@Test
	void providerEvents() {
		events("events of providers", EtcdProviderEvent.class);
	}

	private static void events(String part, Class<?> base) {
		SourceFiles sources = new SourceFiles(SourceFiles.STARTER.resolve("event"));
		List<List<String>> rows = sources.units()
			.stream()
			.map(SourceFiles::name)
			.filter((name) -> !name.equals("package-info"))
			.map(ConfigurationPageTests::event)
			.filter((type) -> base.isAssignableFrom(type) && type != base)
			.sorted(Comparator.comparing(ConfigurationPageTests::position).thenComparing(Class::getSimpleName))
			.map((type) -> List.of("`" + type.getSimpleName() + "`", sources.description(type.getSimpleName()),
					getters(type)))
			.toList();
		new GeneratedPart(PAGE, part).verifyTable(List.of("Event", "When", "Values of its own"), rows);
	}

	private static int position(Class<?> event) {
		int position = ORDER.indexOf(event.getSimpleName());
		return (position < 0) ? ORDER.size() : position;
	}

	private static Class<?> event(String name) {
		return ClassUtils.resolveClassName(EtcdRelationEvent.class.getPackageName() + "." + name, null);
	}

	private static String getters(Class<?> type) {
		return Stream.of(type.getDeclaredMethods())
			.filter((method) -> Modifier.isPublic(method.getModifiers()))
			.map(Method::getName)
			.sorted()
			.map((name) -> "`" + name + "()`")
			.collect(Collectors.joining(", "));
	}

	@Test
	void fieldsOfTheEndpoint() {
		SourceFiles sources = new SourceFiles(SourceFiles.STARTER.resolve("actuate"));
		List<List<String>> rows = new ArrayList<>();
		addFields(sources, RelationDescriptor.class, "", rows, new HashSet<>());
		new GeneratedPart(PAGE, "fields of the endpoint").verifyTable(List.of("Field", "Meaning"), rows);
	}

	private static void addFields(SourceFiles sources, Class<?> type, String prefix, List<List<String>> rows,
			Set<Class<?>> seen) {
		Map<String, String> descriptions = sources.components(type.getSimpleName());
		for (RecordComponent component : type.getRecordComponents()) {
			String field = prefix + component.getName();
			rows.add(List.of("`" + field + "`", descriptions.get(component.getName())));
			Stream.of(RelationDescriptor.class.getDeclaredClasses())
				.filter((nested) -> component.getGenericType().getTypeName().contains(nested.getName()))
				.filter(seen::add)
				.forEach((nested) -> addFields(sources, nested,
						field + ((component.getType() == List.class) ? "[]." : "."), rows, seen));
		}
	}

}
