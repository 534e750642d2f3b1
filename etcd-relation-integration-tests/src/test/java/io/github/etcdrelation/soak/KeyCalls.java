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

import java.util.List;
import java.util.Random;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.lease.LeaseGrantResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;

import static io.github.etcdrelation.RelationTester.bytes;

/**
 * Calls about keys and leases as they come, most of them small. For one thread.
 */
final class KeyCalls implements Runnable {

	private static final int KEYS = 64;

	private final Client client;

	private final Calls calls;

	private final List<Sequence> sequences;

	private final String prefix;

	private final Random random;

	KeyCalls(Client client, Calls calls, List<Sequence> sequences, String prefix, Random random) {
		this.client = client;
		this.calls = calls;
		this.sequences = sequences;
		this.prefix = prefix;
		this.random = random;
	}

	@Override
	public void run() {
		KV kv = this.client.getKVClient();
		int dice = this.random.nextInt(100);
		if (dice < 30) {
			this.sequences.get(this.random.nextInt(this.sequences.size())).write();
		}
		else if (dice < 45) {
			this.calls.write("put", kv.put(key(), value()));
		}
		else if (dice < 75) {
			this.calls.read("get", kv.get(key()));
		}
		else if (dice < 85) {
			GetOption range = GetOption.builder().isPrefix(true).withLimit(20).build();
			this.calls.read("range", kv.get(bytes(this.prefix), range));
		}
		else if (dice < 93) {
			ByteSequence key = key();
			this.calls.write("txn",
					kv.txn()
						.If(new Cmp(key, Cmp.Op.GREATER, CmpTarget.version(0)))
						.Then(Op.get(key, GetOption.DEFAULT), Op.put(key, value(), PutOption.DEFAULT))
						.Else(Op.put(key, value(), PutOption.DEFAULT))
						.commit());
		}
		else if (dice < 98) {
			this.calls.write("delete", kv.delete(key()));
		}
		else {
			useLease();
		}
	}

	private void useLease() {
		LeaseGrantResponse lease = this.calls.write("grant", this.client.getLeaseClient().grant(60));
		if (lease == null) {
			return;
		}
		PutOption option = PutOption.builder().withLeaseId(lease.getID()).build();
		this.calls.write("put with a lease",
				this.client.getKVClient().put(bytes(this.prefix + "leased"), value(), option));
		this.calls.write("renewal", this.client.getLeaseClient().keepAliveOnce(lease.getID()));
		this.calls.write("revoke", this.client.getLeaseClient().revoke(lease.getID()));
	}

	private ByteSequence key() {
		return bytes(this.prefix + this.random.nextInt(KEYS));
	}

	private ByteSequence value() {
		int dice = this.random.nextInt(100);
		return Sequence.filled((dice < 2) ? 65536 : (dice < 20) ? 4096 : 16 + dice);
	}

}
