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
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.springframework.util.StringUtils;

/**
 * What a key contributes: {@code server/port} below a prefix is the property
 * {@code server.port}; of a key with the extension of a document its content counts.
 *
 * @param entry the entry that was parsed
 * @param single the property of a key that is no document
 * @param documents its documents
 */
record ConfigKey(ConfigSnapshot.Entry entry, ConfigProperties single, List<ConfigDocument> documents) {

	/**
	 * Parse an entry.
	 * @param location the location
	 * @param key the whole key
	 * @param entry its entry
	 * @throws EtcdConfigException if the value is not what the key says
	 */
	static ConfigKey parse(EtcdConfigLocation location, String key, ConfigSnapshot.Entry entry) {
		EtcdKeyOrigin origin = new EtcdKeyOrigin(key, entry.revision());
		String text = text(location, entry, origin);
		String extension = location.isPrefix() ? StringUtils.getFilenameExtension(key) : location.extension();
		if (extension != null && ConfigDocuments.isSupported(extension)) {
			return new ConfigKey(entry, ConfigProperties.NONE, documents(location, entry, extension, origin));
		}
		String name = key.substring(location.key().length()).replace('/', '.');
		return new ConfigKey(entry, name.isEmpty() ? ConfigProperties.NONE : ConfigProperties.of(name, text, origin),
				List.of());
	}

	private static List<ConfigDocument> documents(EtcdConfigLocation location, ConfigSnapshot.Entry entry,
			String extension, EtcdKeyOrigin origin) {
		List<ConfigDocument> documents = new ArrayList<>();
		Set<String> names = new HashSet<>();
		try {
			for (ConfigProperties properties : ConfigDocuments.parse(entry.value().getBytes(), extension, origin)) {
				ConfigDocument document = ConfigDocument.of(origin.key(), properties, (name) -> !names.contains(name));
				names.add(document.name());
				documents.add(document);
			}
			return documents;
		}
		catch (IOException | RuntimeException ex) {
			// Without the cause: the parsers' messages have parts of the document
			throw EtcdConfigException.invalid(location.toString(),
					"has a document that cannot be parsed as %s: %s".formatted(extension, origin),
					"Correct the value of the key");
		}
	}

	private static String text(EtcdConfigLocation location, ConfigSnapshot.Entry entry, EtcdKeyOrigin origin) {
		try {
			return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(entry.value().getBytes())).toString();
		}
		catch (CharacterCodingException ex) {
			throw EtcdConfigException.invalid(location.toString(), "has a value that is no text in UTF-8: " + origin,
					"Correct the value of the key");
		}
	}

	@Override
	public String toString() {
		return this.entry.toString();
	}

}
