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

package io.github.etcdrelation.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

import org.springframework.boot.env.PropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.support.SpringFactoriesLoader;

/**
 * Documents of the formats that Boot has loaders for, and of JSON.
 */
final class ConfigDocuments {

	private static final String JSON = "json";

	private static final List<PropertySourceLoader> LOADERS = SpringFactoriesLoader
		.loadFactories(PropertySourceLoader.class, ConfigDocuments.class.getClassLoader());

	private ConfigDocuments() {
	}

	static boolean isSupported(String extension) {
		return extensions().contains(extension);
	}

	static SortedSet<String> extensions() {
		SortedSet<String> extensions = new TreeSet<>(List.of(JSON));
		LOADERS.forEach((loader) -> extensions.addAll(List.of(loader.getFileExtensions())));
		return extensions;
	}

	/**
	 * Parse a value.
	 * @param value the document
	 * @param extension its format
	 * @param origin where it is from
	 * @return the properties of each document in it
	 * @throws RuntimeException if it has another format
	 * @throws IOException if it has another format
	 */
	static List<ConfigProperties> parse(byte[] value, String extension, EtcdKeyOrigin origin) throws IOException {
		if (extension.equals(JSON)) {
			return List.of(ConfigProperties.of(JsonDocument.parse(value, origin)));
		}
		PropertySourceLoader loader = LOADERS.stream()
			.filter((candidate) -> List.of(candidate.getFileExtensions()).contains(extension))
			.findFirst()
			.orElseThrow();
		List<ConfigProperties> documents = new ArrayList<>();
		for (PropertySource<?> source : loader.load(origin.toString(), new Document(value, extension, origin),
				StandardCharsets.UTF_8)) {
			documents.add(ConfigProperties.of((Map<?, ?>) source.getSource()));
		}
		return documents;
	}

	/**
	 * A document that the loaders name by its key.
	 */
	private static final class Document extends ByteArrayResource {

		private final String extension;

		private final EtcdKeyOrigin origin;

		Document(byte[] value, String extension, EtcdKeyOrigin origin) {
			super(value);
			this.extension = extension;
			this.origin = origin;
		}

		@Override
		public String getFilename() {
			return "document." + this.extension;
		}

		@Override
		public String getDescription() {
			return this.origin.toString();
		}

	}

}
