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

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import io.github.etcdrelation.EtcdRelations;
import io.github.etcdrelation.test.CertificateAuthority;
import io.github.etcdrelation.test.LocalEtcd;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/**
 * Starts an etcd that demands client certificates, runs the application with a relation
 * to it, rotates certificates meanwhile, and shuts both down.
 */
public final class TestQuickstartApplication {

	private TestQuickstartApplication() {
	}

	public static void main(String[] args) throws Exception {
		// Until the application has set up its logging, everything would be printed
		LoggingSystem.get(TestQuickstartApplication.class.getClassLoader()).beforeInitialize();
		CertificateAuthority nextAuthority = CertificateAuthority.create();
		try (LocalEtcd etcd = startEtcd(nextAuthority);
				RelationDirectory directory = relate(etcd);
				ConfigurableApplicationContext application = run(etcd, nextAuthority, directory, args)) {
			application.getBean(Rotations.class).join();
			if (application.getEnvironment().getProperty("quickstart.keep-running", Boolean.class, false)) {
				awaitInterrupt();
			}
		}
	}

	/**
	 * Start an etcd that lets in clients of its own authority and of another one. It
	 * cannot learn that later.
	 */
	static LocalEtcd startEtcd(CertificateAuthority nextAuthority) {
		LocalEtcd etcd = LocalEtcd.builder().mutualTls().build();
		etcd.getMember(0).setTrustedCa(etcd.getCertificateAuthority().caPem() + nextAuthority.caPem());
		etcd.start();
		return etcd;
	}

	static RelationDirectory relate(LocalEtcd etcd) throws IOException {
		RelationDirectory directory = new RelationDirectory();
		directory.write(etcd.getClientCredentials());
		directory.write("version", etcd.getVersion());
		directory.write("connection_string", etcd.getConnectionString());
		return directory;
	}

	static ConfigurableApplicationContext run(LocalEtcd etcd, CertificateAuthority nextAuthority,
			RelationDirectory directory, String... args) {
		// The application writes until the rotations are over
		Map<String, Object> properties = Map.of("etcd.relation.directory", directory.getPath(), "quickstart.duration",
				"5m");
		return new SpringApplicationBuilder(QuickstartApplication.class).properties(properties)
			.initializers((context) -> {
				GenericApplicationContext beans = (GenericApplicationContext) context;
				// As a bean it is closed, and deleted, even when the end is Ctrl-C
				beans.registerBean(RelationDirectory.class, () -> directory);
				beans.registerBean(Rotations.class, () -> new Rotations(etcd, nextAuthority, directory,
						context.getBean(EtcdRelations.class), context.getBean(Journal.class)));
			})
			.run(args);
	}

	private static void awaitInterrupt() throws InterruptedException {
		new CountDownLatch(1).await();
	}

}
