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

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.etcd.jetcd.Auth;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.auth.Permission;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.github.etcdrelation.test.LocalEtcd;
import io.grpc.Context;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.failure;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What etcd denies is described with the user and the keys, or with the property to look
 * at.
 */
class DeniedRequestTests {

	private static final String PASSWORD = "s3cr3t-right";

	private static final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();

	private static LocalEtcd etcd;

	@BeforeAll
	static void startEtcd() {
		etcd = LocalEtcd.builder().start();
		RelationTester.runner(etcd).run((context) -> {
			Auth auth = context.getBean(Client.class).getAuthClient();
			get(auth.userAdd(bytes("root"), bytes(PASSWORD)));
			get(auth.userGrantRole(bytes("root"), bytes("root")));
			get(auth.userAdd(bytes("app"), bytes(PASSWORD)));
			get(auth.roleAdd(bytes("app")));
			get(auth.roleGrantPermission(bytes("app"), bytes("app/"), bytes("app0"), Permission.Type.READWRITE));
			get(auth.userGrantRole(bytes("app"), bytes("app")));
			get(auth.authEnable());
		});
	}

	@AfterAll
	static void stopEtcd() {
		etcd.close();
		scheduler.shutdownNow();
	}

	@Test
	void userAndKeys() {
		runner("app", PASSWORD).run((context) -> {
			KV kv = context.getBean(Client.class).getKVClient();
			get(kv.put(bytes("app/key"), bytes("value")));
			assertThat(failure(kv.get(bytes("other")))).hasMessageContaining("etcdserver: permission denied")
				.hasMessageContaining("the user 'app' has no role for reading key 'other'");
			assertThat(failure(kv.get(bytes("a"), GetOption.builder().withRange(bytes("b\1")).build())))
				.hasMessageContaining("the user 'app' has no role for reading keys from 'a' to 'b\\u0001'");
			assertThat(failure(kv.put(bytes("other"), bytes("secret value"))))
				.hasMessageContaining("the user 'app' has no role for writing key 'other'")
				.message()
				.doesNotContain("secret value");
			assertThat(failure(kv.delete(bytes("o"), DeleteOption.builder().isPrefix(true).build())))
				.hasMessageContaining("has no role for writing keys from 'o' to 'p'");
			assertThat(failure(kv.txn()
				.Then(Op.put(bytes("app/key"), bytes("value"), PutOption.DEFAULT),
						Op.get(bytes("other"), GetOption.DEFAULT))
				.commit())).hasMessageContaining("writing key 'app/key', reading key 'other'");
			assertThat(failure(context.getBean(Client.class).getAuthClient().userList()))
				.hasMessageContaining("the user 'app' has no role for this request");
		});
	}

	@Test
	void wrongPassword() {
		Stream.of("app", "nobody")
			.forEach((user) -> runner(user, "s3cr3t-wrong")
				.run((context) -> assertThat(failure(context.getBean(Client.class).getKVClient().get(bytes("app/key"))))
					.hasMessageContaining("etcd refuses the user '%s' (client.user, client.password)".formatted(user))
					.message()
					.doesNotContain("s3cr3t")));
	}

	@Test
	void callsWithShortDeadlinesHaveTheReasonToo() {
		runner("app", "s3cr3t-wrong").run((context) -> {
			KV kv = context.getBean(Client.class).getKVClient();
			assertThat(failure(kv.get(bytes("app/key")))).hasMessageContaining("etcd refuses the user 'app'");
			for (int i = 0; i < 5; i++) {
				CompletableFuture<?> call = Context.current()
					.withDeadlineAfter(1, TimeUnit.SECONDS, scheduler)
					.call(() -> kv.get(bytes("app/key")));
				assertThat(failure(call)).hasMessageContaining("etcd refuses the user 'app'");
			}
		});
	}

	@Test
	void noUser() {
		RelationTester.runner(etcd)
			.run((context) -> assertThat(failure(context.getBean(Client.class).getKVClient().get(bytes("app/key"))))
				.hasMessageContaining("etcd demands a user, see client.user and client.password"));
	}

	private static ApplicationContextRunner runner(String user, String password) {
		return RelationTester.runner(etcd)
			.withPropertyValues("etcd.relation.client.user=" + user, "etcd.relation.client.password=" + password);
	}

}
