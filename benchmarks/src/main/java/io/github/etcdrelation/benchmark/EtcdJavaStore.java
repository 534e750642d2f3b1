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

import com.google.protobuf.ByteString;
import com.ibm.etcd.client.EtcdClient;
import com.ibm.etcd.client.kv.KvClient;
import com.ibm.etcd.client.kv.WatchUpdate;
import io.grpc.stub.StreamObserver;

/**
 * IBM's etcd-java with its defaults.
 */
final class EtcdJavaStore implements WatchingStore {

	private final Keys<ByteString> keys = new Keys<>(ByteString::copyFrom, ByteString[]::new);

	private final EtcdClient client;

	private final KvClient kv;

	private EtcdJavaStore(EtcdClient client) {
		this.client = client;
		this.kv = client.getKvClient();
	}

	static EtcdJavaStore create(Access access) throws Exception {
		return new EtcdJavaStore(EtcdClient.forEndpoints(access.endpoints()).withTlsConfig(access::secure).build());
	}

	@Override
	public void start(Operation operation, int key, Completion completion) {
		if (operation == Operation.GET) {
			FutureCompletion.add(this.kv.get(this.keys.key(key)).async(), completion);
		}
		else {
			FutureCompletion.add(this.kv.put(this.keys.key(key), this.keys.value()).async(), completion);
		}
	}

	@Override
	public int call(Operation operation, int key) {
		if (operation == Operation.GET) {
			return this.kv.get(this.keys.key(key)).sync().getKvs(0).getValue().size();
		}
		this.kv.put(this.keys.key(key), this.keys.value()).sync();
		return Keys.VALUE_SIZE;
	}

	@Override
	public Runnable watch(String prefix, Consumer<String> listener) {
		return this.kv.watch(ByteString.copyFromUtf8(prefix)).asPrefix().start(new UpdateObserver(listener))::close;
	}

	@Override
	public void close() {
		this.client.close();
	}

	private record UpdateObserver(Consumer<String> listener) implements StreamObserver<WatchUpdate> {

		@Override
		public void onNext(WatchUpdate update) {
			update.getEvents().forEach((event) -> this.listener.accept(event.getKv().getValue().toStringUtf8()));
		}

		@Override
		public void onError(Throwable failure) {
			// Missing events show it
		}

		@Override
		public void onCompleted() {
			// Missing events show it
		}

	}

}
