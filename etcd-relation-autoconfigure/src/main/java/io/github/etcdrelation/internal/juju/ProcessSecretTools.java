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

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.databag.DatabagJson;
import io.github.etcdrelation.internal.databag.EtcdClientDatabag;

/**
 * Runs the hook tools for secrets. Values pass through standard output and files that
 * only the owner may read.
 */
final class ProcessSecretTools implements SecretTools {

	private static final String JSON = "--format=json";

	private static final String GET = "secret-get";

	private static final String ADD = "secret-add";

	private static final String SET = "secret-set";

	private static final String INFO = "secret-info-get";

	/**
	 * What Juju says of a secret that it does not hand out. Models, relations and sockets
	 * have similar failures, which pass.
	 */
	private static final Pattern UNAVAILABLE = Pattern
		.compile("^(ERROR )?permission denied|^(?=.*\\bsecret\\b(?!-)).*(permission denied|is not allowed)"
				+ "|\\bsecret\\b(?!-| backend)[^:]*(?::(?=\\S)[^:]*){0,20}\\bnot found");

	private static final Pattern LABEL = Pattern.compile("\\blabel\\b");

	private final ToolRunner runner;

	ProcessSecretTools(ToolRunner runner) {
		this.runner = runner;
	}

	@Override
	public Map<String, String> get(String uri, String label) {
		try {
			return read(JSON, uri, "--label", label, "--refresh");
		}
		catch (ToolFailedException ex) {
			if (!ex.says(LABEL)) {
				throw ex;
			}
			// A secret that was replaced may still have the label
			return read(JSON, uri, "--refresh");
		}
	}

	@Override
	public Map<String, String> getOwn(String uri) {
		// The owner may not refresh, and without either it reads what it read first
		return read(JSON, uri, "--peek");
	}

	private Map<String, String> read(String... arguments) {
		return whereAvailable(
				() -> this.runner.answer(GET, DatabagJson::readDatabag, Collections.emptyMap(), arguments));
	}

	private static <T> T whereAvailable(Supplier<T> call) {
		try {
			return call.get();
		}
		catch (ToolFailedException ex) {
			throw ex.says(UNAVAILABLE) ? new SecretUnavailableException(ex) : ex;
		}
	}

	@Override
	public String add(String label, Map<String, String> content) {
		String output;
		try {
			output = write(ADD, content, "--label", label, "--owner", "application").strip();
		}
		catch (ToolFailedException ex) {
			if (!ex.says(LABEL)) {
				throw ex;
			}
			// A former attempt may have ended between the secret and the databag
			return replace(findExisting(label, ex), content, ex);
		}
		if (!output.startsWith(EtcdClientDatabag.SECRET_SCHEME) || output.lines().count() != 1) {
			throw this.runner.failure(ADD, "did not answer with the URI of a secret", null);
		}
		return output;
	}

	private String replace(String uri, Map<String, String> content, InvalidRelationDataException reason) {
		try {
			set(uri, content);
			return uri;
		}
		catch (InvalidRelationDataException ex) {
			ex.addSuppressed(reason);
			throw ex;
		}
	}

	private String findExisting(String label, InvalidRelationDataException reason) {
		try {
			return find(label).orElseThrow(() -> reason);
		}
		catch (InvalidRelationDataException ex) {
			throw reason;
		}
	}

	@Override
	public Optional<String> find(String label) {
		try {
			List<String> ids = whereAvailable(() -> this.runner.answer(INFO, DatabagJson::readKeys,
					Collections.emptyList(), JSON, "--label", label));
			return ids.stream()
				.findFirst()
				.map((id) -> id.startsWith(EtcdClientDatabag.SECRET_SCHEME) ? id
						: EtcdClientDatabag.SECRET_SCHEME + id);
		}
		catch (SecretUnavailableException ex) {
			return Optional.empty();
		}
	}

	@Override
	public void set(String uri, Map<String, String> content) {
		write(SET, content, uri);
	}

	private String write(String tool, Map<String, String> content, String... options) {
		SecretFiles files;
		try {
			files = SecretFiles.write(content);
		}
		catch (IOException ex) {
			throw this.runner.failure(tool, "cannot be given values: no private file can be written (%s)"
				.formatted(ex.getClass().getSimpleName()), ex);
		}
		try (files) {
			List<String> arguments = new ArrayList<>(List.of(options));
			arguments.addAll(files.getArguments());
			return this.runner.run(tool, "", content.values(), arguments.toArray(String[]::new));
		}
	}

	@Override
	public void grant(String uri, String relationId) {
		this.runner.run("secret-grant", "", Collections.emptyList(), "--relation", relationId, uri);
	}

	@Override
	public void remove(String uri) {
		whereAvailable(() -> this.runner.run("secret-remove", "", Collections.emptyList(), uri));
	}

}
