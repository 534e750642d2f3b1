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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * Hook tools that answer one text after the other, whatever they are asked. A text that
 * begins with an exclamation mark is what a tool says that fails.
 */
public final class ScriptedTools implements ToolRunner.Processes {

	private final List<String> answers;

	private int next;

	private ScriptedTools(List<String> answers) {
		this.answers = answers;
	}

	/**
	 * Create tools.
	 * @param answers what they answer, again and again
	 * @return the tools
	 */
	public static HookTools of(List<String> answers) {
		return new ProcessHookTools(new ScriptedTools(answers));
	}

	@Override
	public ToolProcess.Result run(List<String> command, String input, Duration timeLimit) {
		String answer = this.answers.get(this.next++ % this.answers.size());
		boolean failed = answer.startsWith("!");
		return new ToolProcess.Result(failed ? 1 : 0, failed ? new byte[0] : bytes(answer),
				// As a tool may quote what it was given
				failed ? bytes(answer.substring(1) + input) : new byte[0]);
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
