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

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the JVM uses while the load is held, and what there was until then.
 *
 * @param round the number of the round
 * @param seconds since the start
 * @param threads by what their names begin with
 * @param files open ones by kind
 * @param heap bytes after a full collection
 * @param nonHeap bytes
 * @param metaspace bytes
 * @param direct bytes of direct buffers that the JVM knows of
 * @param netty bytes of direct memory that Netty has reserved
 * @param cpuSeconds of the process since the start
 * @param etcdBytes what the members have on disk
 * @param counts the counters
 * @param remark what happened in the round
 */
record Sample(int round, long seconds, Map<String, Integer> threads, Map<String, Integer> files, long heap,
		long nonHeap, long metaspace, long direct, long netty, double cpuSeconds, long etcdBytes,
		Map<String, Long> counts, String remark) {

	int threadCount() {
		return this.threads.values().stream().mapToInt(Integer::intValue).sum();
	}

	int fileCount() {
		return this.files.values().stream().mapToInt(Integer::intValue).sum();
	}

	long count(String name) {
		return this.counts.getOrDefault(name, 0L);
	}

	/**
	 * Return what the tables need: details of every round would themselves look like a
	 * heap that grows.
	 */
	Sample brief() {
		Map<String, Long> columns = Counters.COLUMNS.stream()
			.collect(Collectors.toUnmodifiableMap(Function.identity(), this::count));
		return new Sample(this.round, this.seconds, Map.of("all", threadCount()), Map.of("all", fileCount()), this.heap,
				this.nonHeap, this.metaspace, this.direct, this.netty, this.cpuSeconds, this.etcdBytes, columns,
				this.remark);
	}

}
