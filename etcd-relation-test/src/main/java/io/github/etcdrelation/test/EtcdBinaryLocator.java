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

package io.github.etcdrelation.test;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;
import org.springframework.util.FileSystemUtils;
import org.springframework.util.StringUtils;

/**
 * Finds an etcd executable: the configured one, the installed one, the one in the user's
 * cache, the official release, the distribution's package.
 */
final class EtcdBinaryLocator {

	private static final Log logger = LogFactory.getLog(EtcdBinaryLocator.class);

	private static final String RELEASE_VERSION = "3.6.14";

	private static final String PACKAGE = "etcd-server";

	// A machine without network is to get to the next way at once
	private static final Duration ANSWER_LIMIT = Duration.ofSeconds(3);

	private static final Duration DOWNLOAD_LIMIT = Duration.ofMinutes(5);

	private final UnaryOperator<@Nullable String> properties;

	private final UnaryOperator<@Nullable String> environment;

	private final String platform;

	private final Releases releases;

	EtcdBinaryLocator() {
		this(System::getProperty, System::getenv, Releases.official());
	}

	/**
	 * Create a locator.
	 * @param properties returns the system property of a name
	 * @param environment returns the environment variable of a name
	 * @param releases the releases that may be downloaded
	 */
	EtcdBinaryLocator(UnaryOperator<@Nullable String> properties, UnaryOperator<@Nullable String> environment,
			Releases releases) {
		this.properties = properties;
		this.environment = environment;
		this.platform = operatingSystem() + "-" + EtcdProcess.goArch();
		this.releases = releases;
	}

	/**
	 * Find etcd.
	 * @return a binary that runs
	 * @throws IllegalStateException if the configured binary is unusable or none is found
	 */
	EtcdBinary locate() {
		EtcdBinary configured = configured();
		if (configured != null) {
			return configured;
		}
		List<String> failures = new ArrayList<>();
		for (Way way : List.of(new Way("PATH", this::installed), new Way("cache", this::cached),
				new Way("release", this::release), new Way("distribution package", this::distributionPackage))) {
			try {
				return way.finder().find();
			}
			catch (IOException | RuntimeException ex) {
				failures.add(way.name() + ": "
						+ ((ex.getMessage() != null) ? ex.getMessage() : ex.getClass().getSimpleName()));
				if (Thread.currentThread().isInterrupted()) {
					break;
				}
			}
		}
		throw new IllegalStateException("""
				No etcd was found for %s. Tried:
				  - %s
				Install etcd 3.4 or later so that it is on the PATH, or name the executable with the system property \
				'etcd.binary' or the environment variable 'ETCD_BINARY'.""".formatted(this.platform,
				String.join("\n  - ", failures)));
	}

	private @Nullable EtcdBinary configured() {
		String source = "system property 'etcd.binary'";
		String value = this.properties.apply("etcd.binary");
		if (!StringUtils.hasText(value)) {
			source = "environment variable 'ETCD_BINARY'";
			value = this.environment.apply("ETCD_BINARY");
		}
		if (!StringUtils.hasText(value)) {
			return null;
		}
		try {
			return EtcdBinary.verify(Path.of(value));
		}
		catch (IOException | RuntimeException ex) {
			throw new IllegalStateException(
					"The etcd that the %s names is unusable: %s".formatted(source, ex.getMessage()), ex);
		}
	}

	private EtcdBinary installed() throws IOException {
		return EtcdBinary.verify(findOnPath("etcd"));
	}

	private EtcdBinary cached() throws IOException {
		Path cache = cacheDirectory();
		List<EtcdBinary> found = new ArrayList<>();
		List<String> failures = new ArrayList<>();
		if (Files.isDirectory(cache)) {
			try (DirectoryStream<Path> entries = Files.newDirectoryStream(cache, "etcd-*-" + this.platform)) {
				for (Path entry : entries) {
					try {
						found.add(EtcdBinary.verify(entry.resolve("etcd")));
					}
					catch (IOException ex) {
						failures.add(ex.getMessage());
					}
				}
			}
		}
		return found.stream()
			.max(Comparator.comparing(EtcdBinary::version, EtcdBinaryLocator::compareVersions))
			.orElseThrow(
					() -> new IOException(failures.isEmpty() ? "nothing in " + cache : String.join(", ", failures)));
	}

