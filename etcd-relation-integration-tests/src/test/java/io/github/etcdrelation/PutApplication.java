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

import io.etcd.jetcd.Client;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;

/**
 * An application that puts a key and ends, for tests in a JVM of its own.
 */
public final class PutApplication {

	private PutApplication() {
	}

	public static void main(String[] properties) {
		RelationTester.runner().withPropertyValues(properties).run((context) -> {
			get(context.getBean(Client.class).getKVClient().put(bytes("key"), bytes("value")));
			System.out.println("put worked");
		});
	}

}
