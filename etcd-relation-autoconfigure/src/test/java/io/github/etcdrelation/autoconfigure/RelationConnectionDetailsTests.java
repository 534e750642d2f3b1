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

package io.github.etcdrelation.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.EtcdRelations;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationView;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link RelationConnectionDetails}.
 */
class RelationConnectionDetailsTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(EtcdRelationAutoConfiguration.class, SslAutoConfiguration.class));

	@Test
	void plainRelationHasNothingButConnectionString() {
		this.contextRunner.withPropertyValues("etcd.relation.connection-string=http://a:2379").run((context) -> {
			EtcdConnectionDetails details = context.getBean(EtcdConnectionDetails.class);
			assertThat(details.getConnectionString()).isEqualTo("http://a:2379");
			assertThat(details.getVersion()).isNull();
			assertThat(details.getClientCredentials()).isNull();
			assertThat(details.getSslBundle()).isNull();
			assertThat(details.getUser()).isNull();
			assertThat(details.getPassword()).isNull();
		});
	}

	@Test
	void propertiesAreAdapted() {
		this.contextRunner
			.withPropertyValues("etcd.relation.name=main", "etcd.relation.connection-string=https://a:2379",
					"etcd.relation.version=3.5.1", "etcd.relation.client-cert=" + TestPem.base64Location(TestPem.CERT),
					"etcd.relation.client-key=" + TestPem.base64Location(TestPem.KEY),
					"etcd.relation.client-ca=" + TestPem.base64Location(TestPem.CA), "etcd.relation.client.user=root",
					"etcd.relation.client.password=s3cr3t")
			.run((context) -> {
				EtcdConnectionDetails details = context.getBean(EtcdConnectionDetails.class);
				assertThat(details.getVersion()).isEqualTo("3.5.1");
				assertThat(details.getClientCredentials())
					.isEqualTo(new ClientCredentials(TestPem.CERT, TestPem.KEY, TestPem.CA));
				assertThat(details.getSslBundle()).isNull();
				assertThat(details.getUser()).isEqualTo("root");
				assertThat(details.getPassword()).isEqualTo("s3cr3t");
			});
	}

	@Test
	void bundleIsThatOfProperties() {
		this.contextRunner
			.withPropertyValues("etcd.relation.connection-string=https://a:2379", "etcd.relation.ssl.bundle=test",
					"spring.ssl.bundle.pem.test.truststore.certificate=" + TestPem.CA)
			.run((context) -> {
				EtcdConnectionDetails details = context.getBean(EtcdConnectionDetails.class);
				assertThat(details.getSslBundle()).isSameAs(context.getBean(SslBundles.class).getBundle("test"));
				assertThat(details.getClientCredentials()).isNull();
			});
	}

	@Test
	void withoutConnectionStringSaysSo() {
		this.contextRunner.withPropertyValues("etcd.relation.version=3.5.1")
			.run((context) -> assertThatIllegalStateException()
				.isThrownBy(context.getBean(EtcdConnectionDetails.class)::getConnectionString)
				.withMessage("Relation 'etcd' has no connection string yet, its states are [CONNECTED]"));
	}

	@Test
	void whenSourceIsOfAnotherRelationSaysSo() {
		this.contextRunner.withBean(RelationSource.class, () -> new TestSource("audit"))
			.run((context) -> assertThatIllegalArgumentException()
				.isThrownBy(context.getBean(EtcdConnectionDetails.class)::getConnectionString)
				.withMessageStartingWith("No relation 'etcd'"));
	}

	@Test
	void followsLiveSourceWithoutReadingIt() {
		TestSource source = new TestSource("etcd");
		this.contextRunner.withBean(RelationSource.class, () -> source).run((context) -> {
			EtcdConnectionDetails details = context.getBean(EtcdConnectionDetails.class);
			assertThatIllegalStateException().isThrownBy(details::getConnectionString)
				.withMessageContaining("no connection string yet");
			source.databag.put("connection_string", "http://source:2379");
			int reads = source.reads;
			assertThatIllegalStateException().isThrownBy(details::getConnectionString);
			assertThat(details.getClientCredentials()).isNull();
			assertThat(source.reads).isEqualTo(reads);
			context.getBean(EtcdRelations.class).refresh("etcd");
			assertThat(details.getConnectionString()).isEqualTo("http://source:2379");
		});
	}

	private static final class TestSource implements RelationSource {

		private final String relationName;

		private final Map<String, String> databag = new LinkedHashMap<>();

		private volatile int reads;

		TestSource(String relationName) {
			this.relationName = relationName;
		}

		@Override
		public String getRelationName() {
			return this.relationName;
		}

		@Override
		public RelationView read() {
			this.reads = this.reads + 1;
			return RelationView.of("etcd:0", "etcd/0", this.databag);
		}

	}

}
