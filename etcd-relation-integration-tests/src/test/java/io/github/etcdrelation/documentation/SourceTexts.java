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

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;

/**
 * The texts in the code of the starter. A text is what string literals give together,
 * with an ellipsis for each part that varies. Reasons, which begin in lower case, and
 * remedies, which are sentences, that are handed over side by side are a pair.
 */
final class SourceTexts {

	private static final int WORDS = 3;

	private final Map<String, String> constants = new HashMap<>();

	private final List<Text> texts = new ArrayList<>();

	private final Set<Pair> pairs = new TreeSet<>();

	SourceTexts(SourceFiles files) {
		files.units().forEach(this::readConstants);
		files.units().forEach((unit) -> new Scanner(unit).scan(new TreePath(unit), null));
		Set<String> paired = new LinkedHashSet<>();
		this.pairs.forEach((pair) -> {
			paired.add(pair.reason());
			paired.add(pair.remedy());
		});
		this.texts.removeIf((text) -> paired.contains(text.text()));
	}

	private void readConstants(CompilationUnitTree unit) {
		String type = SourceFiles.name(unit);
		new TreePathScanner<Void, Void>() {

			@Override
			public Void visitVariable(VariableTree variable, Void argument) {
				ExpressionTree value = variable.getInitializer();
				if (value instanceof LiteralTree literal && literal.getValue() instanceof String text) {
					SourceTexts.this.constants.put(type + "." + variable.getName(), text);
				}
				return super.visitVariable(variable, argument);
			}

		}.scan(new TreePath(unit), null);
	}

	/**
	 * Return the pairs in the order of their reasons.
	 */
	Set<Pair> pairs() {
		return this.pairs;
	}

	/**
	 * Return the texts of some words that are in no pair.
	 */
	List<Text> texts() {
		return this.texts;
	}

	static int words(String text) {
		return text.strip().split("\\s+").length;
	}

	/**
	 * One text.
	 *
	 * @param type the class that has it
	 * @param text the text, with an ellipsis for what varies
	 */
	record Text(String type, String text) {

		/**
		 * Return the longest runs of words between what varies.
		 */
		List<String> fragments() {
			List<String> fragments = List.of(this.text.split("…|\\s*\\n\\s*(?:- )?"));
			List<String> stripped = fragments.stream()
				.map((fragment) -> fragment.replaceAll("^[^\\p{L}\\p{N}<-]+|[^\\p{L}\\p{N})>*-]+$", ""))
				.filter((fragment) -> !fragment.isBlank())
				.toList();
			List<String> longOnes = stripped.stream().filter((fragment) -> words(fragment) >= WORDS).toList();
			return longOnes.isEmpty() ? stripped : longOnes;
		}

	}

	/**
	 * What is wrong, and what to do about it.
	 *
	 * @param area the package that has it
	 * @param reason what is wrong
	 * @param remedy what to do
	 */
	record Pair(String area, String reason, String remedy) implements Comparable<Pair> {

		@Override
		public int compareTo(Pair other) {
			return (this.area + this.reason + this.remedy).compareTo(other.area + other.reason + other.remedy);
		}

	}

	/**
	 * Collects the texts of one file.
	 */
	private final class Scanner extends TreePathScanner<Void, Void> {

		private final String type;

		private final String area;

		Scanner(CompilationUnitTree unit) {
			this.type = SourceFiles.name(unit);
			String name = unit.getPackageName().toString();
			this.area = name.substring(name.lastIndexOf('.') + 1);
		}

		@Override
		public Void visitAnnotation(AnnotationTree annotation, Void argument) {
			return null;
		}

		@Override
		public Void visitNewClass(NewClassTree creation, Void argument) {
			addPairs(creation.getArguments());
			return super.visitNewClass(creation, argument);
		}

		@Override
		public Void visitMethodInvocation(MethodInvocationTree call, Void argument) {
			addPairs(call.getArguments());
			return super.visitMethodInvocation(call, argument);
		}

		@Override
		public Void visitBinary(BinaryTree sum, Void argument) {
			if (sum.getKind() != Tree.Kind.PLUS) {
				return super.visitBinary(sum, argument);
			}
			add(template(sum));
			// Conditional parts of it
			List<ExpressionTree> parts = new ArrayList<>();
			flatten(sum, parts);
			parts.stream().filter((part) -> !(part instanceof LiteralTree)).forEach((part) -> scan(part, null));
			return null;
		}

		@Override
		public Void visitLiteral(LiteralTree literal, Void argument) {
			if (literal.getValue() instanceof String) {
				add(template(literal));
			}
			return null;
		}

		private void add(String text) {
			if (words(text.replace("…", "")) >= WORDS && text.matches("(?s).*[a-z]{2}.*")) {
				SourceTexts.this.texts.add(new Text(this.type, text));
			}
		}

		private void addPairs(List<? extends ExpressionTree> arguments) {
			for (int i = 0; i + 1 < arguments.size(); i++) {
				for (String reason : alternatives(arguments.get(i))) {
					for (String remedy : alternatives(arguments.get(i + 1))) {
						if (reason.matches("(?s)[a-z…].*") && words(reason) > 1 && remedy.matches("(?s)[A-Z].*")
								&& words(remedy) >= WORDS) {
							SourceTexts.this.pairs.add(new Pair(this.area, reason, remedy));
						}
					}
				}
			}
		}

		private List<String> alternatives(ExpressionTree argument) {
			ExpressionTree plain = unwrap(argument);
			if (plain instanceof ConditionalExpressionTree choice) {
				List<String> both = new ArrayList<>(alternatives(choice.getTrueExpression()));
				both.addAll(alternatives(choice.getFalseExpression()));
				return both;
			}
			String text = template(plain);
			return text.replace("…", "").isBlank() ? List.of() : List.of(text);
		}

		private String template(ExpressionTree expression) {
			List<ExpressionTree> parts = new ArrayList<>();
			flatten(expression, parts);
			return parts.stream().map(this::part).collect(Collectors.joining()).replaceAll("…+", "…");
		}

		private String part(ExpressionTree part) {
			String text = null;
			if (part instanceof LiteralTree literal && literal.getValue() instanceof String value) {
				text = value;
			}
			else if (part instanceof IdentifierTree identifier) {
				text = SourceTexts.this.constants.get(this.type + "." + identifier.getName());
			}
			else if (part instanceof MemberSelectTree selected) {
				text = SourceTexts.this.constants.get(selected.toString());
			}
			return (text != null) ? text.replaceAll("%(?:\\d\\$)?[sd]", "…") : "…";
		}

		private void flatten(ExpressionTree expression, List<ExpressionTree> parts) {
			ExpressionTree plain = unwrap(expression);
			if (plain instanceof BinaryTree sum && sum.getKind() == Tree.Kind.PLUS) {
				flatten(sum.getLeftOperand(), parts);
				flatten(sum.getRightOperand(), parts);
			}
			else {
				parts.add(plain);
			}
		}

		private ExpressionTree unwrap(ExpressionTree expression) {
			if (expression instanceof ParenthesizedTree parenthesized) {
				return unwrap(parenthesized.getExpression());
			}
			if (expression instanceof MethodInvocationTree call
					&& call.getMethodSelect() instanceof MemberSelectTree selected
					&& selected.getIdentifier().contentEquals("formatted")) {
				return unwrap(selected.getExpression());
			}
			return expression;
		}

	}

}
