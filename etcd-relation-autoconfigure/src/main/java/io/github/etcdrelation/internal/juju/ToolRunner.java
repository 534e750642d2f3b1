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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * Runs hook tools and understands how they answer and fail. What a tool says never
 * becomes part of an error if it quotes a secret.
 */
final class ToolRunner {

	private static final int MAX_WORDS = 200;

	// What is looked for in a line stands within its beginning
	private static final int MAX_LINE = 2000;

	private static final int SHORTEST_SECRET = 4;

	private static final Pattern SEPARATORS = Pattern.compile("[^\\p{L}\\p{N}]+");

	private static final String ITEM = "juju.enabled";

	private final @Nullable Path directory;

	private final Duration timeLimit;

	private final Processes processes;

	ToolRunner(@Nullable Path directory, Duration timeLimit, Processes processes) {
		this.directory = directory;
		this.timeLimit = timeLimit;
		this.processes = processes;
	}

	/**
	 * Run a tool that answers with JSON.
	 * @param tool the name of the tool
	 * @param parser reads the answer
	 * @param none what {@code null} as answer stands for
	 * @param arguments the arguments
	 * @return the answer
	 * @throws InvalidRelationDataException if the tool fails
	 */
	<T> T answer(String tool, Function<String, Optional<T>> parser, T none, String... arguments) {
		String output = run(tool, "", Collections.emptyList(), arguments).strip();
		return output.equals("null") ? none : parser.apply(output).orElseThrow(() -> unexpected(tool));
	}

	/**
	 * Run a tool.
	 * @param tool the name of the tool
	 * @param input its standard input
	 * @param secrets what no error may quote
	 * @param arguments the arguments, without any secret
	 * @return its standard output
	 * @throws InvalidRelationDataException if the tool fails
	 */
	String run(String tool, String input, Collection<String> secrets, String... arguments) {
		List<String> command = new ArrayList<>();
		command.add((this.directory != null) ? this.directory.resolve(tool).toString() : tool);
		command.addAll(List.of(arguments));
		ToolProcess.Result result;
		try {
			result = this.processes.run(command, input, this.timeLimit);
		}
		catch (ToolProcess.FailedException ex) {
			throw failure(tool, String.valueOf(ex.getMessage()), ex.getCause());
		}
		if (result.exitCode() != 0) {
			String words = words(result);
			throw new ToolFailedException(failure(tool,
					"failed with exit code %d%s".formatted(result.exitCode(), describe(words, secrets)), null),
					result.exitCode(), words);
		}
		return new String(result.output(), StandardCharsets.UTF_8);
	}

	private static String words(ToolProcess.Result result) {
		return new String(result.errors(), StandardCharsets.UTF_8).lines()
			.map(String::strip)
			.filter((candidate) -> !candidate.isEmpty())
			.findFirst()
			.map((line) -> line.substring(0, Math.min(line.length(), MAX_LINE)))
			.orElse("");
	}

	private static String describe(String line, Collection<String> secrets) {
		if (line.isEmpty()) {
			return "";
		}
		// It may quote its input
		if (line.contains("-----BEGIN") || secrets.stream().flatMap(ToolRunner::parts).anyMatch(quotedBy(line))) {
			return " and words that quote a value";
		}
		return ": " + Printable.of(line.replaceAll("[A-Za-z0-9+/=]{40,}", "..."), MAX_WORDS);
	}

	private static Predicate<String> quotedBy(String line) {
		String plain = withoutEscapes(line);
		// Short ones are part of other words
		Set<String> words = Set.copyOf(List.of(SEPARATORS.split(plain)));
		return (part) -> (part.length() >= SHORTEST_SECRET) ? plain.contains(part) : words.contains(part);
	}

	private static Stream<String> parts(String value) {
		return value.lines().map(ToolRunner::withoutEscapes).map(String::strip).filter((part) -> !part.isEmpty());
	}

	private static String withoutEscapes(String text) {
		return text.replace("\\", "");
	}

	/**
	 * Return the error about an answer that is not what was expected, which does not
	 * quote it.
	 */
	InvalidRelationDataException unexpected(String tool) {
		return failure(tool, "did not answer with the JSON that is expected", null);
	}

	/**
	 * Return the error about a tool that failed.
	 */
	InvalidRelationDataException failure(String tool, String reason, @Nullable Throwable cause) {
		return new InvalidRelationDataException(ITEM, "is true, but the hook tool %s %s".formatted(tool, reason),
				"Run the application where the hook tools of Juju work, in a hook of its charm or below juju-exec",
				cause);
	}

	/**
	 * Runs processes.
	 */
	@FunctionalInterface
	interface Processes {

		ToolProcess.Result run(List<String> command, String input, Duration timeLimit)
				throws ToolProcess.FailedException;

	}

}
