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

package io.github.etcdrelation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.WithLocalEtcd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.slf4j.MDC;

import org.springframework.core.task.VirtualThreadTaskExecutor;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;
import static io.github.etcdrelation.RelationTester.text;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls of many virtual threads, each of which waits for its answer.
 */
@WithLocalEtcd(mutualTls = true)
@EnabledForJreRange(min = JRE.JAVA_21)
class VirtualThreadTests {

	private static final int THREADS = 10_000;

	private static final int KEYS = 100;

	private final LocalEtcd etcd;

	VirtualThreadTests(LocalEtcd etcd) {
		this.etcd = etcd;
	}

	@Test
	void eachOfManyVirtualThreadsGetsItsAnswer() {
		VirtualThreadTaskExecutor executor = new VirtualThreadTaskExecutor("caller-");
		RelationTester.runner(this.etcd)
			.withPropertyValues("etcd.relation.client.request-timeout=60s")
			.run((context) -> {
				KV kv = context.getBean(Client.class).getKVClient();
				for (int i = 0; i < KEYS; i++) {
					get(kv.put(key(i), bytes("value " + i)));
				}
				List<CompletableFuture<String>> tasks = new ArrayList<>();
				for (int i = 0; i < THREADS; i++) {
					ByteSequence key = key(i);
					tasks.add(executor.submitCompletable(() -> text(kv.get(key).get().getKvs().get(0).getValue())));
				}
				for (int i = 0; i < THREADS; i++) {
					assertThat(tasks.get(i).get(60, TimeUnit.SECONDS)).isEqualTo("value " + i % KEYS);
				}
			});
	}

	private static ByteSequence key(int number) {
		return bytes("virtual/" + number % KEYS);
	}

	@Test
	void callbacksThatWaitForVirtualThreadsHoldUpNobody() {
		VirtualThreadTaskExecutor executor = new VirtualThreadTaskExecutor("caller-");
		RelationTester.runner(this.etcd).run((context) -> {
			KV kv = context.getBean(Client.class).getKVClient();
			List<CompletableFuture<String>> calls = new ArrayList<>();
			for (int i = 0; i < 500; i++) {
				String caller = "caller " + i;
				calls.add(get(executor.submitCompletable(() -> {
					MDC.put("caller", caller);
					// The callback waits for another virtual thread, and that for etcd
					return kv.get(bytes("key"))
						.thenApply((response) -> executor.submitCompletable(() -> get(kv.get(bytes("key")))).join())
						.thenApply((response) -> MDC.get("caller"));
				})));
			}
			for (int i = 0; i < calls.size(); i++) {
				assertThat(get(calls.get(i))).isEqualTo("caller " + i);
			}
		});
	}

}
