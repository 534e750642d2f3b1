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

package io.github.etcdrelation.soak;

import java.nio.charset.StandardCharsets;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.text;

/**
 * A key that counts: each number is written once and none is left out, as a write
 * compares the number before it, and one whose outcome is open is made again. For one
 * thread.
 */
final class Sequence {

	private static final String PADDING = "x".repeat(256);

	private final Client client;

	private final Calls calls;

	private final Counters counters;

	private final String key;

	private final ByteSequence keyBytes;

	private volatile long number;

	private volatile long revision;

	Sequence(Client client, Calls calls, Counters counters, String key) {
		this.client = client;
		this.calls = calls;
		this.counters = counters;
		this.key = key;
		this.keyBytes = bytes(key);
	}

	/**
	 * Write the next number, unless an attempt before has.
	 * @return whether it is certain that it is written
	 */
	boolean write() {
		long next = this.number + 1;
		Cmp unchanged = (next == 1) ? new Cmp(this.keyBytes, Cmp.Op.EQUAL, CmpTarget.version(0))
				: new Cmp(this.keyBytes, Cmp.Op.EQUAL, CmpTarget.value(value(next - 1)));
		TxnResponse response = this.calls.write("sequence",
				this.client.getKVClient()
					.txn()
					.If(unchanged)
					.Then(Op.put(this.keyBytes, value(next), PutOption.DEFAULT))
					.Else(Op.get(this.keyBytes, GetOption.DEFAULT))
					.commit());
		if (response == null) {
			return false;
		}
		if (response.isSucceeded()) {
			written(next, response.getHeader().getRevision());
			return true;
		}
		for (KeyValue found : response.getGetResponses().get(0).getKvs()) {
			if (number(found.getValue()) == next) {
				written(next, found.getModRevision());
				return true;
			}
		}
		this.counters.add(Counters.VIOLATIONS, "a sequence has another number than the one written");
		return false;
	}

	private void written(long written, long at) {
		this.number = written;
		this.revision = at;
	}

	String key() {
		return this.key;
	}

	/**
	 * Return the last number that is certain to be written.
	 */
	long number() {
		return this.number;
	}

	long revision() {
		return this.revision;
	}

	private static ByteSequence value(long number) {
		return bytes(number + " " + PADDING.substring(0, (int) (number * 37 % PADDING.length())));
	}

	static long number(ByteSequence value) {
		String text = text(value);
		return Long.parseLong(text, 0, text.indexOf(' '), 10);
	}

	static ByteSequence filled(int size) {
		return ByteSequence.from("v".repeat(size), StandardCharsets.UTF_8);
	}

}
