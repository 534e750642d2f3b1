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

package io.github.etcdrelation.internal.registry;

import io.github.etcdrelation.internal.channel.EtcdUser;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RelationUser}.
 */
class RelationUserTests {

	private static final EtcdUser OTHER = new EtcdUser("other", "s3cr3t");

	@Test
	void userOfConnectionDetailsTakesPrecedence() {
		EtcdUser user = new EtcdUser("user", "s3cr3t");
		assertThat(new RelationUser(() -> true, () -> user, () -> OTHER).get()).isEqualTo(user);
	}

	@Test
	void whenConnectionDetailsNameUserWithoutPasswordHasNoOther() {
		assertThat(new RelationUser(() -> true, () -> null, () -> OTHER).get()).isNull();
	}

	@Test
	void whenConnectionDetailsNameNoUserHasThatOfProperties() {
		assertThat(new RelationUser(() -> false, () -> null, () -> OTHER).get()).isEqualTo(OTHER);
	}

	@Test
	void tellsWhetherUpdateChangesTheUser() {
		RelationUser user = new RelationUser(() -> false, () -> null, () -> OTHER);
		assertThat(user.update(() -> new EtcdUser("other", "s3cr3t"))).isFalse();
		assertThat(user.update(() -> new EtcdUser("other", "changed-s3cr3t"))).isTrue();
		assertThat(user.get()).isEqualTo(new EtcdUser("other", "changed-s3cr3t"));
	}

}
