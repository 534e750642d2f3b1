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

import com.google.protobuf.ByteString;
import com.ibm.etcd.client.EtcdClient;
import com.ibm.etcd.client.kv.KvClient;

/**
 * IBM's etcd-java with its defaults.
 */
final class EtcdJavaStore implements KeyValueStore {

	private final Keys<ByteString> keys = new Keys<>(ByteString::copyFrom, ByteString[]::new);

	private final EtcdClient client;

	private final KvClient kv;

	private EtcdJavaStore(EtcdClient client) {
		this.client = client;
		this.kv = client.getKvClient();
	}

	static EtcdJavaStore create(Access access) throws Exception {
		return new EtcdJavaStore(
				EtcdClient.forEndpoints(access.address().toString()).withTlsConfig(access::secure).build());
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
	public void close() {
		this.client.close();
	}

}
