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

package io.github.etcdrelation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Secrets that nothing may publish, and finds where something has.
 */
final class Secrets {

	// What etcd issues: 16 letters and the revision
	private static final Pattern TOKEN = Pattern.compile("(?<![\\w.$/-])[a-zA-Z]{16}\\.\\d+(?![\\w.])");

	private static final Pattern PRIVATE_KEY = Pattern
		.compile("-----BEGIN [A-Z ]*PRIVATE KEY-----(\\s|\\\\n|\\\\r)*[A-Za-z0-9+/]{8}");

	private final Map<String, String> parts = new LinkedHashMap<>();

	void add(String name, String secret) {
		byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
		this.parts.put(secret, name);
		this.parts.put(HexFormat.of().formatHex(bytes), name + " as hexadecimal digits");
		this.parts.put(Base64.getEncoder().withoutPadding().encodeToString(bytes), name + " as Base64");
	}

	void addKey(String name, String pem) {
		pem.lines()
			.filter((line) -> line.length() >= 16 && !line.startsWith("-----"))
			.forEach((line) -> this.parts.put(line, name));
	}

	/**
	 * Find secrets in a text.
	 * @param where what the text is
	 * @param text the text
	 * @return a description of each find, without the secret
	 */
	List<String> find(String where, String text) {
		List<String> found = new ArrayList<>();
		this.parts.forEach((part, name) -> {
			int position = text.indexOf(part);
			if (position >= 0) {
				found.add(where + " has " + name + ": " + line(text, position).replace(part, "<HERE>"));
			}
		});
		find(found, where, "a token", TOKEN, text);
		find(found, where, "a private key", PRIVATE_KEY, text);
		return found;
	}

	private static void find(List<String> found, String where, String name, Pattern pattern, String text) {
		Matcher matcher = pattern.matcher(text);
		if (matcher.find()) {
			found.add(where + " has " + name + ": " + line(text, matcher.start()).replace(matcher.group(), "<HERE>"));
		}
	}

	private static String line(String text, int position) {
		int start = Math.max(text.lastIndexOf('\n', position) + 1, position - 400);
		int end = text.indexOf('\n', position);
		return text.substring(start, Math.min((end >= 0) ? end : text.length(), position + 400));
	}

}
