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

package io.github.etcdrelation.internal.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes text that comes from outside fit for messages and logs: names of files, words of
 * etcd and of tools, names in certificates. None of it can begin a line of its own or
 * control a terminal.
 */
public final class Printable {

	// Line ends and escape sequences, what reverses the direction, and bytes that are no
	// text
	private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\uFFFD]");

	private Printable() {
	}

	/**
	 * Return a text in which each character that cannot be seen has its code in its
	 * place.
	 * @param text the text
	 * @return the text on one line, the same if it has no such character
	 */
	public static String of(Object text) {
		return UNPRINTABLE.matcher(text.toString())
			.replaceAll((found) -> Matcher.quoteReplacement("\\u%04x".formatted(found.group().codePointAt(0))));
	}

	/**
	 * Return the beginning of a text in the same way.
	 * @param text the text
	 * @param max how many characters to return
	 * @return the text on one line, with three dots if it is longer
	 */
	public static String of(Object text, int max) {
		String printable = of(text);
		return (printable.length() > max) ? printable.substring(0, max) + "..." : printable;
	}

}
