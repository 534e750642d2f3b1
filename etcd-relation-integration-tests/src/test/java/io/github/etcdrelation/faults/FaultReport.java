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

package io.github.etcdrelation.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The report of all rounds, {@code target/faults/report.md}, complete after each of them.
 */
final class FaultReport {

	private static final Log logger = LogFactory.getLog("figures");

	private static final FaultReport INSTANCE = new FaultReport();

	private static final int LIMIT = 10;

	private final Map<String, List<Figures>> sections = new LinkedHashMap<>();

	private final Set<String> notes = new LinkedHashSet<>();

	private FaultReport() {
	}

	static FaultReport get() {
		return INSTANCE;
	}

	/**
	 * Add a line about the run, such as its seed or what could not run.
	 */
	synchronized void note(String note) {
		if (this.notes.add(note)) {
			logger.info(note);
			write();
		}
	}

	synchronized void add(String section, Figures figures) {
		this.sections.computeIfAbsent(section, (name) -> new ArrayList<>()).add(figures);
		logger.info(row(figures));
		write();
	}

	private void write() {
		StringBuilder report = new StringBuilder("# Faults\n\n");
		this.notes.forEach((note) -> report.append("- ").append(note).append('\n'));
		this.sections.forEach((name, all) -> section(report, name, all));
		try {
			Path file = Path.of("target/faults/report.md");
			Files.createDirectories(file.getParent());
			Files.writeString(file, report);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void section(StringBuilder report, String name, List<Figures> all) {
		report.append("\n## ").append(name).append("\n\n");
		report.append("| round | of the calls at rest | failed gets | failed puts | slowest call s |"
				+ " latest watch s | told to listeners | back after s | violations |\n");
		report.append("|---|---|---|---|---|---|---|---|---|\n");
		all.forEach((figures) -> report.append(row(figures)).append('\n'));
		for (Figures figures : all) {
			list(report, figures, "bars broken", figures.broken());
			list(report, figures, "violations", figures.violations());
			list(report, figures, "told to listeners", Texts.count(figures.told()));
			list(report, figures, "failures", Texts.count(figures.failures()));
		}
	}

	private static void list(StringBuilder report, Figures figures, String title, Collection<String> lines) {
		if (lines.isEmpty()) {
			return;
		}
		report.append("\n%s: %s\n\n".formatted(figures.round(), title));
		lines.stream().limit(LIMIT).forEach((line) -> report.append("- ").append(line).append('\n'));
		if (lines.size() > LIMIT) {
			report.append("- and %d more\n".formatted(lines.size() - LIMIT));
		}
	}

	private static String row(Figures figures) {
		String share = Double.isNaN(figures.share()) ? "" : String.format(Locale.ROOT, "%.2f", figures.share());
		return String.format(Locale.ROOT, "| %s | %s | %d | %d | %.1f | %.1f | %d | %s | %d |", figures.round(), share,
				figures.failedGets(), figures.failedPuts(), figures.slowestSeconds(), figures.watchDelaySeconds(),
				figures.told().size(),
				(figures.backSeconds() != null) ? String.format(Locale.ROOT, "%.1f", figures.backSeconds()) : "",
				figures.violations().size());
	}

}
