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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.test.LocalEtcd;

import org.springframework.boot.SpringBootVersion;

/**
 * Where and when the figures were taken.
 */
final class Environment {

	private Environment() {
	}

	static String describe(LocalEtcd etcd) {
		long memory = ((com.sun.management.OperatingSystemMXBean) java.lang.management.ManagementFactory
			.getOperatingSystemMXBean()).getTotalMemorySize();
		return String.format(Locale.ROOT, "%s; %d cores (%s), %d GiB, %s %s; Java %s; Spring Boot %s, %s, etcd %s.",
				LocalDate.now(ZoneOffset.UTC), Runtime.getRuntime().availableProcessors(), processor(),
				Math.round(memory / (double) (1 << 30)), System.getProperty("os.name"), System.getProperty("os.arch"),
				System.getProperty("java.version"), SpringBootVersion.getVersion(), library(Client.class),
				etcd.getVersion());
	}

	private static String library(Class<?> type) {
		String file = Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath())
			.getFileName()
			.toString();
		return file.replace("-core", "").replace(".jar", "").replace('-', ' ');
	}

	private static String processor() {
		try {
			return Files.readAllLines(Path.of("/proc/cpuinfo"))
				.stream()
				.filter((line) -> line.startsWith("model name"))
				.map((line) -> line.substring(line.indexOf(':') + 1).strip())
				.findFirst()
				.orElse("unknown");
		}
		catch (IOException ex) {
			return "unknown";
		}
	}

}
