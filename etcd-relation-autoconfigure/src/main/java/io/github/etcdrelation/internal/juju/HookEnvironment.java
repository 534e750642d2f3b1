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

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Environment that Juju sets for the running hook. An empty variable counts as unset.
 */
public final class HookEnvironment {

	private static final String DEPARTED = "-relation-departed";

	private static final String BROKEN = "-relation-broken";

	private final Function<String, @Nullable String> variables;

	/**
	 * Create an environment.
	 * @param variables returns the value of an environment variable or {@code null}
	 */
	public HookEnvironment(Function<String, @Nullable String> variables) {
		this.variables = variables;
	}

	/**
	 * Return the environment of this process.
	 * @return the environment
	 */
	public static HookEnvironment ofProcess() {
		return new HookEnvironment(System::getenv);
	}

	/**
	 * Return whether a unit counts as a member of a relation: it does not while the hook
	 * for its departure runs, even if it is still listed.
	 * @param relationId the id of the relation
	 * @param unit the name of the unit
	 * @return whether it counts
	 */
	boolean isMember(String relationId, String unit) {
		boolean departing = variable("JUJU_HOOK_NAME").endsWith(DEPARTED)
				&& relationId.equals(variable("JUJU_RELATION_ID"))
				&& (unit.equals(variable("JUJU_REMOTE_UNIT")) || unit.equals(variable("JUJU_DEPARTING_UNIT")));
		return !departing;
	}

	/**
	 * Return whether the hook for the end of a relation runs.
	 * @param relationId the id of the relation
	 * @return whether it does
	 */
	boolean isBroken(String relationId) {
		return variable("JUJU_HOOK_NAME").endsWith(BROKEN) && relationId.equals(variable("JUJU_RELATION_ID"));
	}

	/**
	 * Return the relation of an endpoint for whose end the running hook is.
	 * @param endpoint the name of the endpoint
	 * @return the id of the relation, {@code null} if another hook runs
	 */
	@Nullable String getBrokenRelation(String endpoint) {
		String relationId = variable("JUJU_RELATION_ID");
		return (variable("JUJU_HOOK_NAME").equals(endpoint + BROKEN) && !relationId.isEmpty()) ? relationId : null;
	}

	/**
	 * Return the name of the local unit's application.
	 * @return the name, {@code null} if the name of the unit is not known
	 */
	@Nullable String getApplication() {
		String unit = variable("JUJU_UNIT_NAME");
		int slash = unit.indexOf('/');
		return (slash > 0) ? unit.substring(0, slash) : null;
	}

	private String variable(String name) {
		String value = this.variables.apply(name);
		return (value != null) ? value : "";
	}

}
