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

import java.lang.management.ManagementFactory;
import java.util.Arrays;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;

/**
 * What this process has used so far.
 *
 * @param cpuNanos CPU time of all threads but the compilers, those of the garbage
 * collector included
 * @param compilerNanos CPU time of the JIT compilers
 * @param allocatedBytes what the threads that live have allocated
 * @param endedThreads number of threads that have ended
 */
record Resources(long cpuNanos, long compilerNanos, long allocatedBytes, long endedThreads) {

	private static final OperatingSystemMXBean SYSTEM = (OperatingSystemMXBean) ManagementFactory
		.getOperatingSystemMXBean();

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	static Resources now() {
		long allocated = Arrays.stream(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds()))
			.filter((bytes) -> bytes > 0)
			.sum();
		long compilers = CompilerThreads.cpuNanos();
		return new Resources(SYSTEM.getProcessCpuTime() - compilers, compilers, allocated,
				THREADS.getTotalStartedThreadCount() - THREADS.getThreadCount());
	}

	Resources since(Resources before) {
		return new Resources(this.cpuNanos - before.cpuNanos, this.compilerNanos - before.compilerNanos,
				this.allocatedBytes - before.allocatedBytes, this.endedThreads - before.endedThreads);
	}

	double cpuMicros() {
		return this.cpuNanos / 1000.0;
	}

	double cpuMillis() {
		return this.cpuNanos / 1e6;
	}

	/**
	 * Return what the compilers used, as a percentage of what all others used.
	 */
	double compilerPercent() {
		return this.compilerNanos * 100.0 / this.cpuNanos;
	}

	/**
	 * Return the allocated bytes, or not a number if a thread has ended and taken its
	 * count along.
	 */
	double allocated() {
		return (this.endedThreads == 0) ? this.allocatedBytes : Double.NaN;
	}

}
