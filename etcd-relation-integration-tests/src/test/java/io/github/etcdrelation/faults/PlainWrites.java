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

package io.github.etcdrelation.faults;

import java.util.List;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.PutOption;

import static io.github.etcdrelation.RelationTester.bytes;

/**
 * Puts that may have been carried out or not when they fail.
 */
final class PlainWrites implements Writes {

	private final Client client;

	PlainWrites(Client client) {
		this.client = client;
	}

	@Override
	public Call write(int writer, List<String> keys, String value) {
		Call call = Call.put(keys, value, System.nanoTime());
		try {
			long revision;
			if (keys.size() == 1) {
				revision = this.client.getKVClient()
					.put(bytes(keys.get(0)), bytes(value))
					.get(60, TimeUnit.SECONDS)
					.getHeader()
					.getRevision();
			}
			else {
				Op[] puts = keys.stream()
					.map((key) -> Op.put(bytes(key), bytes(value), PutOption.DEFAULT))
					.toArray(Op[]::new);
				revision = this.client.getKVClient()
					.txn()
					.Then(puts)
					.commit()
					.get(60, TimeUnit.SECONDS)
					.getHeader()
					.getRevision();
			}
			return call.written(revision, System.nanoTime());
		}
		catch (Exception ex) {
			return call.failed(ex, System.nanoTime());
		}
	}

}
