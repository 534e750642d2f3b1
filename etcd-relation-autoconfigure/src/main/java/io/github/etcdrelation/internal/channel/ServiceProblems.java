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

import java.util.EnumMap;
import java.util.Map;

import io.github.etcdrelation.internal.text.Printable;
import io.grpc.Status;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * What etcd refuses calls for although its members serve. Each problem is logged when it
 * is found and when it is over.
 */
final class ServiceProblems {

	private static final Log logger = LogFactory.getLog(RelationChannel.class);

	private final String relation;

	private volatile Map<Kind, String> problems = Map.of();

	ServiceProblems(String relation) {
		this.relation = relation;
	}

	/**
	 * Record the end of a unary call.
	 * @param status its status
	 * @param writes whether it writes
	 */
	void ended(Status status, boolean writes) {
		if (!status.isOk()) {
			String words = String.valueOf(status.getDescription());
			if (words.startsWith(DeniedRequest.NO_USER)) {
				found(Kind.NO_USER, words);
			}
			else if (words.startsWith(DeniedRequest.NO_SPACE)) {
				found(Kind.NO_SPACE, words);
			}
		}
		else if (!this.problems.isEmpty()) {
			over(Kind.NO_USER);
			if (writes) {
				over(Kind.NO_SPACE);
			}
		}
	}

	/**
	 * Record that etcd refuses the user.
	 */
	void userRefused(String reason) {
		found(Kind.USER_REFUSED, reason);
	}

	/**
	 * Record that etcd accepts the user, or that there is another one or none.
	 */
	void userAccepted() {
		over(Kind.USER_REFUSED);
		over(Kind.NO_USER);
	}

	private synchronized void found(Kind kind, String words) {
		String reason = Printable.of(words);
		Map<Kind, String> latest = new EnumMap<>(Kind.class);
		latest.putAll(this.problems);
		boolean news = !reason.equals(latest.put(kind, reason));
		this.problems = latest;
		if (news) {
			logger.warn(reason.startsWith(this.relation) ? reason : this.relation + ": " + reason);
		}
	}

	private synchronized void over(Kind kind) {
		if (this.problems.containsKey(kind)) {
			Map<Kind, String> latest = new EnumMap<>(Kind.class);
			latest.putAll(this.problems);
			latest.remove(kind);
			this.problems = latest;
			logger.info(this.relation + ": " + kind.end);
		}
	}

	/**
	 * Return what etcd refuses calls for, {@code null} if it does not.
	 */
	@Nullable String get() {
		return this.problems.values().stream().findFirst().orElse(null);
	}

	private enum Kind {

		USER_REFUSED("etcd does not refuse the user any more"),

		NO_USER("etcd does not demand a user any more"),

		NO_SPACE("etcd accepts writes again");

		private final String end;

		Kind(String end) {
			this.end = end;
		}

	}

}
