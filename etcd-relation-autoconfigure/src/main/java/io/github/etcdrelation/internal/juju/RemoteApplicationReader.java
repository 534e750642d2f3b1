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

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RemoteApplication;
import io.github.etcdrelation.internal.juju.SecretReferences.Reference;
import io.github.etcdrelation.internal.text.Printable;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Reads the databags of remote applications and the secrets that they refer to. A secret
 * that Juju does not hand out is absent; one that cannot be read for another reason keeps
 * the content that was read before.
 */
final class RemoteApplicationReader {

	private static final Log logger = LogFactory.getLog(RemoteApplicationReader.class);

	private final HookTools tools;

	private final @Nullable RelationInterface relationInterface;

	private final Map<String, String> names = new HashMap<>();

	private final Map<String, Map<String, String>> databags = new HashMap<>();

	private final Map<String, Map<String, String>> secrets = new HashMap<>();

	private final Set<String> referenced = new HashSet<>();

	private final List<String> problems = new ArrayList<>();

	/**
	 * Create a reader.
	 * @param tools the hook tools
	 * @param relationInterface the interface of the relations, {@code null} if their data
	 * decides
	 */
	RemoteApplicationReader(HookTools tools, @Nullable RelationInterface relationInterface) {
		this.tools = tools;
		this.relationInterface = relationInterface;
	}

	/**
	 * Begin a reading of the given relations, and forget what belongs to others.
	 */
	void begin(Collection<String> relationIds) {
		this.names.keySet().retainAll(relationIds);
		this.databags.keySet().retainAll(relationIds);
		this.secrets.keySet().retainAll(this.referenced);
		this.referenced.clear();
		this.problems.clear();
	}

	/**
	 * Read the application of a relation, with its secrets unless another interface than
	 * theirs is configured, which the databag alone shows. If the data decides about the
	 * interface, that of units counts even if the application cannot be read, which then
	 * is as it was read before.
	 * @param relationId the id of the relation
	 * @param units the names of its units
	 * @return the application, {@code null} if the relation has none any more or it is
	 * not known
	 * @throws InvalidRelationDataException if a relation with units cannot be read whose
	 * interface is {@code etcd_client}
	 */
	@Nullable RemoteApplication read(String relationId, Collection<String> units) {
		Map<String, String> databag = databag(relationId, units);
		if (databag == null) {
			return null;
		}
		return new RemoteApplication(databag, (this.relationInterface == RelationInterface.ETCD)
				? Collections.emptyMap() : secrets(relationId, databag));
	}

	private @Nullable Map<String, String> databag(String relationId, Collection<String> units) {
		try {
			String name = name(relationId, units);
			if (name.isEmpty()) {
				return null;
			}
			Map<String, String> databag = this.tools.applicationGet(relationId, name);
			this.databags.put(relationId, databag);
			return databag;
		}
		catch (InvalidRelationDataException ex) {
			if (units.isEmpty() || this.relationInterface == RelationInterface.ETCD) {
				// It is about to end, which must not keep the other relations from being
				// read, or is not needed
				logger.debug(LogMessage.format("Relation %s has no application: %s", Printable.of(relationId),
						ex.getReason()));
				return null;
			}
			if (this.relationInterface != null) {
				throw ex;
			}
			this.problems.add("it cannot read the databag of the application of relation %s: %s %s"
				.formatted(relationId, ex.getItem(), ex.getReason()));
			return this.databags.get(relationId);
		}
	}

	private String name(String relationId, Collection<String> units) {
		String name = this.names.get(relationId);
		if (name == null) {
			name = units.stream()
				.findFirst()
				.map((unit) -> unit.substring(0, Math.max(unit.indexOf('/'), 0)))
				.orElseGet(() -> this.tools.relationApplication(relationId));
			if (!name.isEmpty()) {
				this.names.put(relationId, name);
			}
		}
		return name;
	}

	private Map<String, Map<String, String>> secrets(String relationId, Map<String, String> databag) {
		Map<String, Map<String, String>> contents = new LinkedHashMap<>();
		for (Reference reference : SecretReferences.find(relationId, databag)) {
			Map<String, String> content = secret(relationId, databag, reference);
			if (!content.isEmpty()) {
				contents.put(reference.uri(), content);
			}
		}
		return contents;
	}

	private Map<String, String> secret(String relationId, Map<String, String> databag, Reference reference) {
		String what = "it cannot read %s of relation %s (%s)".formatted(reference.key(), relationId, reference.uri());
		this.referenced.add(reference.uri());
		try {
			Map<String, String> content = this.tools.getSecretTools().get(reference.uri(), reference.label());
			this.secrets.put(reference.uri(), content);
			return content;
		}
		catch (SecretUnavailableException ex) {
			this.secrets.remove(reference.uri());
			this.problems.add(what + ", a secret that the provider has not granted or has removed"
					+ (CrossModel.isAssumed(databag) ? "; the relation cannot be used, " + CrossModel.UNSUPPORTED
							: " (" + CrossModel.HINT + ")"));
		}
		catch (InvalidRelationDataException ex) {
			this.problems.add(what + ": " + ex.getItem() + " " + ex.getReason());
		}
		return this.secrets.getOrDefault(reference.uri(), Collections.emptyMap());
	}

	/**
	 * Return what could not be read since {@link #begin}, and why.
	 */
	List<String> getProblems() {
		return List.copyOf(this.problems);
	}

}
