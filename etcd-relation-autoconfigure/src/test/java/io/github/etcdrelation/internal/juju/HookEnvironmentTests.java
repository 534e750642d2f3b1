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

import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests {@link HookEnvironment}.
 */
class HookEnvironmentTests {

	private final Map<String, String> variables = new HashMap<>();

	private final HookEnvironment environment = new HookEnvironment(this.variables::get);

	@Test
	void whenOutsideOfHookAllCount() {
		assertThat(this.environment.isMember("etcd:1", "db/0")).isTrue();
	}

	@Test
	void whenUnitDepartsItDoesNotCountForItsRelation() {
		departed("etcd:1", "db/0");
		assertThat(this.environment.isMember("etcd:1", "db/0")).isFalse();
		assertThat(this.environment.isMember("etcd:1", "db/1")).isTrue();
		assertThat(this.environment.isMember("etcd:2", "db/0")).isTrue();
	}

	@Test
	void whenDepartingUnitIsAnotherBothDoNotCount() {
		departed("etcd:1", "db/0");
		this.variables.put("JUJU_DEPARTING_UNIT", "db/1");
		assertThat(this.environment.isMember("etcd:1", "db/0")).isFalse();
		assertThat(this.environment.isMember("etcd:1", "db/1")).isFalse();
	}

	@Test
	void whenHookIsAnotherRemoteUnitCounts() {
		departed("etcd:1", "db/0");
		this.variables.put("JUJU_HOOK_NAME", "etcd-relation-changed");
		assertThat(this.environment.isMember("etcd:1", "db/0")).isTrue();
	}

	@Test
	void emptyIsAsGoodAsUnset() {
		departed("etcd:1", "");
		this.variables.put("JUJU_DEPARTING_UNIT", "");
		assertThat(this.environment.isMember("etcd:1", "db/0")).isTrue();
		this.variables.remove("JUJU_DEPARTING_UNIT");
		this.variables.remove("JUJU_REMOTE_UNIT");
		assertThat(this.environment.isMember("etcd:1", "db/0")).isTrue();
	}

	@Test
	void relationIsBrokenInItsHookOnly() {
		assertThat(this.environment.isBroken("etcd:1")).isFalse();
		departed("etcd:1", "");
		assertThat(this.environment.isBroken("etcd:1")).isFalse();
		this.variables.put("JUJU_HOOK_NAME", "etcd-relation-broken");
		assertThat(this.environment.isBroken("etcd:1")).isTrue();
		assertThat(this.environment.isBroken("etcd:2")).isFalse();
	}

	@Test
	void brokenRelationIsOfEndpointOfHook() {
		departed("etcd:1", "");
		assertThat(this.environment.getBrokenRelation("etcd")).isNull();
		this.variables.put("JUJU_HOOK_NAME", "etcd-relation-broken");
		assertThat(this.environment.getBrokenRelation("etcd")).isEqualTo("etcd:1");
		assertThat(this.environment.getBrokenRelation("other-etcd")).isNull();
		this.variables.put("JUJU_HOOK_NAME", "other-etcd-relation-broken");
		assertThat(this.environment.getBrokenRelation("etcd")).isNull();
		this.variables.remove("JUJU_RELATION_ID");
		assertThat(this.environment.getBrokenRelation("other-etcd")).isNull();
	}

	@Test
	void applicationIsThatOfUnit() {
		assertThat(this.environment.getApplication()).isNull();
		this.variables.put("JUJU_UNIT_NAME", "my-app/12");
		assertThat(this.environment.getApplication()).isEqualTo("my-app");
		this.variables.put("JUJU_UNIT_NAME", "my-app");
		assertThat(this.environment.getApplication()).isNull();
	}

	private void departed(String relationId, String unit) {
		this.variables.put("JUJU_HOOK_NAME", "etcd-relation-departed");
		this.variables.put("JUJU_RELATION_ID", relationId);
		this.variables.put("JUJU_REMOTE_UNIT", unit);
	}

}
