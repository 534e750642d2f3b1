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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

import io.github.etcdrelation.EtcdRelations;
import io.github.etcdrelation.test.CertificateAuthority;
import io.github.etcdrelation.test.LocalEtcd;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * Starts an etcd that demands client certificates, runs the application with a relation
 * to it, rotates certificates meanwhile, and shuts both down. If it is to keep running,
 * etcd has three members, and a page reports what happens.
 */
public final class TestQuickstartApplication {

	private TestQuickstartApplication() {
	}

	public static void main(String[] args) throws Exception {
		// Until the application has set up its logging, everything would be printed
		LoggingSystem.get(TestQuickstartApplication.class.getClassLoader()).beforeInitialize();
		if (isToKeepRunning(args)) {
			try (Demo demo = startDemo(args)) {
				awaitInterrupt();
			}
			return;
		}
		CertificateAuthority nextAuthority = CertificateAuthority.create();
		try (LocalEtcd etcd = startEtcd(nextAuthority);
				RelationDirectory directory = relate(etcd);
				ConfigurableApplicationContext application = run(etcd, nextAuthority, directory, args)) {
			application.getBean(Rotations.class).join();
		}
	}

	private static boolean isToKeepRunning(String... args) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(new SimpleCommandLinePropertySource(args));
		return Binder.get(environment).bind("quickstart.keep-running", Boolean.class).orElse(false);
	}

	/**
	 * Start an etcd that lets in clients of its own authority and of another one. It
	 * cannot learn that later.
	 */
	static LocalEtcd startEtcd(CertificateAuthority nextAuthority) {
		return start(LocalEtcd.builder(), List.of(nextAuthority));
	}

	/**
	 * Start a cluster, and the application with a page, which serves when this returns.
	 */
	static Demo startDemo(String... args) throws IOException {
		List<CertificateAuthority> authorities = List.of(CertificateAuthority.create("Quickstart CA 1"),
				CertificateAuthority.create("Quickstart CA 2"));
		// The page writes as long as it runs
		LocalEtcd.Builder cluster = LocalEtcd.builder()
			.members(3)
			.argument("--auto-compaction-mode=revision", "--auto-compaction-retention=10000");
		LocalEtcd etcd = start(cluster, authorities);
		try {
			RelationDirectory directory = relate(etcd);
			ConfigurableApplicationContext application = application(etcd, authorities.get(0), directory)
				.profiles("page")
				.initializers(
						(context) -> Page.register((GenericApplicationContext) context, etcd, directory, authorities))
				.run(args);
			return new Demo(etcd, application).awaitTour();
		}
		catch (IOException | RuntimeException ex) {
			etcd.close();
			throw ex;
		}
	}

	private static LocalEtcd start(LocalEtcd.Builder builder, List<CertificateAuthority> authorities) {
		LocalEtcd etcd = builder.mutualTls().build();
		String trusted = etcd.getCertificateAuthority().caPem()
				+ authorities.stream().map(CertificateAuthority::caPem).collect(Collectors.joining());
		etcd.getMembers().forEach((member) -> member.setTrustedCa(trusted));
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
		return application(etcd, nextAuthority, directory).run(args);
	}

	private static SpringApplicationBuilder application(LocalEtcd etcd, CertificateAuthority nextAuthority,
			RelationDirectory directory) {
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
			});
	}

	private static void awaitInterrupt() throws InterruptedException {
		new CountDownLatch(1).await();
	}

	/**
	 * A cluster and the application with a page.
	 */
	record Demo(LocalEtcd etcd, ConfigurableApplicationContext application) implements AutoCloseable {

		private Demo awaitTour() {
			try {
				this.application.getBean(Rotations.class).join();
				return this;
			}
			catch (RuntimeException ex) {
				this.application.close();
				throw ex;
			}
		}

		@Override
		public void close() {
			this.application.close();
			this.etcd.close();
		}

	}

}
