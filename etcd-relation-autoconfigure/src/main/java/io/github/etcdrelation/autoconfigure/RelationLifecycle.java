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

package io.github.etcdrelation.autoconfigure;

import org.springframework.context.SmartLifecycle;

/**
 * Tells the states of the relations once all listeners are there and before the web
 * server accepts requests.
 */
final class RelationLifecycle implements SmartLifecycle {

	// Web servers start at DEFAULT_PHASE - 2048
	static final int PHASE = DEFAULT_PHASE - 4096;

	private final RelationRegistry registry;

	private volatile boolean running;

	RelationLifecycle(RelationRegistry registry) {
		this.registry = registry;
	}

	@Override
	public void start() {
		this.running = true;
		this.registry.start();
	}

	@Override
	public void stop() {
		this.running = false;
		this.registry.stop();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
