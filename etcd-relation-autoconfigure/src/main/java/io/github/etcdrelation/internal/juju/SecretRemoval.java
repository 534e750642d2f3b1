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

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.text.Printable;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * Removes secrets of the own application that nobody needs any more, as its leader. Those
 * for which that fails are pending, which has no other effect than a warning. Used by one
 * thread at a time.
 */
public final class SecretRemoval {

	private static final Log logger = LogFactory.getLog(SecretRemoval.class);

	private final HookTools tools;

	private final Map<String, Attempt> pending = new LinkedHashMap<>();

	private final Set<String> reported = new HashSet<>();

	/**
	 * Create a removal.
	 * @param tools the hook tools
	 */
	public SecretRemoval(HookTools tools) {
		this.tools = tools;
	}

	/**
	 * Remove a secret.
	 * @param label the label that it has
	 * @param uri its URI
	 */
	public void remove(String label, String uri) {
		attempt(label, new Attempt(uri, () -> this.tools.getSecretTools().remove(uri)));
	}

	/**
	 * Remove the secret with a label, if there is one.
	 * @param label the label of the secret
	 */
	public void removeLabeled(String label) {
		attempt(label, new Attempt(label, () -> {
			SecretTools secrets = this.tools.getSecretTools();
			secrets.find(label).ifPresent(secrets::remove);
		}));
	}

	/**
	 * Try again to remove what could not be removed before.
	 */
	public void retry() {
		Map.copyOf(this.pending).forEach(this::attempt);
	}

	/**
	 * Return whether there are secrets that could not be removed.
	 * @return whether there are
	 */
	boolean isPending() {
		return !this.pending.isEmpty();
	}

	/**
	 * Keep the secret with a label, which is needed again.
	 * @param label the label of the secret
	 */
	public void keep(String label) {
		this.pending.remove(label);
	}

	/**
	 * Forget what could not be removed, for now another unit is the leader.
	 */
	public void clear() {
		this.pending.clear();
	}

	private void attempt(String label, Attempt attempt) {
		this.pending.put(label, attempt);
		try {
			attempt.action().run();
			this.pending.remove(label);
		}
		catch (SecretUnavailableException ex) {
			this.pending.remove(label);
			logger.debug(LogMessage.format("Secret %s is removed already", Printable.of(attempt.secret())));
		}
		catch (InvalidRelationDataException ex) {
			if (this.reported.add(attempt.secret())) {
				logger.warn(LogMessage.format(
						"Secret %s, which is not needed any more, could not be removed. "
								+ "Remove it with secret-remove, or ignore it: %s %s",
						Printable.of(attempt.secret()), ex.getItem(), ex.getReason()));
			}
		}
	}

	/**
	 * What is done to remove a secret.
	 *
	 * @param secret the URI or label of the secret
	 * @param action removes it
	 */
	private record Attempt(String secret, Runnable action) {

	}

}
