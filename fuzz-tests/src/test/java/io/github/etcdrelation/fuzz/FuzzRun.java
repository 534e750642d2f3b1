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

package io.github.etcdrelation.fuzz;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * Runs one target in a JVM of its own, with a small heap and a limit for each input.
 */
final class FuzzRun {

	private static final Duration START = Duration.ofMinutes(2);

	// Over before the second compiler pays
	private static final Duration SHORT = Duration.ofMinutes(1);

	private static final Path RESOURCES = Path.of("src", "test", "resources").toAbsolutePath();

	/**
	 * Java 17 breaks records that have annotated components when an agent transforms
	 * them.
	 */
	private static final String RECORDS = records();

	private static final Pattern DONE = Pattern.compile("Done (\\d+) runs? in (\\d+) second");

	private static final Pattern COVERAGE = Pattern.compile("cov: (\\d+) ft: (\\d+) corp: (\\d+)");

	private final FuzzTarget target;

	private final Path directory;

	private final Path log;

	FuzzRun(FuzzTarget target, Path directory) throws IOException {
		this.target = target;
		this.directory = Files.createDirectories(directory.resolve(target.getName()));
		this.log = this.directory.resolve("log.txt");
	}

	/**
	 * Run the target.
	 * @param time for how long
	 * @return a row of the report
	 */
	String run(Duration time) throws IOException, InterruptedException {
		Path corpus = Files.createDirectories(this.directory.resolve("corpus"));
		Path seeds = RESOURCES.resolve(this.target.getInputs());
		Files.createDirectories(this.directory.resolve("tmp"));
		Process process = new ProcessBuilder(command(time, corpus, seeds)).directory(this.directory.toFile())
			.redirectErrorStream(true)
			.redirectOutput(this.log.toFile())
			.start();
		try {
			boolean ended = process.waitFor(time.plus(START).toSeconds(), TimeUnit.SECONDS);
			String output = Files.readString(this.log);
			Hostile.require(ended, "The run does not end, see " + this.log);
			Hostile.require(process.exitValue() == 0 && !output.contains("== Java Exception"),
					"Something was found, see %s: move the crash-* or timeout-* beside it to %s%n%s".formatted(this.log,
							seeds, excerpt(output)));
			return row(output);
		}
		finally {
			process.destroyForcibly();
		}
	}

	private List<String> command(Duration time, Path corpus, Path seeds) throws IOException {
		List<String> command = new ArrayList<>(List.of(
				Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-XX:+UseSerialGC",
				"-XX:MaxDirectMemorySize=256m", "-XX:+EnableDynamicAgentLoading",
				"-Djava.io.tmpdir=" + this.directory.resolve("tmp"), "-cp", classPath(),
				"com.code_intelligence.jazzer.Jazzer", "--target_class=" + this.target.type(),
				"--target_method=" + this.target.method(), "--instrumentation_includes=io.github.etcdrelation.**",
				"--custom_hook_includes=io.github.etcdrelation.**", "--instrumentation_excludes=" + RECORDS,
				"--custom_hook_excludes=" + RECORDS, "-max_total_time=" + time.toSeconds(), "-timeout=30",
				"-max_len=" + this.target.maxLength(), "-rss_limit_mb=0", "-print_final_stats=1",
				"-artifact_prefix=" + this.directory + "/", corpus.toString()));
		if (time.compareTo(SHORT) < 0) {
			command.add(1, "-XX:TieredStopAtLevel=1");
			// Finds nothing, but searches the class path for the classes of regular
			// expressions
			command.add("--disabled_hooks=com.code_intelligence.jazzer.sanitizers.RegexRoadblocks");
		}
		if (Files.isDirectory(seeds)) {
			command.add(seeds.toString());
			try (Stream<Path> files = Files.list(seeds.getParent())) {
				files.filter((file) -> file.toString().endsWith(".dict"))
					.forEach((dictionary) -> command.add("-dict=" + dictionary));
			}
		}
		return command;
	}

	private static String classPath() {
		return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
	}

	private static String records() {
		try {
			Resource[] classes = new PathMatchingResourcePatternResolver()
				.getResources("classpath*:io/github/etcdrelation/**/*.class");
			return Stream.of(classes)
				.map((resource) -> resource.toString())
				.map((name) -> name.substring(name.lastIndexOf("io/github/"), name.lastIndexOf(".class"))
					.replace('/', '.'))
				.filter(FuzzRun::isBroken)
				.collect(Collectors.joining(File.pathSeparator));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static boolean isBroken(String name) {
		try {
			Class<?> type = Class.forName(name, false, FuzzRun.class.getClassLoader());
			return type.isRecord() && Stream.of(type.getRecordComponents())
				.anyMatch((component) -> component.getAnnotatedType().getAnnotations().length > 0);
		}
		catch (ClassNotFoundException | LinkageError ex) {
			return false;
		}
	}

	private String row(String output) {
		Matcher done = DONE.matcher(output);
		Hostile.require(done.find(), "The run has no end, see " + this.log);
		String coverage = "| |";
		Matcher matcher = COVERAGE.matcher(output);
		while (matcher.find()) {
			coverage = "%s | %s |".formatted(matcher.group(1), matcher.group(2));
		}
		return "| %s | %s | %s s | %s".formatted(this.target.getName(), done.group(1), done.group(2), coverage);
	}

	private static String excerpt(String output) {
		int at = output.indexOf("== Java Exception");
		String rest = (at >= 0) ? output.substring(at) : output.substring(Math.max(0, output.length() - 3000));
		return rest.substring(0, Math.min(rest.length(), 3000));
	}

}
