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

package io.github.etcdrelation.documentation;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import com.sun.source.util.JavacTask;

/**
 * Compiles Java blocks of the documentation against the class path of the tests. A block
 * with an import or a package is a file as it is. Any other gets {@link #IMPORTS}; what
 * declares no type is put into a class that has the fields of {@link ExampleContext}, and
 * what declares no member into a method of that class.
 */
final class JavaExamples {

	private static final List<String> IMPORTS = List.of("java.net.URI", "java.nio.file.Path", "java.time.Duration",
			"java.util.*", "java.util.concurrent.*", "java.util.function.*", "io.etcd.jetcd.*",
			"io.etcd.jetcd.election.*", "io.etcd.jetcd.kv.*", "io.etcd.jetcd.lease.*", "io.etcd.jetcd.lock.*",
			"io.etcd.jetcd.op.*", "io.etcd.jetcd.options.*", "io.etcd.jetcd.watch.*", "io.github.etcdrelation.*",
			"io.github.etcdrelation.autoconfigure.EtcdConnectionDetails", "io.github.etcdrelation.client.*",
			"io.github.etcdrelation.event.*", "io.github.etcdrelation.integration.*", "io.github.etcdrelation.test.*",
			"org.junit.jupiter.api.*", "org.junit.jupiter.api.extension.RegisterExtension",
			"org.springframework.beans.factory.ObjectProvider", "org.springframework.beans.factory.annotation.*",
			"org.springframework.boot.*", "org.springframework.boot.autoconfigure.*", "org.springframework.boot.ssl.*",
			"org.springframework.boot.test.context.SpringBootTest",
			"org.springframework.boot.testcontainers.service.connection.ServiceConnection",
			"org.springframework.context.annotation.*", "org.springframework.context.event.EventListener",
			"org.springframework.integration.leader.event.*", "org.springframework.stereotype.Component",
			"org.springframework.test.annotation.DirtiesContext", "org.testcontainers.containers.GenericContainer",
			"org.testcontainers.containers.wait.strategy.Wait", "org.testcontainers.junit.jupiter.*");

	private static final Pattern FILE = Pattern.compile("(?m)^(import|package) ");

	private static final Pattern TYPE = Pattern
		.compile("(?m)^((public|final|abstract|sealed) )*(class|interface|record|enum|@interface) (\\w+)");

	private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");

	private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();

	private final List<Source> sources = new ArrayList<>();

	/**
	 * Add blocks. Each is a package of its own unless it declares one.
	 */
	JavaExamples add(List<Markdown.Block> blocks) {
		blocks.forEach((block) -> this.sources.add(source(block)));
		return this;
	}

	int size() {
		return this.sources.size();
	}

	private Source source(Markdown.Block block) {
		String text = block.text();
		String name = "examples" + this.sources.size();
		if (FILE.matcher(text).find()) {
			Matcher declared = PACKAGE.matcher(text);
			boolean named = declared.find();
			return new Source(block, named ? declared.group(1) : name, (named ? "" : "package " + name + ";") + text);
		}
		StringBuilder header = new StringBuilder("package " + name + ";");
		IMPORTS.forEach((type) -> header.append("import ").append(type).append(';'));
		header.append("import static java.nio.charset.StandardCharsets.UTF_8;")
			.append("import static org.assertj.core.api.Assertions.assertThat;");
		if (TYPE.matcher(text).find()) {
			return new Source(block, name, header + text + block.given());
		}
		header.append("class Example extends ").append(ExampleContext.class.getName()).append(" {");
		String members = header + text + "}" + block.given();
		if (parses(new Source(block, name, members))) {
			return new Source(block, name, members);
		}
		return new Source(block, name, header + " void run() throws Exception {" + text + "}}" + block.given());
	}

	private boolean parses(Source source) {
		DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
		try {
			JavacTask task = (JavacTask) this.compiler.getTask(null, null, diagnostics, List.of("-proc:none"), null,
					List.of(source));
			task.parse();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		return diagnostics.getDiagnostics().stream().noneMatch((found) -> found.getKind() == Diagnostic.Kind.ERROR);
	}

	/**
	 * Compile all blocks.
	 * @return what is wrong, with page and line
	 */
	List<String> compile(Path directory) throws IOException {
		DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
		Files.createDirectories(directory);
		List<JavaFileObject> files = new ArrayList<>(this.sources);
		files.addAll(OtherLibraries.sources());
		try (StandardJavaFileManager manager = this.compiler.getStandardFileManager(null, Locale.ROOT, null)) {
			this.compiler
				.getTask(null, manager, diagnostics,
						List.of("-proc:none", "-parameters", "-d", directory.toString(), "-classpath", classPath()),
						null, files)
				.call();
		}
		return diagnostics.getDiagnostics()
			.stream()
			.filter((found) -> found.getKind() == Diagnostic.Kind.ERROR)
			.map(JavaExamples::describe)
			.toList();
	}

	private static String describe(Diagnostic<? extends JavaFileObject> found) {
		String message = found.getMessage(Locale.ROOT);
		return (found.getSource() instanceof Source source)
				? "%s:%d: %s".formatted(source.block.page(), source.block.line() + found.getLineNumber(), message)
				: message;
	}

	private static String classPath() {
		return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
	}

	/**
	 * A block as a file. What is added before the block is on its first line, so that
	 * lines can be counted.
	 */
	private static final class Source extends SimpleJavaFileObject {

		private final Markdown.Block block;

		private final String text;

		Source(Markdown.Block block, String packageName, String text) {
			super(URI.create("memory:///" + packageName.replace('.', '/') + "/" + name(text) + ".java"), Kind.SOURCE);
			this.block = block;
			this.text = text;
		}

		private static String name(String text) {
			Matcher type = TYPE.matcher(text);
			return type.find() ? type.group(4) : "Example";
		}

		@Override
		public CharSequence getCharContent(boolean ignoreEncodingErrors) {
			return this.text;
		}

	}

}
