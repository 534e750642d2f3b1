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

package io.github.etcdrelation.internal.databag;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

/**
 * Reads and writes databags and lists of names as JSON. Invalid text is never quoted.
 */
public final class DatabagJson {

	private static final JsonFactory JSON = new JsonFactory();

	private DatabagJson() {
	}

	/**
	 * Read a databag, in which {@code null} counts as absent.
	 * @param text the text
	 * @return the databag, empty if the text is not a JSON object of strings
	 */
	public static Optional<Map<String, String>> readDatabag(String text) {
		return read(text, DatabagJson::databag);
	}

	/**
	 * Read a list of names.
	 * @param text the text
	 * @return the names, empty if the text is not a JSON array of strings
	 */
	public static Optional<List<String>> readNames(String text) {
		return read(text, DatabagJson::names);
	}

	/**
	 * Write a databag.
	 * @param databag the databag
	 * @return a JSON object of strings
	 */
	public static String write(Map<String, String> databag) {
		StringWriter text = new StringWriter();
		try (JsonGenerator generator = JSON.createGenerator(text)) {
			generator.writeStartObject();
			for (Map.Entry<String, String> entry : databag.entrySet()) {
				generator.writeStringField(entry.getKey(), entry.getValue());
			}
			generator.writeEndObject();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return text.toString();
	}

	private static <T> Optional<T> read(String text, Content<T> content) {
		try (JsonParser parser = JSON.createParser(text)) {
			Optional<T> read = content.read(parser);
			return (read.isPresent() && parser.nextToken() == null) ? read : Optional.empty();
		}
		catch (IOException ex) {
			// Not propagated: it quotes the text
			return Optional.empty();
		}
	}

	private static Optional<Map<String, String>> databag(JsonParser parser) throws IOException {
		if (parser.nextToken() != JsonToken.START_OBJECT) {
			return Optional.empty();
		}
		Map<String, String> databag = new LinkedHashMap<>();
		while (parser.nextToken() == JsonToken.FIELD_NAME) {
			String key = parser.currentName();
			JsonToken token = parser.nextToken();
			if (token == JsonToken.VALUE_STRING) {
				databag.put(key, parser.getText());
			}
			else if (token != JsonToken.VALUE_NULL) {
				return Optional.empty();
			}
		}
		return (parser.currentToken() == JsonToken.END_OBJECT) ? Optional.of(databag) : Optional.empty();
	}

	private static Optional<List<String>> names(JsonParser parser) throws IOException {
		if (parser.nextToken() != JsonToken.START_ARRAY) {
			return Optional.empty();
		}
		List<String> names = new ArrayList<>();
		while (parser.nextToken() == JsonToken.VALUE_STRING) {
			names.add(parser.getText());
		}
		return (parser.currentToken() == JsonToken.END_ARRAY) ? Optional.of(names) : Optional.empty();
	}

	/**
	 * Reads the expected content of a text.
	 *
	 * @param <T> the type of the content
	 */
	@FunctionalInterface
	private interface Content<T> {

		Optional<T> read(JsonParser parser) throws IOException;

	}

}
