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

package io.github.etcdrelation.internal.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * A certificate with its key and authority, valid for a century.
 */
final class PemSamples {

	static final String AUTHORITY = read("ca.pem");

	static final String CERTIFICATE = read("client.pem");

	static final String KEY = read("client.key");

	static final String PASSWORD = "correct s3cr3t";

	private PemSamples() {
	}

	private static String read(String name) {
		try (InputStream stream = PemSamples.class.getResourceAsStream(name)) {
			return new String(stream.readAllBytes(), StandardCharsets.US_ASCII);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
