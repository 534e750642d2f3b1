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

package io.github.etcdrelation.actuate;

import java.util.LinkedHashMap;
import java.util.Map;

import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.EtcdRelations;

import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;

/**
 * {@link InfoContributor} that exposes the relations to etcd.
 *
 * @since 0.1.0
 */
public final class EtcdInfoContributor implements InfoContributor {

	private final EtcdRelations relations;

	/**
	 * Create a new instance.
	 * @param relations the relations
	 */
	public EtcdInfoContributor(EtcdRelations relations) {
		this.relations = relations;
	}

	@Override
	public void contribute(Info.Builder builder) {
		Map<String, Object> details = new LinkedHashMap<>();
		this.relations.getNames().forEach((name) -> details.put(name, details(this.relations.get(name))));
		builder.withDetail("etcd", details);
	}

	private static Map<String, Object> details(EtcdRelation relation) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("states", relation.getStates().stream().map((state) -> state.flag(relation.getName())).toList());
		if (relation.getVersion() != null) {
			details.put("version", relation.getVersion());
		}
		return details;
	}

}
