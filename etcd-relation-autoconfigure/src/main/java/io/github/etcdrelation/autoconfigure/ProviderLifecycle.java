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

import io.github.etcdrelation.provider.ManagedProvider;

import org.springframework.context.SmartLifecycle;

/**
 * Tells whether someone is there to take what a provider offers, once all listeners are
 * there and before the web server accepts requests.
 */
final class ProviderLifecycle implements SmartLifecycle {

	private final ManagedProvider provider;

	private volatile boolean running;

	ProviderLifecycle(ManagedProvider provider) {
		this.provider = provider;
	}

	@Override
	public void start() {
		this.running = true;
		this.provider.start();
	}

	@Override
	public void stop() {
		this.running = false;
		this.provider.stop();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return RelationLifecycle.PHASE;
	}

}
