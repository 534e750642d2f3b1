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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Lease;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.common.exception.EtcdException;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.support.CloseableClient;
import io.github.etcdrelation.fuzz.Hostile;
import io.github.etcdrelation.internal.client.ClientScheduler;
import io.github.etcdrelation.internal.client.EtcdClientFactory;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;

/**
 * Calls a hostile peer through the client of a relation, and checks that each call ends
 * in time with an error that is documented, and that nothing else fails.
 */
final class PeerUse {

	private static final ChannelSettings HASTY = settings(Duration.ofMillis(60));

	// Long enough that a silent member is asked for its state
	private static final ChannelSettings PATIENT = settings(Duration.ofMillis(700));

	private static final Duration LIMIT = Duration.ofSeconds(15);

	private static final int MAX_MESSAGE = 4 * 1024 * 1024;

	private static final ByteSequence KEY = ByteSequence.from("key", StandardCharsets.UTF_8);

	private static final int MAX_USES = 500;

	private static final Map<Integer, PeerClient> clients = new ConcurrentHashMap<>();

	private static final ChannelExecutors executors = new ChannelExecutors();

	private static final Queue<Throwable> unexpected = new ConcurrentLinkedQueue<>();

	// What is not referred to loses its level
	private static final Logger grpc = Logger.getLogger("io.grpc");

	static {
		Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> unexpected.add(failure));
		grpc.addHandler(new UnexpectedFailures());
	}

	private PeerUse() {
	}

	private static ChannelSettings settings(Duration timeout) {
		return new ChannelSettings(timeout, timeout, timeout, Duration.ofSeconds(30), Duration.ofSeconds(10), timeout,
				MAX_MESSAGE, true, 1000, "etcd.relation");
	}

	static RelationChannel channel(boolean patient) {
		return new RelationChannel("fuzz", patient ? PATIENT : HASTY, executors, false);
	}

	static void connect(RelationChannel channel, int port, boolean user) {
		ChannelTarget target = ChannelTarget.plainText(Endpoints.parse("http://127.0.0.1:" + port));
		channel.connectTo(user ? target.withUser(new EtcdUser("root", Hostile.SECRET)) : target);
	}

	static Client client(RelationChannel channel) {
		return new EtcdClientFactory(channel, () -> null,
				new ClientScheduler(executors.timer(), executors.callbacks(false)), HASTY.requestTimeout())
			.create(List.of((builder) -> builder.retryDelay(1).retryMaxDelay(2).retryMaxAttempts(2)));
	}

	/**
	 * Use a peer that refuses all, so that no input has to wait for classes.
	 * @param port where it listens
	 */
	static void warmUp(int port) throws InterruptedException {
		for (boolean user : new boolean[] { false, true }) {
			use(connected(port, user, true));
		}
		unexpected.clear();
	}

	/**
	 * Use the peer, with what the first byte of an input says.
	 * @param port where it listens
	 * @param first odd if there is a user, above 250 if there is time
	 */
	static void use(int port, int first) throws InterruptedException {
		PeerClient client = connected(port, (first & 1) == 1, first > 250);
		use(client);
		Hostile.requireSilent(String.valueOf(client.channel().getStatus()));
		client.channel().clear("the input is at its end");
		requireNothingElse();
	}

	/**
	 * Return a client that knows nothing about its member. It is used for many inputs, as
	 * it takes long to create one.
	 */
	private static PeerClient connected(int port, boolean user, boolean patient) {
		PeerClient client = clients.compute((user ? 1 : 0) + (patient ? 2 : 0), (kind, former) -> {
			if (former != null && former.uses().incrementAndGet() < MAX_USES) {
				return former;
			}
			if (former != null) {
				former.close();
			}
			RelationChannel channel = channel(patient);
			return new PeerClient(channel, client(channel), new AtomicInteger());
		});
		connect(client.channel(), port, user);
		return client;
	}

	/**
	 * Fail if anything else has failed meanwhile.
	 */
	static void requireNothingElse() {
		Throwable failure = unexpected.poll();
		unexpected.clear();
		if (failure != null) {
			throw new AssertionError("A thread failed", failure);
		}
	}

	private static void use(PeerClient peer) throws InterruptedException {
		Client client = peer.client();
		Watch.Watcher watcher = client.getWatchClient()
			.watch(KEY, WatchOption.builder().withRevision(5).build(), new OrderedEvents(5));
		Lease leases = client.getLeaseClient();
		CloseableClient kept = leases.keepAlive(7, new LeaseListener());
		CompletableFuture<?> lock = client.getLockClient().lock(KEY, 7);
		Map<String, CompletableFuture<?>> calls = new LinkedHashMap<>();
		calls.put("put", client.getKVClient().put(KEY, KEY));
		calls.put("get", client.getKVClient().get(KEY));
		calls.put("alarms", client.getMaintenanceClient().listAlarms());
		calls.put("grant", leases.grant(5));
		calls.put("time to live", leases.timeToLive(7, LeaseOption.DEFAULT));
		long end = System.nanoTime() + LIMIT.toNanos();
		for (Map.Entry<String, CompletableFuture<?>> call : calls.entrySet()) {
			await(call.getKey(), call.getValue(), end);
		}
		// It waits for its turn by design
		lock.cancel(true);
		requestProgress(watcher);
		watcher.close();
		kept.close();
	}

	/**
	 * Ask for the progress of a watch, whether or not it is open.
	 */
	static void requestProgress(Watch.Watcher watcher) {
		try {
			watcher.requestProgress();
		}
		catch (NullPointerException ex) {
			// jetcd fails like this before a watch is open and once it has ended
		}
	}

	private static void await(String name, CompletableFuture<?> call, long end) throws InterruptedException {
		try {
			call.get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			throw new AssertionError("A call does not end: " + name, ex);
		}
		catch (ExecutionException ex) {
			check(ex.getCause());
		}
	}

	/**
	 * Report an error from another thread.
	 */
	static void fail(Throwable failure) {
		unexpected.add(failure);
	}

	/**
	 * Check the error that a call ends with.
	 */
	static void check(Throwable failure) {
		try {
			Hostile.requireSilent(failure);
			if (!(failure instanceof EtcdException || failure instanceof StatusRuntimeException
					|| failure instanceof StatusException)) {
				throw new AssertionError("A call ends with an error that is not documented", failure);
			}
		}
		catch (AssertionError ex) {
			fail(ex);
		}
	}

	/**
	 * A client and its channel.
	 */
	private record PeerClient(RelationChannel channel, Client client, AtomicInteger uses) {

		void close() {
			this.client.close();
			this.channel.close();
		}

	}

	private static final class LeaseListener implements StreamObserver<LeaseKeepAliveResponse> {

		@Override
		public void onNext(LeaseKeepAliveResponse response) {
		}

		@Override
		public void onError(Throwable failure) {
			check(failure);
		}

		@Override
		public void onCompleted() {
		}

	}

	private static final class UnexpectedFailures extends Handler {

		@Override
		public void publish(LogRecord entry) {
			if (entry.getLevel().intValue() >= Level.SEVERE.intValue() && entry.getThrown() != null) {
				unexpected.add(entry.getThrown());
			}
		}

		@Override
		public void flush() {
		}

		@Override
		public void close() {
		}

	}

}
