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

package io.github.etcdrelation.internal.juju;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.github.etcdrelation.InvalidRelationDataException;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Asks hook tools in a directory that answer with too much.
 */
public final class AskingProcess {

	private AskingProcess() {
	}

	public static void main(String[] arguments) {
		ProcessHookTools tools = new ProcessHookTools(Path.of(arguments[0]), Duration.ofSeconds(30));
		for (Runnable call : List.<Runnable>of(() -> tools.relationIds("etcd"), () -> tools.relationList("etcd:1"),
				() -> tools.relationGet("etcd:1", "etcd/0"))) {
			assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(call::run);
		}
	}

}
