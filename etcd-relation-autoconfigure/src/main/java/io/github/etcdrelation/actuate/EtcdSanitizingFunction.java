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

package io.github.etcdrelation.actuate;

import java.util.Locale;
import java.util.regex.Pattern;

import io.github.etcdrelation.internal.tls.PrivateFiles;

import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;

/**
 * {@link SanitizingFunction} that sanitizes the secrets of relations to etcd in any
 * notation of their properties, and in any property private keys, which may reach a
 * relation through a placeholder, and what assigns such a secret, such as a command line.
 *
 * @since 0.1.0
 */
public final class EtcdSanitizingFunction implements SanitizingFunction {

	private static final Pattern SECRET = Pattern
		.compile("etcd(relations?|provider).*(clientkey|clientkeypassword|clientpassword)");

	private static final Pattern CERTIFICATE = Pattern.compile("etcdrelations?.*(clientcert|clientca)");

	private static final Pattern CONNECTION_STRING = Pattern.compile("etcdrelations?.*connectionstring");

	private static final Pattern USER_INFORMATION = Pattern.compile("//[^/]*@");

	// As an argument, a JVM option or flat JSON
	private static final Pattern ASSIGNMENT = Pattern
		.compile("(?i)etcd[._]relations?[._\\[][\\w.\\[\\]-]*(client-?_?key|password)\"?\\s*[=:]");

	private static final Pattern JSON = Pattern.compile("springapplicationjson");

	private static final Pattern JSON_SECRET = Pattern
		.compile("(?is)\"etcd.*\"[\\w.-]*(client-?_?key|password)\"\\s*:");

	private static final Pattern CONTENT = Pattern.compile("-----BEGIN|^\\s*base64:");

	@Override
	public SanitizableData apply(SanitizableData data) {
		Object value = data.getValue();
		if (value == null) {
			return data;
		}
		String text = String.valueOf(value);
		String key = data.getKey().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
		return (isSecret(key, text) || containsSecret(key, text)) ? data.withSanitizedValue() : data;
	}

	private static boolean isSecret(String key, String text) {
		return SECRET.matcher(key).matches() || (CERTIFICATE.matcher(key).matches() && CONTENT.matcher(text).find())
				|| (CONNECTION_STRING.matcher(key).matches() && USER_INFORMATION.matcher(text).find());
	}

	private static boolean containsSecret(String key, String text) {
		return (text.contains("-----BEGIN") && PrivateFiles.isPrivate(text)) || ASSIGNMENT.matcher(text).find()
				|| (JSON.matcher(key).matches() && JSON_SECRET.matcher(text).find());
	}

}
