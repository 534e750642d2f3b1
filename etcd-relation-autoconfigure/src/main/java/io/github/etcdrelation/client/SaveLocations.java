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

package io.github.etcdrelation.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.InvalidRelationDataException;

/**
 * Files that the credentials of a relation are saved to.
 *
 * @param key the file for the private key
 * @param cert the file for the client certificate
 * @param ca the file for the certificate authority
 * @since 0.1.0
 */
public record SaveLocations(Path key, Path cert, Path ca) {

	/**
	 * Return what the files hold now.
	 */
	ClientCredentials read() {
		return new ClientCredentials(read("save.cert", this.cert), read("save.key", this.key),
				read("save.ca", this.ca));
	}

	private static String read(String item, Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new InvalidRelationDataException(item, "cannot be read from " + file + ": " + ex, null, ex);
		}
	}

}
