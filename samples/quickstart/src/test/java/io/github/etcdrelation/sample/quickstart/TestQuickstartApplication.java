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

package io.github.etcdrelation.sample.quickstart;

import java.util.Map;
import java.util.concurrent.CountDownLatch;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.test.LocalEtcd;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Starts an etcd that demands client certificates, runs the application with a relation
 * to it, and shuts both down.
 */
public final class TestQuickstartApplication {

	private TestQuickstartApplication() {
	}

	public static void main(String[] args) throws InterruptedException {
		// Until the application has set up its logging, everything would be printed
		LoggingSystem.get(TestQuickstartApplication.class.getClassLoader()).beforeInitialize();
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start();
				ConfigurableApplicationContext application = run(etcd, args)) {
			if (application.getEnvironment().getProperty("quickstart.keep-running", Boolean.class, false)) {
				awaitInterrupt();
			}
		}
	}

	static ConfigurableApplicationContext run(LocalEtcd etcd, String... args) {
		return new SpringApplicationBuilder(QuickstartApplication.class).properties(relationProperties(etcd)).run(args);
	}

	private static Map<String, Object> relationProperties(LocalEtcd etcd) {
		ClientCredentials credentials = etcd.getClientCredentials();
		return Map.of("etcd.relation.connection-string", etcd.getConnectionString(), "etcd.relation.version",
				etcd.getVersion(), "etcd.relation.client-cert", credentials.clientCert(), "etcd.relation.client-key",
				credentials.clientKey(), "etcd.relation.client-ca", credentials.clientCa());
	}

	private static void awaitInterrupt() throws InterruptedException {
		new CountDownLatch(1).await();
	}

}
