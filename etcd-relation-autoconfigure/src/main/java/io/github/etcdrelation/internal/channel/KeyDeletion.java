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

package io.github.etcdrelation.internal.channel;

import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Deletes the key of an abandoned place, in the background. The key blocks others for as
 * long as its lease lives, so the deletion is retried for a while.
 */
final class KeyDeletion {

	private static final int MAX_ATTEMPTS = 20;

	private final QueueSteps steps;

	private final TxnRequest request;

	private final StepFailures failures = new StepFailures();

	KeyDeletion(QueueSteps steps, TxnRequest request) {
		this.steps = steps;
		this.request = request;
	}

	void begin() {
		this.steps.transact(this.request, this::ended);
	}

	private void ended(Status status, @Nullable TxnResponse response) {
		if (!status.isOk() && this.failures.isTransient(status) && this.failures.getCount() < MAX_ATTEMPTS) {
			this.steps.later(this::begin, this.failures.next());
		}
	}

}
