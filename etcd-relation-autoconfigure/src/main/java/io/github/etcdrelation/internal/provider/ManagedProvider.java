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

package io.github.etcdrelation.internal.provider;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;

import io.github.etcdrelation.internal.state.RelationSnapshot;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;

/**
 * Provider of the classic interface: records what is offered and writes it to every
 * relation that does not have it yet.
 */
public final class ManagedProvider extends ProviderLifecycle {

	private final ProviderTarget target;

	private final Map<String, String> offered = new TreeMap<>();

	/**
	 * Create a provider that has not checked its target yet.
	 * @param name the name of the relation on the provider's side
	 * @param target where what is offered is written
	 * @param publisher publishes the events
	 * @param refreshExecutor runs one task at a time, shut down with the provider
	 * @param pollInterval the time between checks of the target
	 */
	public ManagedProvider(String name, ProviderTarget target, ApplicationEventPublisher publisher,
			ScheduledExecutorService refreshExecutor, Duration pollInterval) {
		super(name, publisher, refreshExecutor, pollInterval);
		this.target = target;
	}

	@Override
	public void setConnectionString(@Nullable String connectionString, @Nullable String version) {
		Map<String, String> values = new TreeMap<>();
		values.put(RelationSnapshot.CONNECTION_STRING, orEmpty(connectionString));
		values.put(RelationSnapshot.VERSION, orEmpty(version));
		offer(values);
	}

	@Override
	public void setClientCredentials(@Nullable String key, @Nullable String cert, @Nullable String ca) {
		Map<String, String> values = new TreeMap<>();
		values.put(RelationSnapshot.CLIENT_KEY, orEmpty(key));
		values.put(RelationSnapshot.CLIENT_CERT, orEmpty(cert));
		values.put(RelationSnapshot.CLIENT_CA, orEmpty(ca));
		offer(values);
	}

	private static String orEmpty(@Nullable String value) {
		return (value != null) ? value : "";
	}

	private void offer(Map<String, String> values) {
		locked(() -> {
			this.offered.putAll(values);
			forgetIfStopped();
			update();
		});
	}

	@Override
	boolean checkConnected() {
		return this.target.isConnected();
	}

	@Override
	void update() {
		if (!this.offered.isEmpty()) {
			this.target.publish(this.offered);
		}
	}

	@Override
	void forget() {
		this.target.forget();
	}

}
