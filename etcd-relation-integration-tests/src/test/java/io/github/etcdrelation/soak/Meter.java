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

package io.github.etcdrelation.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.util.internal.PlatformDependent;

/**
 * Measures what the JVM uses. What belongs to starting processes is left out, as it comes
 * and goes with the faults.
 */
final class Meter {

	private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

	private static final int COLLECTIONS = 3;

	private final long begin = System.nanoTime();

	private final List<Path> directories;

	/**
	 * Create a meter.
	 * @param directories what the members write to
	 */
	Meter(List<Path> directories) {
		this.directories = directories;
	}

	Sample sample(int round, String remark, Counters counters) {
		long heap = heap();
		OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
		return new Sample(round, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - this.begin), threads(), files(),
				heap, ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage().getUsed(), metaspace(), direct(),
				PlatformDependent.usedDirectMemory(), system.getProcessCpuTime() / 1e9, etcdBytes(), counters.all(),
				remark);
	}

	/**
	 * Return the least that is used after some full collections: references that are
	 * cleared in one let go of what the next one collects.
	 */
	private static long heap() {
		long least = Long.MAX_VALUE;
		for (int i = 0; i < COLLECTIONS; i++) {
			System.gc();
			least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
		}
		return least;
	}

	private static long metaspace() {
		return ManagementFactory.getMemoryPoolMXBeans()
			.stream()
			.filter((pool) -> pool.getName().equals("Metaspace"))
			.map(MemoryPoolMXBean::getUsage)
			.mapToLong((usage) -> usage.getUsed())
			.sum();
	}

	private static long direct() {
		return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)
			.stream()
			.filter((pool) -> pool.getName().equals("direct"))
			.mapToLong(BufferPoolMXBean::getMemoryUsed)
			.sum();
	}

	private static Map<String, Integer> threads() {
		Map<String, Integer> threads = new TreeMap<>();
		for (Thread thread : Thread.getAllStackTraces().keySet()) {
			String name = thread.getName().replaceAll("[-#@]?\\d+.*$", "");
			if (!name.startsWith("process reaper")) {
				threads.merge(name, 1, Integer::sum);
			}
		}
		return threads;
	}

	private static Map<String, Integer> files() {
		Map<String, Integer> files = new TreeMap<>();
		if (!Files.isDirectory(DESCRIPTORS)) {
			if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
				files.put("all", (int) unix.getOpenFileDescriptorCount());
			}
			return files;
		}
		try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
			descriptors.forEach((descriptor) -> files.merge(kind(descriptor), 1, Integer::sum));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return files;
	}

	private static String kind(Path descriptor) {
		try {
			String target = Files.readSymbolicLink(descriptor).toString();
			if (target.endsWith(".jar")) {
				return "jar";
			}
			return (target.startsWith("/") ? "file"
					: target.replaceAll(":?\\[?\\d+]?$", "").replaceAll("[\\[\\]]", ""));
		}
		catch (IOException ex) {
			// The one of the listing itself is closed by the time it is read
			return "closed";
		}
	}

	private long etcdBytes() {
		return this.directories.stream().mapToLong(Meter::size).sum();
	}

	private static long size(Path directory) {
		try (Stream<Path> all = Files.walk(directory)) {
			return all.mapToLong((path) -> path.toFile().length()).sum();
		}
		catch (IOException | UncheckedIOException ex) {
			// etcd deletes what it no longer needs
			return 0;
		}
	}

}