	private EtcdBinary distributionPackage() throws IOException {
		String aptGet = findOnPath("apt-get").toString();
		String dpkgDeb = findOnPath("dpkg-deb").toString();
		return install((workDirectory) -> {
			logger.info(LogMessage.format("Downloading package %s with apt-get", PACKAGE));
			Path archive = downloadPackage(aptGet, workDirectory);
			Path content = workDirectory.resolve("content");
			Command.run(Duration.ofMinutes(1), dpkgDeb, "-x", archive.toString(), content.toString());
			return content.resolve("usr/bin/etcd");
		});
	}

	private static Path downloadPackage(String aptGet, Path workDirectory) throws IOException {
		// Directories of our own: needs no root, changes nothing on the machine
		Path cache = workDirectory.resolve("apt/cache");
		Files.createDirectories(cache.resolve("archives/partial"));
		List<String> command = new ArrayList<>(
				List.of(aptGet, "-q", "-o", "Dir::Cache=" + cache, "-o", "APT::Sandbox::User=root", "-o",
						"Acquire::Retries=2", "-o", "Acquire::http::Timeout=20", "-o", "Acquire::https::Timeout=20"));
		Path target = Files.createDirectories(workDirectory.resolve("package"));
		try {
			return downloadPackage(command, target);
		}
		catch (IOException ex) {
			logger.debug("The package lists of this machine are missing or old", ex);
		}
		Path state = workDirectory.resolve("apt/state");
		Files.createDirectories(state.resolve("lists/partial"));
		command.addAll(List.of("-o", "Dir::State=" + state, "-o", "Dir::State::status=/dev/null"));
		Command.run(Duration.ofMinutes(3), target, append(command, "update"));
		return downloadPackage(command, target);
	}

	private static Path downloadPackage(List<String> command, Path target) throws IOException {
		Command.run(Duration.ofMinutes(3), target, append(command, "download", PACKAGE));
		try (DirectoryStream<Path> archives = Files.newDirectoryStream(target, "*.deb")) {
			for (Path archive : archives) {
				return archive;
			}
		}
		throw new IOException("apt-get downloaded nothing");
	}

	private static List<String> append(List<String> command, String... arguments) {
		List<String> result = new ArrayList<>(command);
		result.addAll(Arrays.asList(arguments));
		return result;
	}

	private EtcdBinary release() throws IOException {
		String checksum = this.releases.checksums().get(this.platform);
		if (checksum == null) {
			throw new IOException("no checksum is known for " + this.platform);
		}
		String tar = findOnPath("tar").toString();
		String name = "etcd-v" + RELEASE_VERSION + "-" + this.platform;
		URI uri = URI.create(this.releases.baseUrl() + "/v" + RELEASE_VERSION + "/" + name + ".tar.gz");
		return install((workDirectory) -> {
			logger.info(LogMessage.format("Downloading %s", uri));
			Path archive = download(uri, workDirectory.resolve("etcd.tar.gz"));
			String actual = sha256(archive);
			if (!actual.equals(checksum)) {
				throw new IOException("%s has checksum %s instead of %s".formatted(uri, actual, checksum));
			}
			Command.run(Duration.ofMinutes(1), tar, "-xzf", archive.toString(), "-C", workDirectory.toString(),
					name + "/etcd");
			return workDirectory.resolve(name).resolve("etcd");
		});
	}

