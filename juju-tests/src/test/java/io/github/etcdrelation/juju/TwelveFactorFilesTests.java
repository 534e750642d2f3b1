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

package io.github.etcdrelation.juju;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.internal.source.DirectoryRelationSource;
import io.github.etcdrelation.internal.source.DirectoryWatcher;
import io.github.etcdrelation.internal.source.OwnDataKind;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.internal.tls.ExposedFiles;
import io.github.etcdrelation.internal.tls.SslBundleCache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what an application reads of the files of the 12-factor charm, which uses
 * Canonical's library as requirer.
 */
@EnabledWithPython
class TwelveFactorFilesTests {

	private static final Path TESTS = PythonEnvironment.MODULE.resolveSibling("samples/twelve-factor/tests");

	@TempDir
	private Path directory;

	private PythonProcess charm;

	@BeforeEach
	void setUp() {
		this.charm = new PythonProcess(PythonEnvironment.of(TESTS.resolve("requirements.txt")),
				TESTS.resolve("steps.py"), this.directory.toString());
	}

	@AfterEach
	void close() {
		this.charm.close();
	}

	@Test
	void relationIsReadStepByStep() throws Exception {
		assertThat(this.charm.ask("start")).startsWith("active");
		assertThat(snapshot()).isEqualTo(RelationSnapshot.NONE);
		assertThat(this.charm.ask("relate")).isEqualTo("waiting etcd: waiting for the certificate");
		assertThat(snapshot().states()).containsExactly(RelationState.CONNECTED);
		assertThat(this.charm.ask("certify")).isEqualTo("waiting etcd: waiting for the answer to the request");
		assertThat(snapshot().states()).containsExactly(RelationState.CONNECTED);
		assertThat(this.charm.ask("refuse name in use")).startsWith("blocked etcd refuses the request: name in use");
		assertThat(snapshot().refusals()).singleElement()
			.satisfies((refusal) -> assertThat(refusal.message()).isEqualTo("name in use"));
		assertThat(this.charm.ask("answer")).isEqualTo("active");
		RelationSnapshot snapshot = snapshot();
		assertThat(snapshot.states()).containsExactlyInAnyOrder(RelationState.values());
		assertThat(snapshot.relationInterface()).isEqualTo(RelationInterface.ETCD_CLIENT);
		assertThat(snapshot.connectionString()).isEqualTo("https://10.0.0.1:2379,https://10.0.0.2:2379");
		assertThat(snapshot.version()).isEqualTo("3.6.13");
		assertThat(snapshot.account().username()).isEqualTo("shop-orders");
		assertThat(snapshot.account().prefix()).isEqualTo("/orders/");
		assertThat(snapshot.refusals()).isEmpty();
		ClientCredentials credentials = snapshot.credentials();
		assertThat(credentials.clientCa()).isEqualTo("CA");
		assertThat(credentials.clientCert()).startsWith("-----BEGIN CERTIFICATE");
		assertThat(credentials.clientKey()).contains("PRIVATE KEY");
		this.charm.ask("renew");
		assertThat(snapshot().credentials().clientCert()).isNotEqualTo(credentials.clientCert());
		this.charm.ask("revise another");
		assertThat(snapshot().credentials().clientCa()).isEqualTo("another");
		this.charm.ask("break");
		assertThat(snapshot()).isEqualTo(RelationSnapshot.NONE);
		assertThat(Files.list(this.directory.resolve("etcd")).map(Path::getFileName)).containsExactly(Path.of("spool"));
	}

	private RelationSnapshot snapshot() {
		ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
		try (DirectoryWatcher watcher = new DirectoryWatcher()) {
			return RelationSnapshot.derive(new DirectoryRelationSource("etcd", this.directory.resolve("etcd"), watcher,
					scheduler, new SslBundleCache(null), null, () -> OwnDataKind.NONE, new ExposedFiles())
				.read(), null);
		}
		finally {
			scheduler.shutdownNow();
		}
	}

}
