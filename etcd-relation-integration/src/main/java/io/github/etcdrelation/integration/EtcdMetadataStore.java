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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.integration.metadata.ConcurrentMetadataStore;
import org.springframework.integration.metadata.ListenableMetadataStore;
import org.springframework.integration.metadata.MetadataStoreListener;
import org.springframework.util.Assert;

/**
 * A {@link ConcurrentMetadataStore} in etcd, shared by the processes that use the same
 * prefix. Listeners are told of the changes by all of them, in their order, once each.
 * Thread-safe.
 *
 * @since 0.1.0
 */
public class EtcdMetadataStore implements ListenableMetadataStore, DisposableBean {

	/**
	 * The prefix of the keys unless another one is given.
	 */
	public static final String DEFAULT_PREFIX = "/spring-integration/metadata/";

	/**
	 * Longer than a call of the starter's client takes with its default timeouts.
	 */
	private static final long CALL_NANOS = Duration.ofSeconds(25).toNanos();

	private final Client client;

	private final String prefix;

	@GuardedBy("this")
	private @Nullable MetadataWatch watch;

	/**
	 * Create a store with the default prefix.
	 * @param client the client of etcd
	 */
	public EtcdMetadataStore(Client client) {
		this(client, DEFAULT_PREFIX);
	}

	/**
	 * Create a store.
	 * @param client the client of etcd
	 * @param prefix the prefix of the keys in etcd
	 */
	public EtcdMetadataStore(Client client, String prefix) {
		Assert.notNull(client, "'client' must not be null");
		Assert.hasText(prefix, "'prefix' must not be empty");
		this.client = client;
		this.prefix = prefix;
	}

	private ByteSequence bytes(String key) {
		return ByteSequence.from(this.prefix + key, StandardCharsets.UTF_8);
	}

	private static ByteSequence value(String value) {
		return ByteSequence.from(value, StandardCharsets.UTF_8);
	}

	private static @Nullable String first(List<KeyValue> entries) {
		return entries.isEmpty() ? null : entries.get(0).getValue().toString(StandardCharsets.UTF_8);
	}

	@Override
	public void put(String key, String value) {
		call(key, () -> kv().put(bytes(key), value(value)));
	}

	@Override
	public @Nullable String get(String key) {
		return first(call(key, () -> kv().get(bytes(key))).getKvs());
	}

	@Override
	public @Nullable String remove(String key) {
		DeleteOption option = DeleteOption.builder().withPrevKV(true).build();
		return first(call(key, () -> kv().delete(bytes(key), option)).getPrevKvs());
	}

	@Override
	public @Nullable String putIfAbsent(String key, String value) {
		TxnResponse response = call(key,
				() -> kv().txn()
					.If(new Cmp(bytes(key), Cmp.Op.EQUAL, CmpTarget.createRevision(0)))
					.Then(putOp(key, value))
					.Else(Op.get(bytes(key), GetOption.DEFAULT))
					.commit());
		return response.isSucceeded() ? null : first(response.getGetResponses().get(0).getKvs());
	}

	@Override
	public boolean replace(String key, String oldValue, String newValue) {
		return call(key,
				() -> kv().txn()
					.If(new Cmp(bytes(key), Cmp.Op.EQUAL, CmpTarget.value(value(oldValue))))
					.Then(putOp(key, newValue))
					.commit())
			.isSucceeded();
	}

	private Op putOp(String key, String value) {
		return Op.put(bytes(key), value(value), PutOption.DEFAULT);
	}

	private KV kv() {
		return this.client.getKVClient();
	}

	private static <T> T call(String key, Supplier<CompletableFuture<T>> call) {
		try (Patience patience = Patience.limited(CALL_NANOS).uninterruptible()) {
			T result = new RepeatedCalls(patience, 0).make(call);
			if (result == null) {
				throw new DataAccessResourceFailureException(
						"No answer from etcd for the metadata '%s' in 25 seconds".formatted(key));
			}
			return result;
		}
		catch (EtcdCallException ex) {
			throw new DataAccessResourceFailureException(
					"Cannot access the metadata '%s' in etcd: %s".formatted(key, ex.getMessage()), ex.getCause());
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException("A wait was interrupted that cannot be", ex);
		}
	}

	/**
	 * Add a listener, which is told of the changes from now on, by the thread of a watch.
	 * If etcd cannot be reached that begins later, and this waits for the time of a call.
	 * @param callback the listener
	 */
	@Override
	public void addListener(MetadataStoreListener callback) {
		MetadataWatch current;
		synchronized (this) {
			if (this.watch == null) {
				this.watch = new MetadataWatch(this.client, this.prefix);
			}
			current = this.watch;
		}
		current.add(callback);
		current.open();
		try (Patience patience = Patience.limited(CALL_NANOS).uninterruptible()) {
			patience.await(current.getOpening(), CALL_NANOS);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException("A wait was interrupted that cannot be", ex);
		}
	}

	@Override
	public synchronized void removeListener(MetadataStoreListener callback) {
		if (this.watch != null) {
			this.watch.remove(callback);
		}
	}

	/**
	 * End the watch for listeners.
	 */
	@Override
	public void destroy() {
		MetadataWatch closed;
		synchronized (this) {
			closed = this.watch;
			this.watch = null;
		}
		if (closed != null) {
			closed.close();
		}
	}

}