	private static Path download(URI uri, Path target) throws IOException {
		HttpClient client = HttpClient.newBuilder()
			.followRedirects(HttpClient.Redirect.NORMAL)
			.connectTimeout(ANSWER_LIMIT)
			.build();
		CompletableFuture<Boolean> answered = new CompletableFuture<>();
		CompletableFuture<HttpResponse<Path>> future = client.sendAsync(HttpRequest.newBuilder(uri).build(), (info) -> {
			answered.complete(true);
			return BodyHandlers.ofFile(target).apply(info);
		});
		Duration limit = ANSWER_LIMIT;
		try {
			CompletableFuture.anyOf(answered, future).get(limit.toSeconds(), TimeUnit.SECONDS);
			limit = DOWNLOAD_LIMIT;
			HttpResponse<Path> response = future.get(limit.toSeconds(), TimeUnit.SECONDS);
			if (response.statusCode() != 200) {
				throw new IOException(uri + " answered with status " + response.statusCode());
			}
			return response.body();
		}
		catch (ExecutionException ex) {
			throw new IOException(uri + " is not reachable: " + ex.getCause(), ex);
		}
		catch (TimeoutException ex) {
			throw new IOException("%s took longer than %d s".formatted(uri, limit.toSeconds()), ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("Interrupted while downloading " + uri);
		}
		finally {
			future.cancel(true);
		}
	}

	private static String sha256(Path file) throws IOException {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			try (InputStream content = new DigestInputStream(Files.newInputStream(file), digest)) {
				content.transferTo(OutputStream.nullOutputStream());
			}
			return HexFormat.of().formatHex(digest.digest());
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private EtcdBinary install(Download download) throws IOException {
		Path cache = cacheDirectory();
		Path workDirectory;
		try {
			deleteStaleDownloads(Files.createDirectories(cache));
			workDirectory = Files.createTempDirectory(cache, "download");
		}
		catch (IOException ex) {
			throw new IOException("the cache directory " + cache + " cannot be written to (" + ex
					+ "), another one can be set with XDG_CACHE_HOME", ex);
		}
		try {
			EtcdBinary downloaded = EtcdBinary.verify(download.into(workDirectory));
			Path prepared = Files.createDirectory(workDirectory.resolve("prepared"));
			Path executable = prepared.resolve("etcd");
			Files.move(downloaded.path(), executable);
			Files.setPosixFilePermissions(executable, PosixFilePermissions.fromString("rwxr-xr-x"));
			Path target = cache.resolve("etcd-" + downloaded.version() + "-" + this.platform);
			try {
				Files.move(prepared, target, StandardCopyOption.ATOMIC_MOVE);
			}
			catch (IOException ex) {
				logger.debug("Another process was faster or left something unusable", ex);
			}
			return EtcdBinary.verify(target.resolve("etcd"));
		}
		finally {
			FileSystemUtils.deleteRecursively(workDirectory);
		}
	}

	private static void deleteStaleDownloads(Path cache) throws IOException {
		// Killed processes leave them behind
		Instant limit = Instant.now().minus(Duration.ofDays(1));
		try (DirectoryStream<Path> entries = Files.newDirectoryStream(cache, "download*")) {
			for (Path entry : entries) {
				if (Files.getLastModifiedTime(entry).toInstant().isBefore(limit)) {
					FileSystemUtils.deleteRecursively(entry);
				}
			}
		}
	}

	private Path cacheDirectory() {
		String home = this.properties.apply("user.home");
		String configured = this.environment.apply("XDG_CACHE_HOME");
		Path caches;
		if (StringUtils.hasText(configured)) {
			caches = Path.of(configured);
		}
		else {
			caches = Path.of((home != null) ? home : "/",
					this.platform.startsWith("darwin") ? "Library/Caches" : ".cache");
		}
		return caches.resolve("etcd-relation").toAbsolutePath();
	}

	private Path findOnPath(String name) throws IOException {
		String path = this.environment.apply("PATH");
		for (String directory : StringUtils.tokenizeToStringArray((path != null) ? path : "", File.pathSeparator)) {
			Path candidate = Path.of(directory, name);
			if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
				return candidate;
			}
		}
		throw new IOException("no " + name + " on the PATH");
	}

	private static String operatingSystem() {
		String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
		return name.startsWith("mac") ? "darwin" : name.replaceAll("\\s.*", "");
	}

	private static int compareVersions(String left, String right) {
		int[] leftParts = versionParts(left);
		int[] rightParts = versionParts(right);
		return Arrays.compare(leftParts, rightParts);
	}

	private static int[] versionParts(String version) {
		return Arrays.stream(version.split("\\D+")).filter(StringUtils::hasText).mapToInt(Integer::parseInt).toArray();
	}

	/**
	 * Releases that may be downloaded.
	 *
	 * @param baseUrl the URL below which they are, without a trailing slash
	 * @param checksums the SHA-256 of the archive by platform
	 */
	record Releases(String baseUrl, Map<String, String> checksums) {

		static Releases official() {
			return new Releases("https://github.com/etcd-io/etcd/releases/download",
					Map.of("linux-amd64", "ffe840ff9295808e88cce2794a18a5ac87f12a5203c8314d0bf6aa119b41bac5",
							"linux-arm64", "fa1b80565ee6fc2df1ae6f57a508b221f3ecc7d591c317c581cd8281b0842b3e"));
		}

	}

	private record Way(String name, Finder finder) {

	}

	private interface Finder {

		EtcdBinary find() throws IOException;

	}

	private interface Download {

		Path into(Path workDirectory) throws IOException;

	}

}
