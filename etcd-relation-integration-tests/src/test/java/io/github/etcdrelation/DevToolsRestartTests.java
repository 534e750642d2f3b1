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

import java.lang.reflect.Method;
import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

import io.github.etcdrelation.test.LocalEtcd;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.devtools.restart.classloader.RestartClassLoader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that is restarted with a new class loader, as the developer tools do.
 */
class DevToolsRestartTests {

	@Test
	void restartsLeaveNothingBehind(@TempDir Path parent) throws Exception {
		RelationDirectory directory = new RelationDirectory(parent.resolve("relation"));
		try (LocalEtcd etcd = LocalEtcd.builder().mutualTls().start()) {
			directory.write(etcd.getConnectionString(), etcd.getClientCredentials());
			for (int i = 0; i < 3; i++) {
				ClassLoader classLoader = run(directory.getPath());
				Awaitility.await()
					.atMost(Duration.ofSeconds(20))
					.untilAsserted(
							() -> assertThat(threads(classLoader)).as("threads that should have ended").isEmpty());
			}
		}
	}

	/**
	 * Run the application on a thread of its own that has the class loader, as a restart
	 * has.
	 */
	private static ClassLoader run(Path directory) throws Exception {
		URL application = RestartedApplication.class.getProtectionDomain().getCodeSource().getLocation();
		ClassLoader parent = DevToolsRestartTests.class.getClassLoader();
		Throwable[] failure = new Throwable[1];
		RestartClassLoader classLoader = new RestartClassLoader(parent, new URL[] { application });
		Class<?> type = Class.forName(RestartedApplication.class.getName(), true, classLoader);
		assertThat(type).isNotEqualTo(RestartedApplication.class);
		Method main = type.getDeclaredMethod("run", String.class);
		main.setAccessible(true);
		Thread thread = new Thread(() -> {
			try {
				main.invoke(null, directory.toString());
			}
			catch (Throwable ex) {
				failure[0] = ex;
			}
		}, "restartedMain");
		thread.setContextClassLoader(classLoader);
		thread.start();
		thread.join(60_000);
		assertThat(thread.isAlive()).isFalse();
		assertThat(failure[0]).isNull();
		classLoader.close();
		return classLoader;
	}

	private static Set<String> threads(ClassLoader classLoader) {
		Set<String> names = new TreeSet<>();
		for (Thread thread : Thread.getAllStackTraces().keySet()) {
			String name = thread.getName();
			if (name.startsWith("etcd-relation") || name.startsWith("jetcd") || name.startsWith("vert.x")
					|| name.startsWith("grpc-") || thread.getContextClassLoader() == classLoader) {
				names.add(name);
			}
		}
		return names;
	}

}
