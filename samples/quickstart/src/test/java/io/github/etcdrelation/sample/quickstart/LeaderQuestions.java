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

package io.github.etcdrelation.sample.quickstart;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.maintenance.StatusResponse;
import io.github.etcdrelation.test.LocalEtcdMember;

/**
 * Asks the members which of them is the leader. Thread-safe.
 */
final class LeaderQuestions {

	private static final long MAX_AGE_NANOS = Duration.ofSeconds(3).toNanos();

	private final Client client;

	private final Map<String, CompletableFuture<StatusResponse>> questions = new ConcurrentHashMap<>();

	private final Map<String, Answer> answers = new ConcurrentHashMap<>();

	LeaderQuestions(Client client) {
		this.client = client;
	}

	/**
	 * Ask a member unless it still owes an answer.
	 */
	void ask(LocalEtcdMember member) {
		CompletableFuture<StatusResponse> question = this.questions.get(member.getName());
		if (question == null || question.isDone()) {
			this.questions.put(member.getName(),
					this.client.getMaintenanceClient()
						.statusMember(member.getEndpoint())
						.whenComplete((response, failure) -> {
							if (response != null) {
								this.answers.put(member.getName(), new Answer(response, System.nanoTime()));
							}
						}));
		}
	}

	/**
	 * Return whether a member is the leader by the answer of the latest term.
	 */
	boolean isLeader(LocalEtcdMember member) {
		Answer own = this.answers.get(member.getName());
		long now = System.nanoTime();
		return own != null && this.answers.values()
			.stream()
			.filter((answer) -> now - answer.time() < MAX_AGE_NANOS)
			.map(Answer::response)
			.max((first, second) -> Long.compare(first.getRaftTerm(), second.getRaftTerm()))
			.filter((latest) -> latest.getLeader() == own.response().getHeader().getMemberId())
			.isPresent();
	}

	private record Answer(StatusResponse response, long time) {

	}

}
