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

package io.github.etcdrelation.integration;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.springframework.integration.leader.AbstractCandidate;
import org.springframework.integration.leader.Context;

/**
 * A candidate that records its leaderships.
 */
class RecordingCandidate extends AbstractCandidate {

	private final List<String> record;

	private volatile Context context;

	RecordingCandidate(String id, List<String> record) {
		super(id, "role");
		this.record = record;
	}

	RecordingCandidate(String id) {
		this(id, new CopyOnWriteArrayList<>());
	}

	List<String> getRecord() {
		return this.record;
	}

	Context getContext() {
		return this.context;
	}

	@Override
	public void onGranted(Context context) throws InterruptedException {
		this.context = context;
		this.record.add(getId() + " granted");
	}

	@Override
	public void onRevoked(Context context) {
		this.record.add(getId() + " revoked");
	}

}
