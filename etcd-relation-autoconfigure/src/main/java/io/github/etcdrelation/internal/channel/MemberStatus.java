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

package io.github.etcdrelation.internal.channel;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The status of one member, as probed.
 *
 * @param url its URL, with its address where the endpoint is a name
 * @param serving whether it answered and its cluster has a leader, or it refused the
 * user, which shows that it works
 * @param report what it reported, {@code null} if nothing
 * @param problem what is wrong, {@code null} if nothing
 */
public record MemberStatus(String url, boolean serving, @Nullable Report report, @Nullable String problem) {

	static MemberStatus failed(String url, String problem) {
		return new MemberStatus(url, false, null, problem);
	}

	/**
	 * What a member reports.
	 *
	 * @param memberId its id as etcd prints it, hexadecimal
	 * @param version its version of etcd
	 * @param leader whether it is the leader
	 * @param raftTerm the term of its cluster, which grows with each election
	 * @param databaseSize the size of its database in bytes
	 * @param databaseSizeInUse how much of that is in use
	 * @param databaseQuota the size at which writes are refused, {@code null} if etcd
	 * does not report it, as before 3.6
	 * @param alarms the alarms of the cluster, by the id of the member that raised them
	 * @param roundTrip how long the answer took once connected
	 */
	public record Report(String memberId, String version, boolean leader, long raftTerm, long databaseSize,
			long databaseSizeInUse, @Nullable Long databaseQuota, Map<String, String> alarms, Duration roundTrip) {

	}

}
