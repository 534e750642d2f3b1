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

import java.time.Duration;

/**
 * The process that calls etcd in one way.
 */
public final class CallProcess {

	private static final int IN_FLIGHT = 64;

	private CallProcess() {
	}

	public static void main(String[] args) throws Exception {
		Subject subject = Subject.valueOf(args[0]);
		try (KeyValueStore store = subject.open(Access.parse(args[1]))) {
			CallMeasurement measurement = new CallMeasurement(store);
			Conversation.hold((words) -> {
				Operation operation = Operation.valueOf(words[1]);
				Duration duration = Duration.ofMillis(Long.parseLong(words[2]));
				return switch (words[0]) {
					case "concurrent" -> measurement.concurrent(operation, IN_FLIGHT, duration);
					case "sequential" -> measurement.sequential(operation, duration);
					default -> throw new IllegalArgumentException(words[0]);
				};
			});
		}
		// Threads that a client leaves behind do not matter here
		System.exit(0);
	}

}
