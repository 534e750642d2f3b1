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

package io.github.etcdrelation.internal.provider;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Publishes sets of files as often as it is asked to.
 */
public final class PublishingProcess {

	private static final List<String> KEYS = List.of("connection_string", "version", "client_key", "client_cert",
			"client_ca");

	private PublishingProcess() {
	}

	/**
	 * Run the process.
	 * @param arguments the directory, the number of the first set and that after the last
	 */
	public static void main(String[] arguments) {
		DirectoryProviderTarget target = new DirectoryProviderTarget(Path.of(arguments[0]));
		int first = Integer.parseInt(arguments[1]);
		for (int i = first; i < Integer.parseInt(arguments[2]); i++) {
			target.publish(set(i));
			if (i == first) {
				System.out.println("published");
			}
		}
	}

	static Map<String, String> set(int number) {
		Map<String, String> set = new TreeMap<>();
		KEYS.forEach((key) -> set.put(key, ("set " + number + "\n").repeat(200)));
		return set;
	}

}
