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

package io.github.etcdrelation.sample.swarm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.event.EtcdAvailableEvent;
import io.github.etcdrelation.event.EtcdChangedEvent;
import io.github.etcdrelation.event.EtcdRelationEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.event.EventListener;
import org.springframework.core.io.Resource;
import org.springframework.stereotype.Component;
import org.springframework.util.Assert;

/**
 * Renders the file for Docker Compose when etcd becomes available and whenever the values
 * of the relation change. While etcd is not available the last file is kept.
 */
@Component
class ComposeFile {

	private static final Logger logger = LoggerFactory.getLogger(ComposeFile.class);

	private static final Pattern ENDPOINT = Pattern.compile("https?://([^\\s'/]+)/?", Pattern.CASE_INSENSITIVE);

	/**
	 * Suffix of the template's lines that are for TLS only.
	 */
	private static final String TLS_ONLY = " # tls";

	private final Path file;

	private final Path credentials;

	private final String template;

	ComposeFile(@Value("${swarm.directory:swarm}") String directory,
			@Value("classpath:templates/docker-compose.yml") Resource template) throws IOException {
		this.file = Path.of(directory, "docker-compose.yml").toAbsolutePath();
		this.credentials = this.file.resolveSibling("tls");
		this.template = template.getContentAsString(StandardCharsets.UTF_8);
	}

	@EventListener({ EtcdAvailableEvent.class, EtcdChangedEvent.class })
	void render(EtcdRelationEvent event) throws IOException {
		EtcdRelation relation = event.getRelation();
		String connectionString = relation.getConnectionString();
		if (connectionString == null) {
			// Lost again in the meantime, which another event announces
			return;
		}
		boolean tls = relation.isTlsAvailable();
		if (tls) {
			relation.saveClientCredentials(this.credentials.resolve("client-key.pem"),
					this.credentials.resolve("client-cert.pem"), this.credentials.resolve("client-ca.pem"));
		}
		write(this.template.lines()
			.filter((line) -> tls || !line.endsWith(TLS_ONLY))
			.map((line) -> line.replace(TLS_ONLY, "")
				.replace("@connection-string@", quoted(discovery(connectionString)))
				.replace("@credentials@", quoted(this.credentials.toString())))
			.collect(Collectors.joining("\n", "", "\n")));
		logger.info("rendered {} for relation {}", this.file, event.getRelationName());
	}

	/**
	 * Return a connection string in the form that Swarm understands: the scheme names the
	 * kind of store and is independent of TLS.
	 */
	static String discovery(String connectionString) {
		return Arrays.stream(connectionString.split(",")).map(String::strip).map((endpoint) -> {
			Matcher matcher = ENDPOINT.matcher(endpoint);
			Assert.state(matcher.matches(), () -> "Not the URL of an etcd member: " + endpoint);
			return "etcd://" + matcher.group(1);
		}).collect(Collectors.joining(","));
	}

	/**
	 * Quote for YAML within single quotes, and for Compose, which replaces variables.
	 */
	private static String quoted(String value) {
		return value.replace("'", "''").replace("$", "$$");
	}

	private void write(String content) throws IOException {
		Path directory = Files.createDirectories(this.file.getParent());
		Path temporary = Files.createTempFile(directory, ".docker-compose", ".tmp");
		try {
			Files.writeString(temporary, content);
			Files.move(temporary, this.file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		}
		finally {
			Files.deleteIfExists(temporary);
		}
	}

}
