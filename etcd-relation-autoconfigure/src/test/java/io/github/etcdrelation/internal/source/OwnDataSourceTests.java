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

package io.github.etcdrelation.internal.source;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationView;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests which of two origins supplies own data.
 */
class OwnDataSourceTests {

	private final AtomicReference<Map<String, String>> given = new AtomicReference<>(
			Map.of("client_cert", "cert", "client_key", "key", "prefix", "/p/"));

	private final RelationSource delegate = mock(RelationSource.class);

	private final OwnDataSource source = new OwnDataSource(this.delegate, this.given::get);

	@Test
	void sourceWithoutOwnDataGetsThatWhichIsGiven() {
		read(Map.of());
		assertThat(this.source.read().getOwnData()).isEqualTo(this.given.get());
	}

	@Test
	void certificateNeverMeetsKeyOfOtherOrigin() {
		read(Map.of("client_cert", "other cert"));
		assertThat(this.source.read().getOwnData()).isEqualTo(Map.of("client_cert", "other cert", "prefix", "/p/"));
		read(Map.of("client_key", "other key", "prefix", "/q/"));
		assertThat(this.source.read().getOwnData()).isEqualTo(Map.of("client_key", "other key", "prefix", "/q/"));
	}

	@Test
	void viewIsSameInstanceUntilSomethingChanges() {
		read(Map.of());
		RelationView view = this.source.read();
		assertThat(this.source.read()).isSameAs(view);
		this.given.set(Map.of("prefix", "/q/"));
		assertThat(this.source.read().getOwnData()).isEqualTo(Map.of("prefix", "/q/"));
	}

	private void read(Map<String, String> ownData) {
		given(this.delegate.read()).willReturn(RelationView.empty().withOwnData(ownData));
	}

}
