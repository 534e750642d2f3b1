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

import io.etcd.jetcd.Auth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;

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
		run("another user, password and certificate", new Bars(0, 0, 8, 5), (cluster, admin, application) -> {
			addUser(admin, "second", "second-s3cr3t");
			application.setUser("second", "second-s3cr3t");
			application.directory()
				.write(cluster.etcd().getConnectionString(), cluster.etcd().newClientCredentials("rotated"));
			Experiment.pass(Duration.ofSeconds(5));
			get(admin.userDelete(bytes("first")));
			Experiment.pass(Duration.ofSeconds(3));
		});
	}

	@Test
	void tokensThatARestartForgetsAreReplaced() throws Exception {
		run("rolling restart with user and password", new Bars(0, 0, 24, 5), (cluster, admin, application) -> {
			for (int i = 0; i < FaultCluster.SIZE; i++) {
				cluster.setBad(i);
				cluster.member(i).restart();
				Experiment.pass(Duration.ofSeconds(3));
			}
		});
	}

	private void run(String round, Bars bars, Change change) throws Exception {
		try (FaultCluster cluster = FaultCluster.start()) {
			try (Application setup = application(cluster, "setup")) {
				Auth auth = setup.client().getAuthClient();
				addUser(auth, "root", "root-s3cr3t");
				addUser(auth, "first", "first-s3cr3t");
				get(auth.authEnable());
			}
			try (Application root = application(cluster, "root", user("root"));
					Application application = application(cluster, "etcd", user("first"))) {
				Auth admin = root.client().getAuthClient();
				try (Experiment experiment = new Experiment(cluster, application, round)) {
					experiment.rest()
						.disturb(() -> change.apply(cluster, admin, application), Duration.ofSeconds(1), () -> {
						})
						.finish(SECTION, bars);
				}
			}
		}
	}

	private Application application(FaultCluster cluster, String directory, String... properties) {
		return new Application(this.temporary.resolve(directory), cluster.etcd().getConnectionString(),
				cluster.etcd().getClientCredentials(), properties);
	}

	private static String[] user(String name) {
		return new String[] { "etcd.relation.client.user=" + name,
				"etcd.relation.client.password=" + name + "-s3cr3t" };
	}

	private static void addUser(Auth auth, String user, String password) throws Exception {
		get(auth.userAdd(bytes(user), bytes(password)));
		get(auth.userGrantRole(bytes(user), bytes("root")));
	}

	private interface Change {

		void apply(FaultCluster cluster, Auth admin, Application application) throws Exception;

	}

}
