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

package io.github.etcdrelation.load;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.sun.management.OperatingSystemMXBean;
import io.etcd.jetcd.common.exception.EtcdException;
import io.github.etcdrelation.internal.channel.RelationChannel;
import io.github.etcdrelation.internal.registry.RelationRegistry;
import io.grpc.Status;
import io.netty.util.internal.PlatformDependent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.awaitility.Awaitility;

import org.springframework.context.ApplicationContext;

/**
 * What a load costs: threads, heap after a collection, direct memory and CPU.
 *
 * @param threads how many threads of the client there are
 * @param heap the bytes of heap in use after a collection
 * @param direct the bytes of direct memory in use
 * @param cpuMillis the CPU time of the process
 */
record LoadFigures(long threads, long heap, long direct, long cpuMillis) {

	private static final Log logger = LogFactory.getLog("figures");

	private static final long MIB = 1024 * 1024;

	static LoadFigures now() {
		System.gc();
		return new LoadFigures(
				Thread.getAllStackTraces()
					.keySet()
					.stream()
					.filter((thread) -> thread.getName().matches("(etcd-relation|grpc|jetcd|vert|Failsafe).*"))
					.count(),
				ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(), directMemory(),
				TimeUnit.NANOSECONDS.toMillis(
						((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime()));
	}

	/**
	 * Return the figures once memory is no longer given back.
	 */
	static LoadFigures settled() {
		LoadFigures[] lowest = { now() };
		Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(300)).until(() -> {
			LoadFigures now = now();
			boolean settled = now.heap > lowest[0].heap - MIB / 4;
			lowest[0] = (now.heap < lowest[0].heap) ? now : lowest[0];
			return settled;
		});
		return lowest[0];
	}

	private static long directMemory() {
		long pools = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)
			.stream()
			.filter((pool) -> pool.getName().equals("direct"))
			.mapToLong(BufferPoolMXBean::getMemoryUsed)
			.sum();
		// Netty's own is not counted by the JVM
		return pools + Math.max(0, PlatformDependent.usedDirectMemory());
	}

	/**
	 * Return by how many MiB the heap is larger than before.
	 */
	long heapMibSince(LoadFigures before) {
		return (this.heap - before.heap) / MIB;
	}

	/**
	 * Return by how many MiB the direct memory is larger than before.
	 */
	long directMibSince(LoadFigures before) {
		return (this.direct - before.direct) / MIB;
	}

	static void log(String text, Object... arguments) {
		logger.warn(text.formatted(arguments));
	}

	static int size(String property, int smoke) {
		return Integer.getInteger("load." + property, smoke);
	}

	static RelationChannel channel(ApplicationContext context) {
		return context.getBean(RelationRegistry.class).getManaged("etcd").channel();
	}

	/**
	 * Return the code of a failure, which jetcd has in one type for calls and in another
	 * for streams.
	 */
	static String code(Throwable failure) {
		return (failure instanceof EtcdException ex) ? ex.getErrorCode().name()
				: Status.fromThrowable(failure).getCode().name();
	}

	static int callsInFlight(ApplicationContext context) {
		return channel(context).getStatus().callsInFlight();
	}

	static List<Long> sorted(List<Long> values) {
		synchronized (values) {
			return values.stream().sorted().toList();
		}
	}

	@Override
	public String toString() {
		return "%d threads, heap %.1f MiB, direct memory %.1f MiB".formatted(this.threads, this.heap / (double) MIB,
				this.direct / (double) MIB);
	}

}
