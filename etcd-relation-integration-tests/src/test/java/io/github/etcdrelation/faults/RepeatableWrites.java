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

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import org.jspecify.annotations.Nullable;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.text;

/**
 * Transactions that compare the writer's own counter, so that one that may have been
 * carried out is repeated without a second effect: the counter says whether it was.
 */
public final class RepeatableWrites implements Writes {

	private static final String UNCERTAIN = "the write was sent and may have been carried out";

	private static final int ATTEMPTS = 20;

	private final Client client;

	private final String counters;

	private final Map<Integer, String> last = new ConcurrentHashMap<>();

	private final Queue<String> repeated = new ConcurrentLinkedQueue<>();

	private final AtomicInteger foundCarriedOut = new AtomicInteger();

	/**
	 * Create writes whose counters nobody has written yet.
	 * @param counters what the keys of the counters begin with
	 */
	public RepeatableWrites(Client client, String counters) {
		this.client = client;
		this.counters = counters;
	}

	@Override
	public Call write(int writer, List<String> keys, String value) {
		Call call = Call.put(keys, value, System.nanoTime());
		ByteSequence counter = bytes(this.counters + writer);
		String before = this.last.get(writer);
		for (int attempt = 1;; attempt++) {
			try {
				long revision = attempt(counter, before, keys, value);
				this.last.put(writer, value);
				return call.written(revision, System.nanoTime());
			}
			catch (Exception ex) {
				String text = Texts.of(ex);
				if (!text.contains(UNCERTAIN) || attempt == ATTEMPTS) {
					return call.failed(ex, System.nanoTime());
				}
				this.repeated.add(text);
			}
		}
	}

	/**
	 * Carry it out unless it was.
	 * @return the revision at which it was
	 */
	private long attempt(ByteSequence counter, @Nullable String before, List<String> keys, String value)
			throws Exception {
		Cmp unchanged = (before != null) ? new Cmp(counter, Cmp.Op.EQUAL, CmpTarget.value(bytes(before)))
				: new Cmp(counter, Cmp.Op.EQUAL, CmpTarget.version(0));
		List<Op> puts = new ArrayList<>();
		puts.add(Op.put(counter, bytes(value), PutOption.DEFAULT));
		keys.forEach((key) -> puts.add(Op.put(bytes(key), bytes(value), PutOption.DEFAULT)));
		TxnResponse response = this.client.getKVClient()
			.txn()
			.If(unchanged)
			.Then(puts.toArray(Op[]::new))
			.Else(Op.get(counter, GetOption.DEFAULT))
			.commit()
			.get(60, TimeUnit.SECONDS);
		if (response.isSucceeded()) {
			return response.getHeader().getRevision();
		}
		List<KeyValue> found = response.getGetResponses().get(0).getKvs();
		if (found.isEmpty() || !value.equals(text(found.get(0).getValue()))) {
			throw new IllegalStateException("%s is %s instead of %s".formatted(text(counter), found, before));
		}
		this.foundCarriedOut.incrementAndGet();
		return found.get(0).getModRevision();
	}

	/**
	 * Return why writes were repeated, each with its text.
	 */
	public List<String> repeated() {
		return List.copyOf(this.repeated);
	}

	/**
	 * Return how many writes a repetition found to be carried out.
	 */
	public int foundCarriedOut() {
		return this.foundCarriedOut.get();
	}

}
