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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;

/**
 * Source files of published modules, parsed.
 */
final class SourceFiles {

	static final Path STARTER = Markdown.ROOT
		.resolve("etcd-relation-autoconfigure/src/main/java/io/github/etcdrelation");

	static final Path CONFIG = Markdown.ROOT
		.resolve("etcd-relation-config/src/main/java/io/github/etcdrelation/config");

	static final Path INTEGRATION = Markdown.ROOT
		.resolve("etcd-relation-integration/src/main/java/io/github/etcdrelation/integration");

	private static final Pattern TAG = Pattern.compile("\\{@(code|link|linkplain)\\s+([^}]*)}");

	private final List<CompilationUnitTree> units = new ArrayList<>();

	private final Map<String, String> comments = new LinkedHashMap<>();

	SourceFiles(Path... directories) {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
			List<Path> files = new ArrayList<>();
			for (Path directory : directories) {
				try (Stream<Path> found = Files.walk(directory)) {
					found.filter((file) -> file.toString().endsWith(".java")).sorted().forEach(files::add);
				}
			}
			JavacTask task = (JavacTask) compiler.getTask(null, manager, null, List.of("-proc:none"), null,
					manager.getJavaFileObjectsFromPaths(files));
			DocTrees trees = DocTrees.instance(task);
			for (CompilationUnitTree unit : task.parse()) {
				this.units.add(unit);
				readComments(trees, unit);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void readComments(DocTrees trees, CompilationUnitTree unit) {
		new TreePathScanner<Void, Void>() {

			@Override
			public Void visitClass(ClassTree type, Void argument) {
				String comment = trees.getDocComment(getCurrentPath());
				if (comment != null) {
					SourceFiles.this.comments.put(type.getSimpleName().toString(), comment);
				}
				return super.visitClass(type, argument);
			}

		}.scan(new TreePath(unit), null);
	}

	List<CompilationUnitTree> units() {
		return this.units;
	}

	static String name(CompilationUnitTree unit) {
		return Path.of(unit.getSourceFile().toUri()).getFileName().toString().replace(".java", "");
	}

	/**
	 * Return the description of a type.
	 */
	String description(String type) {
		return markdown(this.comments.get(type).split("\n\\s*@", 2)[0]);
	}

	/**
	 * Return the descriptions of the components of a record.
	 */
	Map<String, String> components(String type) {
		Map<String, String> components = new LinkedHashMap<>();
		for (String tag : this.comments.get(type).split("\n\\s*@")) {
			if (tag.startsWith("param ")) {
				String[] parts = tag.substring("param ".length()).strip().split("\\s+", 2);
				components.put(parts[0], markdown(parts[1]));
			}
		}
		return components;
	}

	private static String markdown(String comment) {
		String text = comment.replaceAll("\\s+", " ").replaceAll("<p>|</?[a-z]+>", "").strip();
		return TAG.matcher(text)
			.replaceAll((tag) -> Matcher.quoteReplacement("`" + shown(tag.group(1), tag.group(2)) + "`"));
	}

	private static String shown(String tag, String content) {
		if (tag.equals("code")) {
			return content.strip();
		}
		String[] parts = content.strip().split("\\s+", 2);
		return ((parts.length > 1) ? parts[1] : parts[0].replaceFirst("^#", "").replace('#', '.'));
	}

}
