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

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Txn;
import io.github.etcdrelation.test.LocalEtcd;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RepeatableWrites}.
 */
class RepeatableWritesTests {

	private static final String UNCERTAIN = "UNAVAILABLE: the write was sent and may have been carried out";

	private static LocalEtcd etcd;

	private final Client client = Client.builder().endpoints(etcd.getConnectionString().split(",")).build();

	private final AtomicReference<Loss> loss = new AtomicReference<>(Loss.NONE);

	private final String prefix = getClass().getSimpleName() + System.nanoTime() + "/";

	private final RepeatableWrites writes = new RepeatableWrites((Client) losing(Client.class, this.client),
			this.prefix + "counters/");

	@BeforeAll
	static void start() {
		etcd = LocalEtcd.builder().start();
	}

	@AfterAll
	static void stop() {
		etcd.close();
	}

	@AfterEach
	void close() {
		this.client.close();
	}

	@Test
	void writeThatSucceedsIsNotRepeated() throws Exception {
		Call call = write("1");
		assertThat(call.isSuccessful()).isTrue();
		assertThat(this.writes.repeated()).isEmpty();
		assertThat(key().getModRevision()).isEqualTo(call.revision());
	}

	@Test
	void writeWhoseAnswerIsLostHasOneEffect() throws Exception {
		write("1");
		this.loss.set(Loss.ANSWER);
		Call call = write("2");
		assertThat(call.isSuccessful()).isTrue();
		assertThat(this.writes.repeated()).hasSize(1);
		assertThat(this.writes.foundCarriedOut()).isOne();
		assertThat(key().getVersion()).isEqualTo(2);
		assertThat(key().getModRevision()).isEqualTo(call.revision());
	}

	@Test
	void writeThatIsLostIsCarriedOutOnce() throws Exception {
		write("1");
		this.loss.set(Loss.REQUEST);
		Call call = write("2");
		assertThat(call.isSuccessful()).isTrue();
		assertThat(this.writes.repeated()).hasSize(1);
		assertThat(this.writes.foundCarriedOut()).isZero();
		assertThat(key().getVersion()).isEqualTo(2);
		assertThat(key().getModRevision()).isEqualTo(call.revision());
	}

	@Test
	void anotherFailureIsNotRepeated() {
		write("1");
		this.loss.set(Loss.REFUSED);
		Call call = write("2");
		assertThat(call.failure()).contains("permission denied");
		assertThat(this.writes.repeated()).isEmpty();
	}

	@Test
	void counterThatAnotherWroteIsAFailure() throws Exception {
		write("1");
		get(this.client.getKVClient().put(bytes(this.prefix + "counters/0"), bytes("another")));
		assertThat(write("2").failure()).contains("instead of 1");
		assertThat(key().getValue().toString(StandardCharsets.UTF_8)).isEqualTo("1");
	}

	private Call write(String value) {
		return this.writes.write(0, List.of(this.prefix + "key"), value);
	}

	private KeyValue key() throws Exception {
		return get(this.client.getKVClient().get(bytes(this.prefix + "key"))).getKvs().get(0);
	}

	private static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

	/**
	 * Loses what the next transaction sends or is answered.
	 */
	private Object losing(Class<?> type, Object target) {
		return Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { type },
				(proxy, method, arguments) -> invoke(proxy, target, method, arguments));
	}

	private Object invoke(Object proxy, Object target, Method method, Object[] arguments) throws Throwable {
		Loss next = method.getName().equals("commit") ? this.loss.getAndSet(Loss.NONE) : Loss.NONE;
		if (next == Loss.REQUEST || next == Loss.REFUSED) {
			return failed(next);
		}
		try {
			Object result = method.invoke(target, arguments);
			if (next == Loss.ANSWER) {
				((CompletableFuture<?>) result).join();
				return failed(next);
			}
			if (result == target) {
				return proxy;
			}
			if (result instanceof KV) {
				return losing(KV.class, result);
			}
			return (result instanceof Txn) ? losing(Txn.class, result) : result;
		}
		catch (InvocationTargetException ex) {
			throw ex.getCause();
		}
	}

	private static CompletableFuture<?> failed(Loss loss) {
		return CompletableFuture
			.failedFuture(new IllegalStateException((loss == Loss.REFUSED) ? "permission denied" : UNCERTAIN));
	}

	private enum Loss {

		NONE, REQUEST, ANSWER, REFUSED

	}

}
