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

package io.github.etcdrelation.benchmark;

/**
 * A client of etcd, used as documented.
 */
interface KeyValueStore extends AutoCloseable {

	/**
	 * Start a call.
	 * @param operation what to do
	 * @param key the number of the key
	 * @param completion notified when the call has ended
	 */
	void start(Operation operation, int key, Completion completion);

	/**
	 * Make a call and wait for the answer.
	 * @param operation what to do
	 * @param key the number of the key
	 * @return the size of the value that was read or written
	 * @throws Exception if the call fails
	 */
	int call(Operation operation, int key) throws Exception;

	@Override
	void close();

}
