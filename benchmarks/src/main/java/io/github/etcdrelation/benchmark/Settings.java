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

package io.github.etcdrelation.benchmark;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.DefaultApplicationArguments;
import org.springframework.util.Assert;

/**
 * What to measure, and how long.
 *
 * @param works the works, or {@code all}
 * @param subjects the ways to call etcd, or {@code all}
 * @param rounds how often each subject is measured
 * @param duration how long each measurement lasts
 * @param maxWarmUps how often, at most, a process works as long before it is measured
 * @param smoke whether to do little of everything, only to see that it works
 * @param jvmArguments more arguments for the measured processes
 * @param results where to write
 */
record Settings(Set<String> works, Set<String> subjects, int rounds, Duration duration, int maxWarmUps, boolean smoke,
		List<String> jvmArguments, Path results) {

	static Settings parse(String... args) {
		ApplicationArguments arguments = new DefaultApplicationArguments(args);
		double seconds = Double.parseDouble(value(arguments, "seconds", "3"));
		return new Settings(names(arguments, "benchmark"), names(arguments, "subjects"),
				Integer.parseInt(value(arguments, "rounds", "5")), millis(seconds),
				Integer.parseInt(value(arguments, "warm-ups", "20")), arguments.containsOption("smoke"),
				Arrays.stream(value(arguments, "jvm", "").split(" ")).filter((text) -> !text.isBlank()).toList(),
				Path.of(value(arguments, "results", "results")));
	}

	private static Duration millis(double seconds) {
		return Duration.ofMillis((long) (seconds * 1000));
	}

	private static Set<String> names(ApplicationArguments arguments, String name) {
		return Set.of(value(arguments, name, "all").split(","));
	}

	private static String value(ApplicationArguments arguments, String name, String defaultValue) {
		List<String> values = arguments.getOptionValues(name);
		return (values != null && !values.isEmpty()) ? values.get(0) : defaultValue;
	}

	/**
	 * Return a number as it is, or a much smaller one for a smoke test.
	 */
	int scale(int number) {
		return this.smoke ? Math.max(1, number / 50) : number;
	}

	boolean hasWork(String name) {
		return isChosen(this.works, name);
	}

	List<Subject> chosenSubjects() {
		List<Subject> chosen = Arrays.stream(Subject.values())
			.filter((subject) -> isChosen(this.subjects, subject.key()))
			.toList();
		Assert.isTrue(!chosen.isEmpty(), () -> "No subject among " + this.subjects);
		return chosen;
	}

	private static boolean isChosen(Set<String> names, String name) {
		return names.contains("all") || names.contains(name);
	}

}
