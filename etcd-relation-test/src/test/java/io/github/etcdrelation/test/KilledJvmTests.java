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

package io.github.etcdrelation.test;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that {@link LocalEtcd} does not outlive the JVM.
 */
@Timeout(120)
class KilledJvmTests {

	private static final String PREFIX = "result:";

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void etcdEndsWithJvm(boolean forcibly) throws Exception {
		Process jvm = startJvm("started");
		try (BufferedReader output = output(jvm)) {
			List<Long> pids = new ArrayList<>();
			List<Path> directories = new ArrayList<>();
			for (int i = 0; i < 2; i++) {
				pids.add(Long.valueOf(next(output)));
				directories.add(Path.of(next(output)));
			}
			assertThat(pids).allMatch(KilledJvmTests::isAlive);
			assertThat(directories).allMatch(Files::isDirectory);
			end(jvm, forcibly);
			Awaitility.await()
				.atMost(Duration.ofSeconds(10))
				.until(() -> pids.stream().noneMatch(KilledJvmTests::isAlive));
			Awaitility.await()
				.atMost(Duration.ofSeconds(10))
				.until(() -> directories.stream().noneMatch(Files::exists));
		}
		finally {
			jvm.destroyForcibly();
		}
	}

	@Test
	void directoryOfUnstartedEtcdIsDeletedWhenJvmEnds() throws Exception {
		Process jvm = startJvm("unstarted");
		try (BufferedReader output = output(jvm)) {
			Path directory = Path.of(next(output));
			assertThat(directory).isDirectory();
			end(jvm, false);
			assertThat(directory).doesNotExist();
		}
		finally {
			jvm.destroyForcibly();
		}
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void etcdServesWhileJvmEndsByInterruptOfItsProcessGroup() throws Exception {
		Process jvm = startJvm(List.of("setsid"), "hook");
		try (BufferedReader output = output(jvm)) {
			long pid = Long.parseLong(next(output));
			new ProcessBuilder("/bin/sh", "-c", "kill -INT -" + jvm.pid()).start().waitFor();
			// Where interrupts are ignored, as they are in the background of some shells
			jvm.toHandle().destroy();
			assertThat(next(output)).isEqualTo("served");
			jvm.waitFor();
			Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !isAlive(pid));
		}
		finally {
			jvm.destroyForcibly();
		}
	}

	private static Process startJvm(String... arguments) throws Exception {
		return startJvm(Collections.emptyList(), arguments);
	}

	private static Process startJvm(List<String> wrapper, String... arguments) throws Exception {
		List<String> command = new ArrayList<>(wrapper);
		command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), Main.class.getName()));
		command.addAll(List.of(arguments));
		return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
	}

	private static BufferedReader output(Process jvm) {
		return new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8));
	}

	private static String next(BufferedReader output) throws IOException {
		String line = output.readLine();
		while (!line.startsWith(PREFIX)) {
			line = output.readLine();
		}
		return line.substring(PREFIX.length());
	}

	private static void end(Process jvm, boolean forcibly) throws InterruptedException {
		if (forcibly) {
			jvm.destroyForcibly();
		}
		else {
			jvm.destroy();
		}
		jvm.waitFor();
	}

	private static boolean isAlive(long pid) {
		return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
	}

	public static class Main {

		public static void main(String[] args) throws Exception {
			if (args[0].equals("unstarted")) {
				print(LocalEtcd.builder().build().getDirectory());
			}
			else if (args[0].equals("hook")) {
				LocalEtcd etcd = LocalEtcd.builder().start();
				Runtime.getRuntime().addShutdownHook(new Thread(() -> print(useForAWhile(etcd))));
				print(etcd.getMember(0).getProcess().pid());
			}
			else {
				for (LocalEtcd etcd : List.of(LocalEtcd.builder().start(), LocalEtcd.builder().start())) {
					print(etcd.getMember(0).getProcess().pid());
					print(etcd.getDirectory());
				}
			}
			new CountDownLatch(1).await();
		}

		private static String useForAWhile(LocalEtcd etcd) {
			try {
				// Longer than etcd takes to end
				for (int i = 0; i < 100; i++) {
					new EtcdGateway(etcd.getClientCredentials()).put(etcd.getMember(0), "key", "value");
					Thread.sleep(10);
				}
				return "served";
			}
			catch (Exception ex) {
				return ex.toString();
			}
		}

		private static void print(Object value) {
			System.out.println(PREFIX + value);
		}

	}

}
