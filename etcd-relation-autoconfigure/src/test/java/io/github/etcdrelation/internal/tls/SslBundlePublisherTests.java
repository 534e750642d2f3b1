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

package io.github.etcdrelation.internal.tls;

import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.EtcdRelations;
import io.github.etcdrelation.autoconfigure.EtcdRelationAutoConfiguration;
import io.github.etcdrelation.autoconfigure.TestPem;
import io.github.etcdrelation.event.EtcdRelationEvent;
import io.github.etcdrelation.event.EtcdRotationFailedEvent;
import io.github.etcdrelation.internal.source.TestFiles;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the SSL bundle that a relation offers, and the one that it uses.
 */
@ExtendWith(OutputCaptureExtension.class)
class SslBundlePublisherTests {

	private static final SslBundle FIRST = bundle(TestPem.CERT, TestPem.KEY);

	private static final SslBundle SECOND = bundle(TestPem.RSA_CERT, TestPem.RSA_KEY);

	@TempDir
	private Path spool;

	private final List<EtcdRelationEvent> events = new CopyOnWriteArrayList<>();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, EtcdRelationAutoConfiguration.class))
		.withBean("recorder", Recorder.class, () -> new Recorder(this.events));

	@Test
	void credentialsAreOfferedWhenTheyFirstExist() {
		withDirectory().run((context) -> {
			SslBundles bundles = context.getBean(SslBundles.class);
			assertThat(bundles.getBundleNames()).isEmpty();
			unit("https://127.0.0.1:1", TestPem.CERT, TestPem.KEY);
			context.getBean(EtcdRelations.class).refresh("main");
			assertThat(bundles.getBundleNames()).containsExactly("main");
			assertThat(certificate(bundles.getBundle("main"))).isEqualTo(certificate(FIRST));
		});
	}

	@Test
	void credentialsThatExistAreOfferedFromTheStart() {
		unit("https://127.0.0.1:1", TestPem.CERT, TestPem.KEY);
		withDirectory().withBean(UsesBundle.class).run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void applicationsOwnBundleIsLeftAlone(CapturedOutput output) {
		unit("https://127.0.0.1:1", TestPem.CERT, TestPem.KEY);
		withDirectory()
			.withPropertyValues("spring.ssl.bundle.pem.main.keystore.certificate=" + TestPem.RSA_CERT,
					"spring.ssl.bundle.pem.main.keystore.private-key=" + TestPem.RSA_KEY)
			.run((context) -> {
				SslBundles bundles = context.getBean(SslBundles.class);
				assertThat(certificate(bundles.getBundle("main"))).isEqualTo(certificate(SECOND));
				assertThat(output).contains("SSL bundle 'main' is defined already");
			});
	}

	@Test
	void bundleIsUpdatedWhenCredentialsInUseChangeAndThenOnly() {
		SslBundleRecorder registry = new SslBundleRecorder();
		SslBundlePublisher bundle = new SslBundlePublisher("main", registry);
		bundle.apply(FIRST);
		bundle.apply(FIRST);
		bundle.apply(SECOND);
		bundle.apply(SECOND);
		assertThat(registry.calls).containsExactly("register main " + certificate(FIRST),
				"update main " + certificate(SECOND));
	}

	@Test
	void otherEndpointsDoNotUpdateBundle() {
		unit("https://127.0.0.1:1", TestPem.CERT, TestPem.KEY);
		withDirectory().run((context) -> {
			SslBundles bundles = context.getBean(SslBundles.class);
			SslBundle bundle = bundles.getBundle("main");
			List<SslBundle> told = new CopyOnWriteArrayList<>();
			bundles.addBundleUpdateHandler("main", told::add);
			this.events.clear();
			// The same endpoint: in use at once
			unit("https://127.0.0.1:1,https://127.0.0.1:1", TestPem.CERT, TestPem.KEY);
			context.getBean(EtcdRelations.class).refresh("main");
			assertThat(this.events).hasSize(1);
			assertThat(told).isEmpty();
			assertThat(bundles.getBundle("main")).isSameAs(bundle);
		});
	}

	@Test
	void credentialsThatReturnUpdateBundleAndTellHandlers() {
		unit("https://127.0.0.1:1", TestPem.CERT, TestPem.KEY);
		withDirectory().run((context) -> {
			SslBundles bundles = context.getBean(SslBundles.class);
			List<SslBundle> told = new CopyOnWriteArrayList<>();
			bundles.addBundleUpdateHandler("main", told::add);
			// Nothing is in use in between, so nothing has to be proven
			unit(" ", TestPem.CERT, TestPem.KEY);
			context.getBean(EtcdRelations.class).refresh("main");
			unit("https://127.0.0.1:1", TestPem.RSA_CERT, TestPem.RSA_KEY);
			context.getBean(EtcdRelations.class).refresh("main");
			assertThat(told).hasSize(1)
				.allSatisfy((bundle) -> assertThat(certificate(bundle)).isEqualTo(certificate(SECOND)));
			assertThat(certificate(bundles.getBundle("main"))).isEqualTo(certificate(SECOND));
		});
	}

	@Test
	void handlerThatThrowsDoesNotRefuseCredentials(CapturedOutput output) {
		unit("https://127.0.0.1:1", TestPem.CERT, TestPem.KEY);
		withDirectory().run((context) -> {
			context.getBean(SslBundles.class).addBundleUpdateHandler("main", (bundle) -> {
				throw new IllegalStateException("handler");
			});
			unit(" ", TestPem.CERT, TestPem.KEY);
			context.getBean(EtcdRelations.class).refresh("main");
			this.events.clear();
			unit("https://127.0.0.1:1", TestPem.RSA_CERT, TestPem.RSA_KEY);
			context.getBean(EtcdRelations.class).refresh("main");
			assertThat(this.events).isNotEmpty().noneMatch(EtcdRotationFailedEvent.class::isInstance);
			assertThat(output).contains("IllegalStateException: handler");
		});
	}

	@Test
	void withoutRegistryNothingIsOffered() {
		unit("https://127.0.0.1:1", TestPem.CERT, TestPem.KEY);
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(EtcdRelationAutoConfiguration.class))
			.withPropertyValues("etcd.relation.name=main", "etcd.relation.directory=" + this.spool)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SslBundleRegistry.class));
	}

	@Test
	void updateOfBundleThatRelationUsesIsFollowed() {
		this.runner
			.withPropertyValues("etcd.relation.connection-string=https://127.0.0.1:1", "etcd.relation.ssl.bundle=own",
					"etcd.relation.client.connect-timeout=200ms",
					"spring.ssl.bundle.pem.own.keystore.certificate=" + TestPem.CERT,
					"spring.ssl.bundle.pem.own.keystore.private-key=" + TestPem.KEY,
					"spring.ssl.bundle.pem.own.truststore.certificate=" + TestPem.CA)
			.run((context) -> {
				assertThat(context.getBean(SslBundles.class).getBundleNames()).containsExactly("own");
				assertThat(this.events).noneMatch(EtcdRotationFailedEvent.class::isInstance);
				updateOwn(context);
				// There is no etcd that would prove it
				await().until(() -> this.events.stream().anyMatch(EtcdRotationFailedEvent.class::isInstance));
				assertThat(this.events).last()
					.isInstanceOfSatisfying(EtcdRotationFailedEvent.class, (event) -> assertThat(event.getCause())
						.hasMessageContaining("etcd at https://127.0.0.1:1 cannot be reached"));
			});
	}

	private static void updateOwn(ApplicationContext context) {
		context.getBean(SslBundleRegistry.class).updateBundle("own", SECOND);
	}

	private ApplicationContextRunner withDirectory() {
		return this.runner.withPropertyValues("etcd.relation.name=main", "etcd.relation.directory=" + this.spool);
	}

	private void unit(String connectionString, String cert, String key) {
		TestFiles.replace(this.spool.resolve("etcd:1/etcd-0.json"),
				"""
						{"connection_string": "%s", "client_cert": "%s", "client_key": "%s", "client_ca": "%s"}"""
					.formatted(connectionString, cert, key, TestPem.CA)
					.replaceAll("\\R", "\\\\n"));
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(10));
	}

	private static SslBundle bundle(String cert, String key) {
		return PemSslBundles.create(new ClientCredentials(cert, key, TestPem.CA));
	}

	private static String certificate(SslBundle bundle) {
		try {
			KeyStore keyStore = bundle.getStores().getKeyStore();
			return String.valueOf(keyStore.getCertificate(keyStore.aliases().nextElement()).hashCode());
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static final class UsesBundle {

		UsesBundle(EtcdRelations relations, SslBundles bundles) {
			assertThat(certificate(bundles.getBundle("main"))).isEqualTo(certificate(FIRST));
		}

	}

	private static final class SslBundleRecorder implements SslBundleRegistry {

		private final List<String> calls = new CopyOnWriteArrayList<>();

		@Override
		public void registerBundle(String name, SslBundle bundle) {
			this.calls.add("register " + name + " " + certificate(bundle));
		}

		@Override
		public void updateBundle(String name, SslBundle bundle) {
			this.calls.add("update " + name + " " + certificate(bundle));
		}

	}

	private record Recorder(List<EtcdRelationEvent> events) implements ApplicationListener<EtcdRelationEvent> {

		@Override
		public void onApplicationEvent(EtcdRelationEvent event) {
			this.events.add(event);
		}

	}

}
