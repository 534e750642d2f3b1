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

import java.util.regex.Pattern;

import io.github.etcdrelation.internal.text.Printable;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Extracts the reason of a failure: gRPC reports {@code io exception} and hides the
 * reason in a cause, which futures and logs then lose.
 */
final class FailureReason {

	private static final int MAX_DEPTH = 20;

	private static final Pattern VAGUE = Pattern
		.compile("Network closed|[Cc]onnection (was )?(reset|closed)|Broken pipe|ClosedChannelException");

	private FailureReason() {
	}

	static String of(Status status) {
		String description = firstLine(status.getDescription());
		String root = rootCause(status.getCause());
		if (description.isEmpty()) {
			return root.isEmpty() ? status.getCode().toString() : root;
		}
		return (root.isEmpty() || description.contains(root)) ? description : description + ": " + root;
	}

	static String of(Throwable failure) {
		return rootCause(failure);
	}

	/**
	 * Return whether a reason says only that the connection ended.
	 */
	static boolean isVague(String reason) {
		return VAGUE.matcher(reason).find();
	}

	private static String rootCause(@Nullable Throwable failure) {
		Throwable root = failure;
		for (int depth = 0; root != null && root.getCause() != null && depth < MAX_DEPTH; depth++) {
			root = root.getCause();
		}
		if (root == null) {
			return "";
		}
		String innermost = firstLine(root.getMessage());
		if (innermost.isEmpty()) {
			return root.getClass().getSimpleName();
		}
		// The exception of a failed handshake quotes its cause and says more
		String outermost = (failure != null) ? firstLine(failure.getMessage()) : "";
		return outermost.contains(innermost) ? outermost : innermost;
	}

	private static String firstLine(@Nullable String text) {
		return (text != null) ? Printable.of(text.lines().findFirst().orElse("").strip()) : "";
	}

}
