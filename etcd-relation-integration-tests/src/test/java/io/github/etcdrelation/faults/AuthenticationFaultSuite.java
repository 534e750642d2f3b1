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

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.github.etcdrelation.RelationDirectory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static io.github.etcdrelation.RelationTester.bytes;

/**
 * User, password and certificate that change at the same time, and members that forget
 * all tokens as they restart.
 */
class AuthenticationFaultSuite {

	private static final String SECTION = "Credentials";

	@TempDir
	private Path temporary;

	@Test
	void userPasswordAndCertificateRotateTogether() throws Exception {
		new RelationDirectory(this.temporary.resolve("etcd")).write("username", "first");
		new RelationDirectory(this.temporary.resolve("etcd")).write("password", "first-password");
		run("another user, password and certificate", new Bars(0, 0, 8, 5), (cluster, directory) -> {
			addUser(cluster, "second", "second-password");
			directory.write("username", "second");
			directory.write("password", "second-password");
			directory.write(cluster.etcd().getConnectionString(), cluster.etcd().newClientCredentials("rotated"));
			Experiment.pass(Duration.ofSeconds(5));
			post(cluster, "/v3/auth/user/delete", "{\"name\":\"first\"}");
			Experiment.pass(Duration.ofSeconds(3));
		});
	}

	@Test
	void tokensThatARestartForgetsAreReplaced() throws Exception {
		run("rolling restart with user and password", new Bars(0, 0, 24, 5), (cluster, directory) -> {
			for (int i = 0; i < FaultCluster.SIZE; i++) {
				cluster.setBad(i);
				cluster.member(i).restart();
				Experiment.pass(Duration.ofSeconds(3));
			}
		}, "etcd.relation.client.user=first", "etcd.relation.client.password=first-password");
	}

	private void run(String round, Bars bars, Change change, String... properties) throws Exception {
		try (FaultCluster cluster = FaultCluster.start()) {
			addUser(cluster, "root", "root-password");
			addUser(cluster, "first", "first-password");
			cluster.control().post(cluster.endpoint(0), "/v3/auth/enable", "{}");
			cluster.control().authenticate(cluster.endpoint(0), "root", "root-password");
			Path path = this.temporary.resolve("etcd");
			try (Application application = new Application(path, cluster.etcd().getConnectionString(),
					cluster.etcd().getClientCredentials(), properties)) {
				assumeUnderstood(application, round);
				try (Experiment experiment = new Experiment(cluster, application, round)) {
					experiment.rest()
						.disturb(() -> change.apply(cluster, application.directory()), Duration.ofSeconds(1), () -> {
						})
						.finish(SECTION, bars);
				}
			}
		}
	}

	private static void assumeUnderstood(Application application, String round) throws Exception {
		try {
			application.client().getKVClient().get(bytes("faults/start")).get(20, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			FaultReport.get()
				.note("Did not run: %s, as user and password of a directory are not used: %s".formatted(round,
						Texts.normalize(Texts.of(ex))));
			Assumptions.abort("user and password of a directory are not used");
		}
	}

	private static void addUser(FaultCluster cluster, String user, String password) {
		post(cluster, "/v3/auth/user/add", "{\"name\":\"%s\",\"password\":\"%s\"}".formatted(user, password));
		post(cluster, "/v3/auth/user/grant", "{\"user\":\"%s\",\"role\":\"root\"}".formatted(user));
	}

	private static void post(FaultCluster cluster, String path, String body) {
		cluster.control().post(cluster.endpoint(0), path, body);
	}

	private interface Change {

		void apply(FaultCluster cluster, RelationDirectory directory) throws Exception;

	}

}
