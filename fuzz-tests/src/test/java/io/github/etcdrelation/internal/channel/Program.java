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

package io.github.etcdrelation.internal.channel;

import java.util.Arrays;

/**
 * Reads an input as what a peer does, step by step. It ends with zeros.
 */
final class Program {

	private final byte[] input;

	private int at;

	Program(byte[] input) {
		this.input = input;
	}

	synchronized boolean hasNext() {
		return this.at < this.input.length;
	}

	synchronized int next() {
		return hasNext() ? this.input[this.at++] & 0xFF : 0;
	}

	synchronized byte[] bytes(int length) {
		int end = Math.min(this.input.length, this.at + length);
		byte[] read = Arrays.copyOfRange(this.input, this.at, end);
		this.at = end;
		return read;
	}

	/**
	 * Return a number, mostly one at which something changes.
	 */
	synchronized long number() {
		int kind = next();
		return switch (kind % 10) {
			case 0 -> 0;
			case 1 -> -1;
			case 2 -> Long.MAX_VALUE;
			case 3 -> Long.MIN_VALUE;
			case 4 -> Integer.MAX_VALUE;
			case 5 -> (long) next() << 40;
			default -> next();
		};
	}

	<T> T choose(T[] choices) {
		return choices[next() % choices.length];
	}

}
