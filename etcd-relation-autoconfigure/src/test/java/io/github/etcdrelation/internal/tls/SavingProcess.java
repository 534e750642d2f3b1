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

import java.nio.file.Path;

import io.github.etcdrelation.ClientCredentials;

/**
 * Saves credentials as often as it is asked to.
 */
public final class SavingProcess {

	static final int LINES = 400;

	private SavingProcess() {
	}

	/**
	 * Run the process.
	 * @param arguments the directory and how often to save
	 */
	public static void main(String[] arguments) {
		Path directory = Path.of(arguments[0]);
		CredentialFiles files = new CredentialFiles(directory.resolve("key"), directory.resolve("cert"),
				directory.resolve("ca"));
		int count = Integer.parseInt(arguments[1]);
		for (int i = 1; i <= count; i++) {
			files.save(credentials(i));
			if (i == 1) {
				System.out.println("saved");
			}
		}
	}

	static ClientCredentials credentials(int number) {
		return new ClientCredentials(text("cert", number), text("key", number), text("ca", number));
	}

	private static String text(String part, int number) {
		return (part + " " + number + "\n").repeat(LINES);
	}

}
