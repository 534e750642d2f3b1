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

package io.github.etcdrelation.secrets;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds private keys, the passwords of tests and tokens of etcd in texts.
 */
final class SecretScan {

	/**
	 * What each password in the tests contains.
	 */
	static final String MARKER = "s3cr3t";

	// What the Base64 of a private key begins with: PKCS#8, PKCS#1 and SEC1
	private static final String KEY_START = "(M[A-I][A-Za-z0-9+/]CAQ(Aw|EE)|MI[GH][A-Za-z0-9+/]AgE(AM|BB)"
			+ "|MII[A-Za-z0-9+/]{3}IBA[AD])";

	// The identifier of PBES2, with which private keys are encrypted
	private static final String ENCRYPTED_KEY = "BgkqhkiG9w0BBQ0|GCSqGSIb3DQEFDT|YJKoZIhvcNAQUN";

	private static final Map<String, Pattern> PATTERNS = new LinkedHashMap<>();

	static {
		PATTERNS.put("private key",
				Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY-----(\\s|\\\\n|\\\\r|&#10;|&#13;)*[A-Za-z0-9+/]{16}"));
		PATTERNS.put("start of a private key", Pattern.compile("(?<![A-Za-z0-9+/])" + KEY_START + "[A-Za-z0-9+/]{16}"));
		PATTERNS.put("encrypted private key", Pattern.compile(ENCRYPTED_KEY));
		PATTERNS.put("password", Pattern.compile(MARKER));
		PATTERNS.put("password as hexadecimal digits", Pattern.compile("733363723374"));
		PATTERNS.put("token of etcd", Pattern.compile("(?<![\\w.$/-])[a-zA-Z]{16}\\.\\d+(?![\\w.])"));
	}

	private SecretScan() {
	}

	/**
	 * Search a file.
	 * @param file the file
	 * @return a description of each find, without the secret
	 */
	static List<String> find(Path file) throws IOException {
		try (Reader reader = new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8)) {
			return find(file.toString(), reader);
		}
	}

	static List<String> find(String name, Reader reader) throws IOException {
		List<String> found = new ArrayList<>();
		BufferedReader lines = new BufferedReader(reader);
		String before = "";
		int number = 0;
		for (String line = lines.readLine(); line != null; line = lines.readLine()) {
			number++;
			// A block of PEM begins on the line before
			String text = before.contains("PRIVATE KEY-----") ? before + "\n" + line : line;
			for (Map.Entry<String, Pattern> pattern : PATTERNS.entrySet()) {
				Matcher matcher = pattern.getValue().matcher(text);
				if (matcher.find()) {
					found.add("%s:%d: %s: %s".formatted(name, number, pattern.getKey(), excerpt(text, matcher)));
				}
			}
			before = line;
		}
		return found;
	}

	private static String excerpt(String text, Matcher matcher) {
		int start = Math.max(0, matcher.start() - 120);
		int end = Math.min(text.length(), matcher.end() + 40);
		return text.substring(start, matcher.start()) + "<HERE>"
				+ ((matcher.end() - matcher.start() < 40) ? text.substring(matcher.end(), end) : "");
	}

}
