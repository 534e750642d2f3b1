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
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;

/**
 * Reads and writes databags and lists of names as JSON. Invalid text is never quoted.
 */
public final class DatabagJson {

	/**
	 * Far more than there is in any databag; so many names and values take little memory,
	 * whatever the size of the text.
	 */
	private static final long MAX_TOKENS = 200_000;

	private static final JsonFactory JSON = JsonFactory.builder()
		.streamReadConstraints(StreamReadConstraints.builder().maxTokenCount(MAX_TOKENS).build())
		.build();

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
	 * @param max how many names to read, whatever follows them
	 * @return the names, empty if the text is not a JSON array of strings
	 */
	public static Optional<List<String>> readNames(String text, int max) {
		return read(text, (parser) -> names(parser, max));
	}

	/**
	 * Read a text.
	 * @param text the JSON
	 * @return the text, empty if it is not a JSON string
	 */
	public static Optional<String> readText(String text) {
		return read(text, (parser) -> (parser.nextToken() == JsonToken.VALUE_STRING) ? Optional.of(parser.getText())
				: Optional.empty());
	}

	/**
	 * Read a boolean.
	 * @param text the JSON
	 * @return the boolean, empty if it is not a JSON boolean
	 */
	public static Optional<Boolean> readBoolean(String text) {
		return read(text, (parser) -> {
			JsonToken token = parser.nextToken();
			return (token != null && token.isBoolean()) ? Optional.of(parser.getBooleanValue()) : Optional.empty();
		});
	}

	/**
	 * Read the keys of an object, whatever their values are.
	 * @param text the text
	 * @return the keys, empty if the text is not a JSON object
	 */
	public static Optional<List<String>> readKeys(String text) {
		return read(text, DatabagJson::keys);
	}

	/**
	 * Read the objects in a list, of which only texts, numbers and booleans count.
	 * @param text the text
	 * @return the objects, empty if the text is not a JSON array of objects
	 */
	public static Optional<List<Map<String, String>>> readObjects(String text) {
		return read(text, DatabagJson::objects);
	}

	/**
	 * Read an object with whatever it contains; {@code null} counts as absent.
	 * @param text the text
	 * @return maps, lists, texts, numbers and booleans, empty if the text is not a JSON
	 * object
	 */
	public static Optional<Map<String, Object>> readObject(String text) {
		return read(text, (parser) -> (parser.nextToken() == JsonToken.START_OBJECT) ? Optional.of(object(parser))
				: Optional.empty());
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

	/**
	 * Write a value.
	 * @param value a map with texts as keys, a collection, a text, a number or a boolean
	 * @return the value as JSON
	 */
	public static String writeValue(Object value) {
		StringWriter text = new StringWriter();
		try (JsonGenerator generator = JSON.createGenerator(text)) {
			write(generator, value);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return text.toString();
	}

	private static void write(JsonGenerator generator, Object value) throws IOException {
		if (value instanceof Map<?, ?> map) {
			generator.writeStartObject();
			for (Map.Entry<?, ?> entry : map.entrySet()) {
				generator.writeFieldName(String.valueOf(entry.getKey()));
				write(generator, entry.getValue());
			}
			generator.writeEndObject();
		}
		else if (value instanceof Collection<?> collection) {
			generator.writeStartArray();
			for (Object element : collection) {
				write(generator, element);
			}
			generator.writeEndArray();
		}
		else {
			generator.writePOJO(value);
		}
	}

	private static <T> Optional<T> read(String text, Content<T> content) {
		try (JsonParser parser = JSON.createParser(text)) {
			Optional<T> read = content.read(parser);
			return (read.isPresent() && (parser.isClosed() || parser.nextToken() == null)) ? read : Optional.empty();
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

	private static Optional<List<String>> names(JsonParser parser, int max) throws IOException {
		if (parser.nextToken() != JsonToken.START_ARRAY) {
			return Optional.empty();
		}
		List<String> names = new ArrayList<>();
		while (parser.nextToken() == JsonToken.VALUE_STRING) {
			names.add(parser.getText());
			if (names.size() == max) {
				// For the rest does not count
				parser.close();
				return Optional.of(names);
			}
		}
		return (parser.currentToken() == JsonToken.END_ARRAY) ? Optional.of(names) : Optional.empty();
	}

	private static Optional<List<String>> keys(JsonParser parser) throws IOException {
		if (parser.nextToken() != JsonToken.START_OBJECT) {
			return Optional.empty();
		}
		List<String> keys = new ArrayList<>();
		while (parser.nextToken() == JsonToken.FIELD_NAME) {
			keys.add(parser.currentName());
			parser.nextToken();
			parser.skipChildren();
		}
		return (parser.currentToken() == JsonToken.END_OBJECT) ? Optional.of(keys) : Optional.empty();
	}

	private static Optional<List<Map<String, String>>> objects(JsonParser parser) throws IOException {
		if (parser.nextToken() != JsonToken.START_ARRAY) {
			return Optional.empty();
		}
		List<Map<String, String>> objects = new ArrayList<>();
		while (parser.nextToken() != JsonToken.END_ARRAY) {
			if (parser.currentToken() == null) {
				return Optional.empty();
			}
			if (parser.currentToken() == JsonToken.START_OBJECT) {
				objects.add(scalars(parser));
			}
			else {
				parser.skipChildren();
			}
		}
		return Optional.of(objects);
	}

	private static Map<String, String> scalars(JsonParser parser) throws IOException {
		Map<String, String> object = new LinkedHashMap<>();
		while (parser.nextToken() == JsonToken.FIELD_NAME) {
			String key = parser.currentName();
			JsonToken token = parser.nextToken();
			if (token.isScalarValue() && token != JsonToken.VALUE_NULL) {
				object.put(key, parser.getText());
			}
			parser.skipChildren();
		}
		return object;
	}

	private static Map<String, Object> object(JsonParser parser) throws IOException {
		Map<String, Object> object = new LinkedHashMap<>();
		while (parser.nextToken() == JsonToken.FIELD_NAME) {
			String key = parser.currentName();
			if (parser.nextToken() != JsonToken.VALUE_NULL) {
				object.put(key, value(parser));
			}
		}
		return object;
	}

	private static Object value(JsonParser parser) throws IOException {
		switch (parser.currentToken()) {
			case START_OBJECT -> {
				return object(parser);
			}
			case START_ARRAY -> {
				List<Object> list = new ArrayList<>();
				while (parser.nextToken() != JsonToken.END_ARRAY) {
					if (parser.currentToken() != JsonToken.VALUE_NULL) {
						list.add(value(parser));
					}
				}
				return list;
			}
			case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
				return parser.getNumberValue();
			}
			case VALUE_TRUE, VALUE_FALSE -> {
				return parser.getBooleanValue();
			}
			default -> {
				return parser.getText();
			}
		}
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
