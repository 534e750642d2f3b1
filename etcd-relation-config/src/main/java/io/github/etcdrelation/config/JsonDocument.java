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
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;

import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginTrackedValue;

/**
 * Makes properties of JSON, as Boot's loader does of YAML.
 */
final class JsonDocument {

	private static final JsonFactory JSON = new JsonFactory();

	private JsonDocument() {
	}

	/**
	 * Parse an object.
	 * @param value the JSON
	 * @param origin the origin of all properties
	 * @throws IOException if it is no JSON object
	 */
	static Map<String, Object> parse(byte[] value, Origin origin) throws IOException {
		Map<String, Object> properties = new LinkedHashMap<>();
		try (JsonParser parser = JSON.createParser(value)) {
			JsonToken former = parser.nextToken();
			if (former != JsonToken.START_OBJECT) {
				throw new JsonParseException(parser, "no object");
			}
			for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
				JsonStreamContext context = parser.getParsingContext();
				boolean empty = token.isStructEnd() && former.isStructStart();
				if ((token.isScalarValue() || empty) && !context.inRoot()) {
					properties.put(name(context), OriginTrackedValue.of(empty ? "" : scalar(parser, token), origin));
				}
				else if (context.inRoot() && !token.isStructEnd()) {
					throw new JsonParseException(parser, "more than one object");
				}
				former = token;
			}
		}
		return properties;
	}

	private static Object scalar(JsonParser parser, JsonToken token) throws IOException {
		if (token.isBoolean()) {
			return parser.getBooleanValue();
		}
		if (token.isNumeric()) {
			return parser.getNumberValue();
		}
		return (token != JsonToken.VALUE_NULL) ? parser.getText() : "";
	}

	private static String name(JsonStreamContext context) {
		JsonStreamContext parent = context.getParent();
		String prefix = parent.inRoot() ? "" : name(parent);
		if (context.inArray()) {
			return prefix + "[" + context.getCurrentIndex() + "]";
		}
		return (prefix.isEmpty() ? "" : prefix + ".") + context.getCurrentName();
	}

}
