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

package io.github.etcdrelation.internal.provider;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

import io.github.etcdrelation.internal.juju.SecretLabel;
import io.github.etcdrelation.internal.juju.SecretReferences.Reference;
import io.github.etcdrelation.internal.juju.SecretRemoval;
import io.github.etcdrelation.internal.juju.SecretTools;
import io.github.etcdrelation.internal.juju.SecretUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * The secrets that answers refer to. A secret is written if its content differs from what
 * it is known to be.
 */
final class AnswerSecrets {

	private final SecretTools tools;

	private final SecretRemoval removal;

	private final Map<String, Written> secrets = new HashMap<>();

	AnswerSecrets(SecretTools tools, SecretRemoval removal) {
		this.tools = tools;
		this.removal = removal;
	}

	/**
	 * Have a secret with a content, granted to a relation.
	 * @param key the request that it belongs to
	 * @param group what it is about
	 * @param published its URI if it is published already, in which case it is granted
	 * @param content its fields and values
	 * @return the URI
	 */
	String write(RequestKey key, String group, @Nullable String published, Map<String, String> content) {
		String label = SecretLabel.of(key.relationId(), key.requestId(), group);
		this.removal.keep(label);
		Written secret = this.secrets.get(label);
		if (secret == null && published != null) {
			secret = read(published);
		}
		String uri;
		if (secret == null) {
			uri = this.tools.add(label, content);
		}
		else {
			uri = secret.uri();
			if (!secret.content().equals(content)) {
				// The effect of a call that fails is unknown
				this.secrets.remove(label);
				this.tools.set(uri, content);
			}
		}
		this.secrets.put(label, new Written(uri, content));
		if (!uri.equals(published)) {
			this.tools.grant(uri, key.relationId());
		}
		return uri;
	}

	/**
	 * Remove a secret that no answer refers to any more.
	 * @param reference the reference that was published
	 */
	void remove(Reference reference) {
		this.secrets.computeIfPresent(reference.label(),
				(label, secret) -> secret.uri().equals(reference.uri()) ? null : secret);
		this.removal.remove(reference.label(), reference.uri());
	}

	/**
	 * Remove the secrets of answers whose relation has ended.
	 * @param labels the labels that they may have
	 */
	void removeAll(Collection<String> labels) {
		labels.forEach((label) -> {
			Written secret = this.secrets.remove(label);
			if (secret != null) {
				this.removal.remove(label, secret.uri());
			}
			else {
				this.removal.removeLabeled(label);
			}
		});
	}

	private @Nullable Written read(String uri) {
		try {
			return new Written(uri, this.tools.getOwn(uri));
		}
		catch (SecretUnavailableException ex) {
			// Removed since
			return null;
		}
	}

	/**
	 * A secret as it was last written.
	 *
	 * @param uri its URI
	 * @param content its content
	 */
	private record Written(String uri, Map<String, String> content) {

	}

}
