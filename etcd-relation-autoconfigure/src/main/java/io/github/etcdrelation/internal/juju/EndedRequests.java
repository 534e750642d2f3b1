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

package io.github.etcdrelation.internal.juju;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

import io.github.etcdrelation.InvalidRelationDataException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * Removes the secret of a request once its relation has ended, as the leader.
 */
final class EndedRequests {

	private static final Log logger = LogFactory.getLog(EndedRequests.class);

	private final HookTools tools;

	private final SecretRemoval removal;

	private final Set<String> published = new HashSet<>();

	private final Set<String> done = new HashSet<>();

	EndedRequests(HookTools tools) {
		this.tools = tools;
		this.removal = new SecretRemoval(tools);
	}

	/**
	 * Remove the secrets of relations that have ended, and those that could not be
	 * removed before.
	 * @param published the ids of relations in which a request is published
	 * @param ended the ids of relations for whose end the running hook is, in which an
	 * earlier process may have published one
	 * @param current the ids of the relations that are there
	 */
	void update(Collection<String> published, Collection<String> ended, Collection<String> current) {
		this.published.addAll(published);
		Set<String> latest = new TreeSet<>(this.published);
		latest.addAll(ended);
		latest.removeAll(current);
		latest.removeAll(this.done);
		if (latest.isEmpty() && !this.removal.isPending()) {
			return;
		}
		try {
			if (this.tools.isLeader()) {
				this.removal.retry();
				latest.forEach(
						(relationId) -> this.removal.removeLabeled(SecretLabel.of(relationId, null, SecretLabel.MTLS)));
			}
			else {
				// The leader does so
				this.removal.clear();
			}
			this.published.removeAll(latest);
			this.done.addAll(ended);
		}
		catch (InvalidRelationDataException ex) {
			logger.debug(LogMessage.format("It is not known whether this unit may remove secrets: %s", ex.getReason()));
		}
	}

}
