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

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.google.protobuf.UnknownFieldSet;
import io.etcd.jetcd.api.StatusResponse;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a status response of etcd says of its storage beyond the fields that jetcd
 * knows.
 */
final class StorageReport {

	/**
	 * Number of the field {@code dbSizeQuota}, since etcd 3.6.
	 */
	private static final int QUOTA_FIELD = 12;

	// An alarm is listed among the errors, in the text format of protobuf
	private static final Pattern ALARM = Pattern.compile("memberID:\\s*(\\d{1,20})\\s+alarm:\\s*(\\w+)");

	private StorageReport() {
	}

	/**
	 * Return the size of the database at which etcd refuses writes.
	 * @param response the response
	 * @return the size in bytes, {@code null} if etcd does not report it
	 */
	static @Nullable Long getQuota(StatusResponse response) {
		UnknownFieldSet.Field field = response.getUnknownFields().getField(QUOTA_FIELD);
		List<Long> values = field.getVarintList();
		return values.isEmpty() ? null : values.get(values.size() - 1);
	}

	/**
	 * Return the alarms of the cluster.
	 * @param response the response
	 * @return names, such as {@code NOSPACE}, by the hexadecimal id of the member that
	 * raised them
	 */
	static Map<String, String> getAlarms(StatusResponse response) {
		Map<String, String> alarms = new TreeMap<>();
		for (String error : response.getErrorsList()) {
			Matcher matcher = ALARM.matcher(error);
			if (matcher.find()) {
				// An id has 64 bits, whatever a member sends
				String member = Long.toHexString(new BigInteger(matcher.group(1)).longValue());
				alarms.merge(member, matcher.group(2), (first, second) -> first + ", " + second);
			}
		}
		return alarms;
	}

}
