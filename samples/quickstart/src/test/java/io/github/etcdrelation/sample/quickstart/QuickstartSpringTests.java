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

package io.github.etcdrelation.sample.quickstart;

import java.nio.charset.StandardCharsets;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.WithLocalEtcd;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link QuickstartApplication} in Spring's test context.
 */
@SpringBootTest
@WithLocalEtcd(mutualTls = true)
class QuickstartSpringTests {

	@Test
	void clientReachesEtcd(@Autowired Client client, @Autowired EtcdRelation relation, LocalEtcd etcd)
			throws Exception {
		assertThat(relation.isTlsAvailable()).isTrue();
		assertThat(relation.getVersion()).isEqualTo(etcd.getVersion());
		ByteSequence key = ByteSequence.from("spring", StandardCharsets.UTF_8);
		client.getKVClient().put(key, key).get();
		assertThat(client.getKVClient().get(key).get().getCount()).isOne();
	}

}
