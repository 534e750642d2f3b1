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

package io.github.etcdrelation.internal.health;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.internal.databag.RequestRefusal;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.Health;

/**
 * Health details of a relation that do not depend on its status.
 */
final class RelationDetails {

	private RelationDetails() {
	}

	static void add(Health.Builder builder, EtcdRelation relation) {
		List<String> states = relation.getStates().stream().map((state) -> state.flag(relation.getName())).toList();
		builder.withDetail("relation", relation.getName()).withDetail("states", states);
		withDetail(builder, "interface", relation.getInterface());
		withDetail(builder, "version", relation.getVersion());
		withDetail(builder, "username", relation.getUsername());
		withDetail(builder, "prefix", relation.getPrefix());
	}

	/**
	 * Add what the provider refuses, if anything.
	 */
	static void add(Health.Builder builder, List<RequestRefusal> refusals) {
		if (!refusals.isEmpty()) {
			builder.withDetail("refusals", refusals.stream().map(RelationDetails::details).toList());
		}
	}

	private static Map<String, Object> details(RequestRefusal refusal) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("code", refusal.code());
		details.put("message", refusal.message());
		if (refusal.resolution() != null) {
			details.put("resolution", refusal.resolution());
		}
		return details;
	}

	private static void withDetail(Health.Builder builder, String key, @Nullable String value) {
		if (value != null) {
			builder.withDetail(key, value);
		}
	}

}
