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

import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.Client;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * The same application with the starter. Makes a call when it is ready.
 */
public final class StartedEtcdApplication {

	private StartedEtcdApplication() {
	}

	public static void main(String[] args) throws Exception {
		callOnce(StartedApplication.application(StartedApplication.class).run(args));
	}

	static void callOnce(ConfigurableApplicationContext context) throws Exception {
		long start = System.nanoTime();
		context.getBean(Client.class).getKVClient().get(Bytes.of("first")).get(30, TimeUnit.SECONDS);
		Conversation.report(Figures.of("first", (System.nanoTime() - start) / 1e6));
		context.close();
		System.exit(0);
	}

}
