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

package io.github.etcdrelation.internal.state;

import java.nio.file.Path;
import java.util.List;

import io.github.etcdrelation.ClientCredentials;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DefaultEtcdRelation}.
 */
class DefaultEtcdRelationTests {

	@TempDir
	private Path directory;

	@Test
	void savesItsCredentials() {
		DefaultEtcdRelation relation = new DefaultEtcdRelation("etcd");
		relation.update(new RelationSnapshot(RelationSnapshot.NONE.states(), null, null, null,
				new ClientCredentials("the certificate", "the key", "the authority"), RelationSnapshot.Account.NONE,
				List.of()));
		Path key = this.directory.resolve("key");
		Path cert = this.directory.resolve("cert");
		Path ca = this.directory.resolve("ca");
		relation.saveClientCredentials(key, cert, ca);
		assertThat(key).hasContent("the key");
		assertThat(cert).hasContent("the certificate");
		assertThat(ca).hasContent("the authority");
	}

}
