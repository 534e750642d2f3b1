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

package io.github.etcdrelation.source;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.etcdrelation.InvalidRelationDataException;

/**
 * Reads the databag of a unit from JSON.
 */
final class UnitFiles {

	private static final JsonFactory JSON = new JsonFactory();

	private UnitFiles() {
	}

	static Map<String, String> parse(Path file, String text) {
		Map<String, String> databag = new LinkedHashMap<>();
		try (JsonParser parser = JSON.createParser(text)) {
			if (parser.nextToken() != JsonToken.START_OBJECT) {
				throw invalid(file);
			}
			while (parser.nextToken() == JsonToken.FIELD_NAME) {
				String key = parser.currentName();
				JsonToken token = parser.nextToken();
				if (token == JsonToken.VALUE_STRING) {
					databag.put(key, parser.getText());
				}
				else if (token != JsonToken.VALUE_NULL) {
					throw invalid(file);
				}
			}
			if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
				throw invalid(file);
			}
			return databag;
		}
		catch (IOException ex) {
			// Not as the cause: it quotes the text
			throw invalid(file);
		}
	}

	private static InvalidRelationDataException invalid(Path file) {
		return new InvalidRelationDataException("directory",
				"has a file %s that is not a JSON object of strings".formatted(file),
				"Write the databag of the unit there, as relation-get --format=json shows it");
	}

}
