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

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * The measured process' side of the talk with the one that started it: a line on standard
 * input asks, a line on standard output answers.
 */
final class Conversation {

	static final String ANSWER = "answer: ";

	private Conversation() {
	}

	/**
	 * Say that this process is ready, then answer until nothing more is asked.
	 */
	static void hold(Answerer answerer) throws Exception {
		report(Figures.of("ready", 1));
		try (BufferedReader reader = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
			String line;
			while ((line = reader.readLine()) != null) {
				report(answerer.answer(line.split(" ")));
			}
		}
	}

	static void report(Figures figures) {
		System.out.println(ANSWER + figures.format());
		System.out.flush();
	}

	/**
	 * Answers one question.
	 */
	interface Answerer {

		Figures answer(String[] words) throws Exception;

	}

}
