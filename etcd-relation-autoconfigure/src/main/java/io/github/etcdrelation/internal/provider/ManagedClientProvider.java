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
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.github.etcdrelation.EtcdClientRequest;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.event.EtcdClientRequestRemovedEvent;
import io.github.etcdrelation.event.EtcdClientRequestedEvent;
import io.github.etcdrelation.internal.databag.RequestRefusal;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.util.Assert;

/**
 * Provider of the interface {@code etcd_client}: reads requests, publishes events about
 * them, records what is decided and has it answered. All of it only while this unit is
 * the leader; decisions are forgotten when it is not any more.
 */
public final class ManagedClientProvider extends ProviderLifecycle {

	private static final int FIRST_CODE = 4000;

	private static final int CODES_END = 6000;

	private final JujuClientTarget target;

	private final Map<RequestKey, EtcdClientRequest> announced = new LinkedHashMap<>();

	private final Map<RequestKey, Decision> decisions = new HashMap<>();

	private ClusterOffer offer = ClusterOffer.NOTHING;

	private volatile List<EtcdClientRequest> requests = Collections.emptyList();

	/**
	 * Create a provider that has not checked its target yet.
	 * @param name the name of the relation on the provider's side
	 * @param target where requests are read and answered
	 * @param publisher publishes the events
	 * @param refreshExecutor runs one task at a time, shut down with the provider
	 * @param pollInterval the time between checks of the target
	 */
	public ManagedClientProvider(String name, JujuClientTarget target, ApplicationEventPublisher publisher,
			ScheduledExecutorService refreshExecutor, Duration pollInterval) {
		super(name, publisher, refreshExecutor, pollInterval);
		this.target = target;
	}

	@Override
	public List<EtcdClientRequest> getRequests() {
		return this.requests;
	}

	@Override
	public void setEndpoints(@Nullable String endpoints, @Nullable String version) {
		locked(() -> {
			this.offer = this.offer.withEndpoints(endpoints, version);
			answer();
		});
	}

	@Override
	public void setCa(@Nullable String ca) {
		locked(() -> {
			this.offer = this.offer.withCa(ca);
			answer();
		});
	}

	@Override
	public void setUser(EtcdClientRequest request, String username) {
		Assert.hasText(username, "The name of the user must not be empty");
		Assert.isTrue(username.chars().noneMatch(Character::isISOControl),
				"The name of the user must not have line breaks or other control characters");
		decide(new Decision(request, username, null));
	}

	@Override
	public void refuse(EtcdClientRequest request, int code, String message, @Nullable String resolution) {
		Assert.isTrue(code >= FIRST_CODE && code < CODES_END, "The code must be from 4000 to 5999");
		decide(new Decision(request, null, new RequestRefusal(code, message, resolution)));
	}

	private void decide(Decision decision) {
		locked(() -> {
			if (this.requests.contains(decision.request())) {
				this.decisions.put(RequestKey.of(decision.request()), decision);
				answer();
			}
		});
	}

	private void answer() {
		if (!this.requests.isEmpty() && this.target.isLeader()) {
			forgetIfStopped();
			throwIfFailed(this.target.publish(this.decisions, this.offer));
		}
	}

	@Override
	public void setConnectionString(@Nullable String connectionString, @Nullable String version) {
		throw unsupported("setConnectionString", "setEndpoints");
	}

	@Override
	public void setClientCredentials(@Nullable String key, @Nullable String cert, @Nullable String ca) {
		throw unsupported("setClientCredentials", "setCa and setUser");
	}

	private static UnsupportedOperationException unsupported(String method, String replacement) {
		return new UnsupportedOperationException(
				"%s is part of the interface etcd, but etcd.provider.interface is etcd-client. Call %s instead"
					.formatted(method, replacement));
	}

	@Override
	boolean checkConnected() {
		return this.target.isConnected();
	}

	@Override
	void update() {
		if (!this.target.isLeader()) {
			this.target.resign();
			this.requests = Collections.emptyList();
			this.announced.clear();
			this.decisions.clear();
			return;
		}
		InvalidRelationDataException unread = this.target.read();
		Map<RequestKey, EtcdClientRequest> current = current();
		this.requests = List.copyOf(current.values());
		this.decisions.entrySet()
			.removeIf((entry) -> !isSamePrefix(current.get(entry.getKey()), entry.getValue().request()));
		InvalidRelationDataException unpublished = this.target.publish(this.decisions, this.offer);
		throwIfFailed(unread);
		throwIfFailed(unpublished);
	}

	private Map<RequestKey, EtcdClientRequest> current() {
		return this.target.getRequests()
			.stream()
			.map(ReceivedRequest::request)
			.collect(Collectors.toMap(RequestKey::of, Function.identity(), (first, second) -> first,
					LinkedHashMap::new));
	}

	private static boolean isSamePrefix(@Nullable EtcdClientRequest current, EtcdClientRequest decided) {
		return current != null && current.prefix().equals(decided.prefix());
	}

	private static void throwIfFailed(@Nullable InvalidRelationDataException failure) {
		if (failure != null) {
			throw failure;
		}
	}

	@Override
	void forget() {
		this.target.forget();
	}

	@Override
	List<ApplicationEvent> takeLosses() {
		List<ApplicationEvent> events = new ArrayList<>();
		Map<RequestKey, EtcdClientRequest> current = current();
		this.announced.entrySet().removeIf((entry) -> {
			boolean gone = !current.containsKey(entry.getKey());
			if (gone) {
				events.add(new EtcdClientRequestRemovedEvent(this, entry.getValue()));
			}
			return gone;
		});
		return events;
	}

	@Override
	List<ApplicationEvent> takeGains() {
		List<ApplicationEvent> events = new ArrayList<>();
		current().forEach((key, request) -> {
			EtcdClientRequest previous = this.announced.put(key, request);
			if (!request.equals(previous)) {
				events.add(new EtcdClientRequestedEvent(this, request, previous));
			}
		});
		return events;
	}

}
