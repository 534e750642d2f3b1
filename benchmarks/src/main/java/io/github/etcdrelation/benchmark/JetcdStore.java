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

package io.github.etcdrelation.benchmark;

import java.util.function.Consumer;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;

/**
 * jetcd, however its client was made.
 */
class JetcdStore implements WatchingStore {

	private final Keys<ByteSequence> keys = new Keys<>(ByteSequence::from, ByteSequence[]::new);

	private final AutoCloseable resource;

	private final Client client;

	private final KV kv;

	JetcdStore(Client client, AutoCloseable resource) {
		this.resource = resource;
		this.client = client;
		this.kv = client.getKVClient();
	}

	/**
	 * Build a client with the defaults of jetcd.
	 */
	static Client client(Access access) throws Exception {
		return Client.builder().endpoints(access.addresses()).sslContext(access.sslContext()).build();
	}

	static JetcdStore handMade(Access access) throws Exception {
		Client client = client(access);
		return new JetcdStore(client, client);
	}

	Client client() {
		return this.client;
	}

	@Override
	public void start(Operation operation, int key, Completion completion) {
		if (operation == Operation.GET) {
			this.kv.get(this.keys.key(key)).whenComplete((response, failure) -> completion.complete(failure));
		}
		else {
			this.kv.put(this.keys.key(key), this.keys.value())
				.whenComplete((response, failure) -> completion.complete(failure));
		}
	}

	@Override
	public int call(Operation operation, int key) throws Exception {
		if (operation == Operation.GET) {
			return this.kv.get(this.keys.key(key)).get().getKvs().get(0).getValue().size();
		}
		this.kv.put(this.keys.key(key), this.keys.value()).get();
		return Keys.VALUE_SIZE;
	}

	@Override
	public Runnable watch(String prefix, Consumer<String> listener) {
		Watch.Watcher watcher = this.client.getWatchClient()
			.watch(Bytes.of(prefix), WatchOption.builder().isPrefix(true).build(), (response) -> response.getEvents()
				.forEach((event) -> listener.accept(event.getKeyValue().getValue().toString())));
		return watcher::close;
	}

	@Override
	public void close() {
		try {
			this.resource.close();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
