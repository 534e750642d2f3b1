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

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * What is imported: all keys below a prefix that ends with a slash, or a document in one
 * key.
 *
 * @param key the prefix or the key
 * @param extension the format of the document as the extension of a file, {@code null}
 * for a prefix
 */
record EtcdConfigLocation(String key, @Nullable String extension) {

	static final String PREFIX = "etcd:";

	private static final Pattern HINT = Pattern.compile("(.+)\\[\\.(\\w+)]");

	/**
	 * Parse a location.
	 * @param value the location, with or without the prefix {@value #PREFIX}
	 * @throws EtcdConfigException if it is none
	 */
	static EtcdConfigLocation parse(String value) {
		String key = value.startsWith(PREFIX) ? value.substring(PREFIX.length()) : value;
		Matcher hint = HINT.matcher(key);
		if (hint.matches()) {
			return document(value, hint.group(1), hint.group(2));
		}
		if (key.endsWith("/")) {
			return new EtcdConfigLocation(key, null);
		}
		return document(value, key, StringUtils.getFilenameExtension(key));
	}

	private static EtcdConfigLocation document(String value, String key, @Nullable String extension) {
		if (extension == null || !ConfigDocuments.isSupported(extension)) {
			throw EtcdConfigException.invalid(PREFIX + key,
					"is neither a prefix of keys nor a document of a known format",
					"End a prefix with a slash, as in etcd:/config/app/, and the key of a document with one of %s, or name its format as in etcd:/config/app[.yaml]"
						.formatted(ConfigDocuments.extensions()));
		}
		return new EtcdConfigLocation(key, extension);
	}

	boolean isPrefix() {
		return this.extension == null;
	}

	/**
	 * Return the location of what holds only for a profile: {@code /config/app,dev/} or
	 * {@code /config/app-dev.yaml}.
	 */
	EtcdConfigLocation forProfile(String profile) {
		if (isPrefix()) {
			return new EtcdConfigLocation(this.key.substring(0, this.key.length() - 1) + "," + profile + "/", null);
		}
		String end = "." + this.extension;
		return this.key.endsWith(end)
				? new EtcdConfigLocation(this.key.substring(0, this.key.length() - end.length()) + "-" + profile + end,
						this.extension)
				: new EtcdConfigLocation(this.key + "-" + profile, this.extension);
	}

	@Override
	public String toString() {
		boolean hint = this.extension != null && !this.key.endsWith("." + this.extension);
		return PREFIX + this.key + (hint ? "[." + this.extension + "]" : "");
	}

}
