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

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Features that depend on the version of a member.
 */
final class EtcdVersion {

	private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})\\.(\\d{1,4}).*");

	private EtcdVersion() {
	}

	/**
	 * Return whether a progress response is sent after all events that it covers: before
	 * 3.4.25 and 3.5.8 it may overtake events that are still to come.
	 * @param version the version as the member reports it, {@code null} if unknown
	 */
	static boolean hasReliableProgress(@Nullable String version) {
		Matcher matcher = VERSION.matcher((version != null) ? version : "");
		if (!matcher.matches()) {
			return false;
		}
		int major = Integer.parseInt(matcher.group(1));
		int minor = Integer.parseInt(matcher.group(2));
		int patch = Integer.parseInt(matcher.group(3));
		if (major != 3) {
			return major > 3;
		}
		return switch (minor) {
			case 4 -> patch >= 25;
			case 5 -> patch >= 8;
			default -> minor > 5;
		};
	}

}
