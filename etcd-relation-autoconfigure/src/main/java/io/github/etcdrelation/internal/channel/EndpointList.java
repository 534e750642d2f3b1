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

package io.github.etcdrelation.internal.channel;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import io.netty.util.NetUtil;

/**
 * Splits a connection string into its entries, however they are listed.
 */
final class EndpointList {

	private static final char BYTE_ORDER_MARK = '\uFEFF';

	private static final Pattern SEPARATOR = Pattern.compile("[,;\\r\\n]");

	private static final Pattern BLANKS = Pattern.compile("[\\s\\p{Z}]+");

	private EndpointList() {
	}

	/**
	 * Return the entries, without those that are empty.
	 */
	static List<String> split(String connectionString) {
		String list = connectionString;
		if (!list.isEmpty() && list.charAt(0) == BYTE_ORDER_MARK) {
			list = list.substring(1);
		}
		list = withoutQuotes(list.strip());
		if (isBracketed(list)) {
			list = list.substring(1, list.length() - 1);
		}
		List<String> entries = new ArrayList<>();
		for (String item : SEPARATOR.split(list)) {
			String entry = item.strip();
			// The items of a YAML list
			entry = withoutQuotes(entry.replaceFirst("^-(\\s+|\\z)", ""));
			if (!entry.isEmpty()) {
				entries.addAll(splitAtBlanks(entry));
			}
		}
		return entries;
	}

	/**
	 * A URL with a blank in it is a mistake, as are words; several URLs, or several
	 * addresses that have a port or a dot, are a list.
	 */
	private static List<String> splitAtBlanks(String entry) {
		List<String> parts = List.of(BLANKS.split(entry));
		long urls = parts.stream().filter((part) -> part.contains("://")).count();
		boolean addresses = urls == 0
				&& parts.stream().allMatch((part) -> part.indexOf(':') >= 0 || part.indexOf('.') >= 0);
		return (addresses || urls == parts.size()) ? parts : List.of(entry);
	}

	private static String withoutQuotes(String text) {
		if (text.length() > 1 && (text.charAt(0) == '"' || text.charAt(0) == '\'')
				&& text.indexOf(text.charAt(0), 1) == text.length() - 1) {
			return text.substring(1, text.length() - 1).strip();
		}
		return text;
	}

	/**
	 * Return whether brackets are around all of the text, and not around one IPv6
	 * address.
	 */
	private static boolean isBracketed(String text) {
		if (!text.startsWith("[") || !text.endsWith("]")) {
			return false;
		}
		int depth = 0;
		for (int i = 0; i < text.length() - 1; i++) {
			char character = text.charAt(i);
			depth += (character == '[') ? 1 : ((character == ']') ? -1 : 0);
			if (depth == 0) {
				return false;
			}
		}
		return !NetUtil.isValidIpV6Address(text.substring(1, text.length() - 1));
	}

}
