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

package io.github.etcdrelation.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * The report of a run, complete after each sample.
 */
final class SoakReport {

	private final Path file;

	private final SoakPlan plan;

	private final Counters counters;

	private final List<Sample> samples = new ArrayList<>();

	private final List<String> broken = new ArrayList<>();

	SoakReport(Path file, SoakPlan plan, Counters counters) {
		this.file = file;
		this.plan = plan;
		this.counters = counters;
	}

	void add(Sample sample) {
		int last = this.samples.size() - 1;
		if (last > 0) {
			this.samples.set(last, this.samples.get(last).brief());
		}
		this.samples.add(sample);
		write();
	}

	List<Sample> samples() {
		return this.samples;
	}

	Trend trend() {
		return new Trend(this.samples);
	}

	/**
	 * Add what the run did not hold to.
	 */
	void setBroken(List<String> broken) {
		this.broken.addAll(broken);
		write();
	}

	private void write() {
		StringBuilder report = new StringBuilder("# Soak\n\n");
		report.append("- -Dsoak.minutes=%d -Dsoak.seed=%d -Dsoak.rate=%d\n".formatted(this.plan.rounds(),
				this.plan.seed(), this.plan.rate()));
		report.append("- heap at most %d MiB\n".formatted(Runtime.getRuntime().maxMemory() >> 20));
		this.broken.forEach((line) -> report.append("- BROKEN: ").append(line).append('\n'));
		growth(report);
		samples(report);
		counts(report);
		try {
			Files.createDirectories(this.file.getParent());
			Files.writeString(this.file, report);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void growth(StringBuilder report) {
		report
			.append("\n## Growth\n\nMedians of up to ten samples, after full collections and with the load held.\n\n");
		report.append("| | start | after 10 minutes | end | growth after 10 minutes |\n|---|---:|---:|---:|---:|\n");
		row(report, "threads", 1, Sample::threadCount);
		row(report, "open files", 1, Sample::fileCount);
		row(report, "heap KiB", 1024, Sample::heap);
		row(report, "non-heap KiB", 1024, Sample::nonHeap);
		row(report, "metaspace KiB", 1024, Sample::metaspace);
		row(report, "direct buffers KiB", 1024, Sample::direct);
		row(report, "Netty's direct memory KiB", 1024, Sample::netty);
	}

	private void row(StringBuilder report, String name, long unit, ToLongFunction<Sample> figure) {
		Trend trend = trend();
		report.append(String.format(Locale.ROOT, "| %s | %d | %d | %d | %.2f %% |\n", name, trend.start(figure) / unit,
				trend.early(figure) / unit, trend.late(figure) / unit, trend.growth(figure)));
	}

	private void samples(StringBuilder report) {
		report.append("\n## Samples\n\n| minute | seconds | threads | open files | heap KiB | non-heap KiB |"
				+ " metaspace KiB | direct KiB | Netty KiB | CPU s | etcd MiB | calls | failed | open | events seen |"
				+ " lost | doubled | out of order | rotations | faults | what |\n");
		report.append("|---".repeat(21)).append("|\n");
		for (Sample sample : this.samples) {
			report.append(String.format(Locale.ROOT, "| %d | %d | %d | %d | %d | %d | %d | %d | %d | %.1f | %d |",
					sample.round(), sample.seconds(), sample.threadCount(), sample.fileCount(), sample.heap() >> 10,
					sample.nonHeap() >> 10, sample.metaspace() >> 10, sample.direct() >> 10, sample.netty() >> 10,
					sample.cpuSeconds(), sample.etcdBytes() >> 20));
			report.append(" %d | %d | %d | %d | %d | %d | %d | %d | %d | %s |\n".formatted(sample.count(Counters.CALLS),
					sample.count(Counters.FAILED), sample.count(Counters.OPEN), sample.count(Counters.SEEN),
					sample.count(Counters.LOST), sample.count(Counters.DOUBLED), sample.count(Counters.DISORDERED),
					sample.count(Counters.ROTATIONS), sample.count(Counters.FAULTS), sample.remark()));
		}
		Sample first = this.samples.get(0);
		Sample last = this.samples.get(this.samples.size() - 1);
		report.append("\nThreads at first: ").append(first.threads()).append("\n\nThreads at last: ");
		report.append(last.threads()).append("\n\nOpen files at first: ").append(first.files());
		report.append("\n\nOpen files at last: ").append(last.files()).append('\n');
	}

	private void counts(StringBuilder report) {
		report.append("\n## Counts\n\n");
		this.counters.all().forEach((name, count) -> report.append("- %d %s\n".formatted(count, name)));
		report.append("\n## Texts\n\n");
		this.counters.texts().stream().sorted().forEach((text) -> report.append("- ").append(text).append('\n'));
	}

}
