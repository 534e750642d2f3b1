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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchResponse;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.WithLocalEtcd;
import io.grpc.Status;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.integration.metadata.MetadataStoreListenerAdapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

/**
 * Watches of metadata that fail in ways that an etcd cannot be made to.
 */
@WithLocalEtcd
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class MetadataWatchTests {

	private static RelatedClient related;

	private final List<OpenWatch> watches = new CopyOnWriteArrayList<>();

	// As the client has one, with which it calls back
	private final ReentrantLock lock = new ReentrantLock();

	private final List<String> changes = new CopyOnWriteArrayList<>();

	private volatile RuntimeException refusal;

	private Client client;

	private EtcdMetadataStore store;

	@BeforeAll
	static void connect(LocalEtcd etcd) {
		related = new RelatedClient(etcd);
	}

	@AfterAll
	static void disconnect() {
		related.close();
	}

	@BeforeEach
	void create() {
		Watch watch = mock(Watch.class);
		given(watch.watch(any(ByteSequence.class), any(WatchOption.class), any(Watch.Listener.class)))
			.willAnswer((invocation) -> open(invocation.getArgument(1), invocation.getArgument(2)));
		this.client = mock(Client.class);
		given(this.client.getKVClient()).willReturn(related.get().getKVClient());
		given(this.client.getWatchClient()).willReturn(watch);
		this.store = new EtcdMetadataStore(this.client, "/");
	}

	@AfterEach
	@Timeout(20)
	void destroy() {
		this.store.destroy();
	}

	private Watch.Watcher open(WatchOption option, Watch.Listener listener) {
		RuntimeException thrown = this.refusal;
		this.refusal = null;
		if (thrown != null) {
			throw thrown;
		}
		OpenWatch opened = new OpenWatch(option, listener);
		this.watches.add(opened);
		return opened;
	}

	private void addListener() {
		this.store.addListener(new MetadataStoreListenerAdapter() {

			@Override
			public void onAdd(String key, String value) {
				MetadataWatchTests.this.changes.add(key);
			}

		});
	}

	private void put(int times) {
		for (int i = 0; i < times; i++) {
			this.store.put("other", String.valueOf(i));
		}
	}

	private void awaitWatches(int number) {
		Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> this.watches.size() == number);
	}

	@Test
	void watchThatFailedIsClosedBeforeTheNextIsOpened() {
		addListener();
		awaitWatches(1);
		for (int round = 1; round <= 3; round++) {
			OpenWatch failed = this.watches.get(round - 1);
			failed.listener.onError(new IllegalStateException("Of a test"));
			failed.listener.onError(new IllegalStateException("Of a test, again"));
			assertThat(failed.closed).isTrue();
			awaitWatches(round + 1);
			// Resumed by the client nevertheless
			failed.listener.onNext(response(Long.MAX_VALUE - 1, Long.MAX_VALUE - 1, "late"));
		}
		OpenWatch current = this.watches.get(3);
		current.listener.onNext(response(current.option.getRevision(), current.option.getRevision(), "a"));
		assertThat(this.changes).containsExactly("a");
		assertThat(this.watches).filteredOn((watch) -> !watch.closed).containsExactly(current);
	}

	@Test
	void watchThatEndsIsOpenedAgain() {
		addListener();
		awaitWatches(1);
		this.watches.get(0).listener.onCompleted();
		awaitWatches(2);
	}

	@Test
	void watchThatCannotBeOpenedIsOpenedLater() {
		this.refusal = new IllegalStateException("Of a test");
		addListener();
		awaitWatches(1);
		assertThat(this.refusal).isNull();
	}

	@Test
	void nextWatchBeginsAfterTheLastEvent() {
		addListener();
		awaitWatches(1);
		OpenWatch first = this.watches.get(0);
		long start = first.option.getRevision();
		put(14);
		first.listener.onNext(response(start + 10, start + 3, "a"));
		first.listener.onError(new IllegalStateException("Of a test"));
		awaitWatches(2);
		OpenWatch second = this.watches.get(1);
		assertThat(second.option.getRevision()).isEqualTo(start + 4);
		second.listener.onNext(response(start + 10, start + 1, "earlier"));
		second.listener.onError(new IllegalStateException("Of a test"));
		awaitWatches(3);
		assertThat(this.watches.get(2).option.getRevision()).isEqualTo(start + 4);
	}

	@Test
	void watchThatIsCreatedInAnotherClusterIsClosed() {
		addListener();
		awaitWatches(1);
		OpenWatch first = this.watches.get(0);
		first.listener.onNext(created(first.option.getRevision(), 4711));
		assertThat(first.closed).isTrue();
		awaitWatches(2);
	}

	@Test
	void watchThatIsCreatedByAProxyWithoutTheClusterStaysOpen() {
		addListener();
		awaitWatches(1);
		OpenWatch first = this.watches.get(0);
		first.listener.onNext(created(first.option.getRevision(), 0));
		first.listener.onNext(response(first.option.getRevision(), first.option.getRevision(), "a"));
		assertThat(first.closed).isFalse();
		assertThat(this.changes).containsExactly("a");
	}

	@Test
	void revisionThatAProxyRepeatsIsNotTakenForThatOfTheStore(CapturedOutput output) {
		addListener();
		awaitWatches(1);
		OpenWatch first = this.watches.get(0);
		first.listener.onNext(created(first.option.getRevision(), 0));
		first.listener.onError(new IllegalStateException("Of a test"));
		awaitWatches(2);
		assertThat(this.watches.get(1).option.getRevision()).isEqualTo(first.option.getRevision());
		assertThat(output).doesNotContain("another etcd cluster");
	}

	@Test
	void storeThatIsBehindWhatWasSeenIsWatchedFromItsRevisionOn() {
		addListener();
		awaitWatches(1);
		OpenWatch first = this.watches.get(0);
		long start = first.option.getRevision();
		first.listener.onNext(response(start + 1_000_000, start, "a"));
		put(5);
		first.listener.onError(new IllegalStateException("Of a test"));
		awaitWatches(2);
		assertThat(this.watches.get(1).option.getRevision()).isEqualTo(start + 5);
	}

	@Test
	void listenerIsAddedOnceItIsKnownWhereTheWatchBegins() {
		KV kv = mock(KV.class);
		given(kv.get(any(ByteSequence.class), any(GetOption.class)))
			.willReturn(CompletableFuture.failedFuture(Status.UNAVAILABLE.asRuntimeException()))
			.willAnswer((invocation) -> related.get()
				.getKVClient()
				.get(invocation.getArgument(0), invocation.getArgument(1, GetOption.class)));
		given(this.client.getKVClient()).willReturn(kv);
		addListener();
		long revision = related.get()
			.getKVClient()
			.put(RelatedClient.bytes("/later"), ByteSequence.EMPTY)
			.orTimeout(20, TimeUnit.SECONDS)
			.join()
			.getHeader()
			.getRevision();
		awaitWatches(1);
		assertThat(this.watches.get(0).option.getRevision()).isEqualTo(revision);
	}

	@Test
	void watchThatIsCreatedByAMemberThatLagsStaysOpen() {
		put(4);
		addListener();
		awaitWatches(1);
		OpenWatch first = this.watches.get(0);
		GetResponse read = read(related);
		KV kv = mock(KV.class);
		given(kv.get(any(ByteSequence.class), any(GetOption.class)))
			.willReturn(CompletableFuture.completedFuture(read));
		given(this.client.getKVClient()).willReturn(kv);
		first.listener.onNext(created(first.option.getRevision() - 3, read.getHeader().getClusterId()));
		then(kv).should().get(any(ByteSequence.class), any(GetOption.class));
		first.listener.onNext(response(first.option.getRevision(), first.option.getRevision(), "a"));
		assertThat(first.closed).isFalse();
		assertThat(this.changes).containsExactly("a");
	}

	@Test
	void watchThatIsCreatedWhereDataWasLostIsClosed() {
		put(20);
		try (LocalEtcd wiped = LocalEtcd.builder().start(); RelatedClient other = new RelatedClient(wiped)) {
			addListener();
			awaitWatches(1);
			given(this.client.getKVClient()).willReturn(other.get().getKVClient());
			OpenWatch first = this.watches.get(0);
			first.listener.onNext(created(1, read(related).getHeader().getClusterId()));
			awaitWatches(2);
			assertThat(first.closed).isTrue();
			assertThat(this.watches.get(1).option.getRevision()).isEqualTo(2);
		}
	}

	@Test
	void changesOfAWatchWaitUntilThoseOfTheFormerAreTold() throws Exception {
		CountDownLatch told = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		this.store.addListener(new MetadataStoreListenerAdapter() {

			@Override
			public void onAdd(String key, String value) {
				if (key.equals("a")) {
					told.countDown();
					awaitUninterruptibly(goOn);
				}
				MetadataWatchTests.this.changes.add(key);
			}

		});
		awaitWatches(1);
		OpenWatch first = this.watches.get(0);
		Thread former = start(() -> first.listener
			.onNext(response(first.option.getRevision(), first.option.getRevision(), "a", "b")));
		try {
			told.await();
			put(1);
			first.listener.onError(new IllegalStateException("Of a test"));
			awaitWatches(2);
			OpenWatch second = this.watches.get(1);
			Thread next = start(() -> second.listener
				.onNext(response(second.option.getRevision(), second.option.getRevision(), "c")));
			Awaitility.await()
				.until(() -> next.getState() == Thread.State.BLOCKED || next.getState() == Thread.State.TERMINATED);
			assertThat(this.changes).isEmpty();
			goOn.countDown();
			next.join(20_000);
			assertThat(this.changes).containsExactly("a", "b", "c");
		}
		finally {
			goOn.countDown();
			former.join();
		}
	}

	@Test
	void storeIsDestroyedWhileAListenerIsTold() throws Exception {
		CountDownLatch told = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		this.store.addListener(new MetadataStoreListenerAdapter() {

			@Override
			public void onAdd(String key, String value) {
				told.countDown();
				awaitUninterruptibly(goOn);
				MetadataWatchTests.this.store.removeListener(this);
				MetadataWatchTests.this.changes.add(key);
			}

		});
		awaitWatches(1);
		OpenWatch watch = this.watches.get(0);
		start(() -> {
			this.lock.lock();
			try {
				watch.listener.onNext(response(watch.option.getRevision(), watch.option.getRevision(), "a"));
			}
			finally {
				this.lock.unlock();
			}
		});
		try {
			told.await();
			Thread destroyer = start(this.store::destroy);
			Awaitility.await().until(() -> this.lock.hasQueuedThread(destroyer));
			goOn.countDown();
			destroyer.join(20_000);
			assertThat(destroyer.isAlive()).isFalse();
			assertThat(this.changes).containsExactly("a");
			assertThat(watch.closed).isTrue();
		}
		finally {
			// Or the store cannot be destroyed after the test either
			goOn.countDown();
		}
	}

	private static Thread start(Runnable runnable) {
		Thread thread = new Thread(runnable);
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static GetResponse read(RelatedClient client) {
		return client.get().getKVClient().get(RelatedClient.bytes("/")).orTimeout(20, TimeUnit.SECONDS).join();
	}

	private static WatchResponse created(long revision, long clusterId) {
		return new WatchResponse(io.etcd.jetcd.api.WatchResponse.newBuilder()
			.setHeader(ResponseHeader.newBuilder().setRevision(revision).setClusterId(clusterId))
			.setCreated(true)
			.build());
	}

	private static WatchResponse response(long revision, long modRevision, String... keys) {
		io.etcd.jetcd.api.WatchResponse.Builder response = io.etcd.jetcd.api.WatchResponse.newBuilder()
			.setHeader(ResponseHeader.newBuilder().setRevision(revision));
		for (String key : keys) {
			response.addEvents(Event.newBuilder()
				.setType(Event.EventType.PUT)
				.setKv(KeyValue.newBuilder()
					.setKey(ByteString.copyFromUtf8("/" + key))
					.setCreateRevision(modRevision)
					.setModRevision(modRevision)));
		}
		return new WatchResponse(response.build(), ByteSequence.EMPTY);
	}

	private final class OpenWatch implements Watch.Watcher {

		private final WatchOption option;

		private final Watch.Listener listener;

		private volatile boolean closed;

		OpenWatch(WatchOption option, Watch.Listener listener) {
			this.option = option;
			this.listener = listener;
		}

		@Override
		public void close() {
			MetadataWatchTests.this.lock.lock();
			try {
				if (!this.closed) {
					this.closed = true;
					this.listener.onCompleted();
				}
			}
			finally {
				MetadataWatchTests.this.lock.unlock();
			}
		}

		@Override
		public boolean isClosed() {
			return this.closed;
		}

		@Override
		public void requestProgress() {
		}

	}

}
