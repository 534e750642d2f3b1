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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchResponse;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.WithLocalEtcd;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.integration.metadata.MetadataStoreListenerAdapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Watches of metadata that fail in ways that an etcd cannot be made to.
 */
@WithLocalEtcd
@Timeout(60)
class MetadataWatchTests {

	private static RelatedClient related;

	private final List<OpenWatch> watches = new CopyOnWriteArrayList<>();

	// As the client has one, with which it calls back
	private final ReentrantLock lock = new ReentrantLock();

	private final List<String> changes = new CopyOnWriteArrayList<>();

	private volatile RuntimeException refusal;

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
		Client client = mock(Client.class);
		given(client.getKVClient()).willReturn(related.get().getKVClient());
		given(client.getWatchClient()).willReturn(watch);
		this.store = new EtcdMetadataStore(client, "/");
	}

	@AfterEach
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
		OpenWatch first = this.watches.get(0);
		long start = first.option.getRevision();
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
	void storeIsDestroyedWhileAListenerIsTold() throws Exception {
		CountDownLatch told = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		MetadataStoreListenerAdapter listener = new MetadataStoreListenerAdapter() {

			@Override
			public void onAdd(String key, String value) {
				told.countDown();
				try {
					goOn.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
				MetadataWatchTests.this.store.removeListener(this);
				MetadataWatchTests.this.changes.add(key);
			}

		};
		this.store.addListener(listener);
		OpenWatch watch = this.watches.get(0);
		Thread callback = new Thread(() -> {
			this.lock.lock();
			watch.listener.onNext(response(watch.option.getRevision(), watch.option.getRevision(), "a"));
			this.lock.unlock();
		});
		callback.setDaemon(true);
		callback.start();
		told.await();
		Thread destroyer = new Thread(this.store::destroy);
		destroyer.setDaemon(true);
		destroyer.start();
		Awaitility.await().until(() -> this.lock.hasQueuedThread(destroyer));
		goOn.countDown();
		destroyer.join(20_000);
		assertThat(destroyer.isAlive()).isFalse();
		assertThat(this.changes).containsExactly("a");
		assertThat(watch.closed).isTrue();
	}

	private static WatchResponse response(long revision, long modRevision, String key) {
		KeyValue entry = KeyValue.newBuilder()
			.setKey(ByteString.copyFromUtf8("/" + key))
			.setCreateRevision(modRevision)
			.setModRevision(modRevision)
			.build();
		return new WatchResponse(io.etcd.jetcd.api.WatchResponse.newBuilder()
			.setHeader(ResponseHeader.newBuilder().setRevision(revision))
			.addEvents(Event.newBuilder().setType(Event.EventType.PUT).setKv(entry))
			.build(), ByteSequence.EMPTY);
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
