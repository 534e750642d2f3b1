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

import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The keys and the value of all calls, made before anything is measured.
 *
 * @param <T> the type that a client has for bytes
 */
final class Keys<T> {

	static final String PREFIX = "benchmark/";

	static final int COUNT = 1024;

	static final int VALUE_SIZE = 256;

	private final T[] keys;

	private final T value;

	Keys(Function<byte[], T> conversion, Function<Integer, T[]> array) {
		this.keys = IntStream.range(0, COUNT)
			.mapToObj((i) -> conversion.apply((PREFIX + "%04d".formatted(i)).getBytes(StandardCharsets.UTF_8)))
			.toArray(array::apply);
		this.value = conversion.apply("v".repeat(VALUE_SIZE).getBytes(StandardCharsets.UTF_8));
	}

	T key(int number) {
		return this.keys[number & (COUNT - 1)];
	}

	T value() {
		return this.value;
	}

}
