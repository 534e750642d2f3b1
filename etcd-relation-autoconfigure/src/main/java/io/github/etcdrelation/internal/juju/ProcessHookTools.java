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
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.databag.DatabagJson;
import org.jspecify.annotations.Nullable;

/**
 * Runs the hook tools that Juju has installed. Values pass through standard input and
 * output only.
 */
public final class ProcessHookTools implements HookTools {

	private static final Duration TIME_LIMIT = Duration.ofSeconds(10);

	private static final int MAX_WORDS = 200;

	private static final int SHORTEST_SECRET = 4;

	private static final String ITEM = "juju.enabled";

	private final @Nullable Path directory;

	private final Duration timeLimit;

	/**
	 * Use the tools on the {@code PATH}.
	 */
	public ProcessHookTools() {
		this(null, TIME_LIMIT);
	}

	/**
	 * Use the tools in a directory.
	 * @param directory the directory, {@code null} for those on the {@code PATH}
	 * @param timeLimit how long a tool may run
	 */
	public ProcessHookTools(@Nullable Path directory, Duration timeLimit) {
		this.directory = directory;
		this.timeLimit = timeLimit;
	}

	@Override
	public List<String> relationIds(String endpoint) {
		return answer("relation-ids", DatabagJson::readNames, Collections.emptyList(), endpoint, "--format=json");
	}

	@Override
	public List<String> relationList(String relationId) {
		return answer("relation-list", DatabagJson::readNames, Collections.emptyList(), "--format=json", "-r",
				relationId);
	}

	@Override
	public Map<String, String> relationGet(String relationId, String unit) {
		return answer("relation-get", DatabagJson::readDatabag, Collections.emptyMap(), "--format=json", "-r",
				relationId, "-", unit);
	}

	@Override
	public void relationSet(String relationId, Map<String, String> values) {
		run("relation-set", DatabagJson.write(values), values.values(), "-r", relationId, "--file", "-");
	}

	private <T> T answer(String tool, Function<String, Optional<T>> parser, T none, String... arguments) {
		String output = run(tool, "", Collections.emptyList(), arguments).strip();
		return output.equals("null") ? none : parser.apply(output)
			.orElseThrow(() -> failure(tool, "did not answer with the JSON that is expected", null));
	}

	private String run(String tool, String input, Collection<String> secrets, String... arguments) {
		List<String> command = new ArrayList<>();
		command.add((this.directory != null) ? this.directory.resolve(tool).toString() : tool);
		command.addAll(List.of(arguments));
		ToolProcess.Result result;
		try {
			result = ToolProcess.run(command, input, this.timeLimit);
		}
		catch (ToolProcess.FailedException ex) {
			throw failure(tool, String.valueOf(ex.getMessage()), ex.getCause());
		}
		if (result.exitCode() != 0) {
			throw failure(tool, "failed with exit code %d%s".formatted(result.exitCode(), words(result, secrets)),
					null);
		}
		return new String(result.output(), StandardCharsets.UTF_8);
	}

	private static String words(ToolProcess.Result result, Collection<String> secrets) {
		String line = new String(result.errors(), StandardCharsets.UTF_8).lines()
			.map(String::strip)
			.filter((candidate) -> !candidate.isEmpty())
			.findFirst()
			.orElse("");
		if (line.isEmpty()) {
			return "";
		}
		// It may quote its input
		boolean telling = line.contains("-----BEGIN") || secrets.stream()
			.flatMap(ProcessHookTools::parts)
			.anyMatch((part) -> part.length() >= SHORTEST_SECRET && line.contains(part));
		if (telling) {
			return " and words that quote a value";
		}
		String plain = line.replaceAll("\\p{Cntrl}", " ").replaceAll("[A-Za-z0-9+/=]{40,}", "...");
		return ": " + ((plain.length() > MAX_WORDS) ? plain.substring(0, MAX_WORDS) + "..." : plain);
	}

	private static Stream<String> parts(String value) {
		return value.lines().map(String::strip);
	}

	private static InvalidRelationDataException failure(String tool, String reason, @Nullable Throwable cause) {
		return new InvalidRelationDataException(ITEM, "is true, but the hook tool %s %s".formatted(tool, reason),
				"Run the application where the hook tools of Juju work, in a hook of its charm or below juju-exec",
				cause);
	}

}
