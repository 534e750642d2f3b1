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

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.RemoteApplication;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests which of two origins supplies own data.
 */
class OwnDataSourceTests {

	private final AtomicReference<Map<String, String>> given = new AtomicReference<>(
			Map.of("client_cert", "cert", "client_key", "key", "prefix", "/p/"));

	private final RelationSource delegate = mock(RelationSource.class);

	private final OwnDataSource source = new OwnDataSource(this.delegate, null, this.given::get);

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

	@Test
	void dataOfTheClassicInterfaceIsPassedOnAsItIs() {
		RelationView units = RelationView.of("etcd:1", "etcd/0", Map.of("connection_string", "https://a:1"));
		OwnDataSource unreadable = new OwnDataSource(this.delegate, null, () -> {
			throw new AssertionError("is not to be read");
		});
		for (RelationView view : List.of(RelationView.empty(), units,
				units.withApplications(application().getApplications()))) {
			given(this.delegate.read()).willReturn(view);
			assertThat(unreadable.read()).isSameAs(view);
		}
		given(this.delegate.read()).willReturn(application());
		assertThatExceptionOfType(AssertionError.class).isThrownBy(unreadable::read);
	}

	@Test
	void configuredInterfaceDecides() {
		RelationView units = RelationView.of("etcd:1", "etcd/0", Map.of());
		given(this.delegate.read()).willReturn(units);
		assertThat(new OwnDataSource(this.delegate, RelationInterface.ETCD_CLIENT, this.given::get).read().getOwnData())
			.isEqualTo(this.given.get());
	}

	private void read(Map<String, String> ownData) {
		given(this.delegate.read()).willReturn(application().withOwnData(ownData));
	}

	private static RelationView application() {
		return RelationView.empty()
			.withApplications(Map.of("etcd:1", new RemoteApplication(Map.of("endpoints", "a:1"), Map.of())));
	}

}
