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

package io.github.etcdrelation.test;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link WithLocalEtcd} in Spring's test context.
 */
@WithLocalEtcd(mutualTls = true)
@SpringJUnitConfig
@TestPropertySource(properties = { "etcd.relation.connection-string=http://elsewhere:2379",
		"etcd.relation.directory=/etc/etcd-relation", "etcd.relation.ssl.bundle=other",
		"etcd.relation.juju.enabled=true" })
class WithLocalEtcdSpringTests {

	private final LocalEtcd etcd;

	WithLocalEtcdSpringTests(LocalEtcd etcd) {
		this.etcd = etcd;
	}

	@Test
	void etcdIsThatOfTheContext(LocalEtcd parameter, @Autowired LocalEtcd bean) {
		assertThat(this.etcd).isSameAs(parameter).isSameAs(bean);
		assertThat(this.etcd.getMember(0).isRunning()).isTrue();
	}

	@Test
	void propertiesLeadToEtcdWhateverTheApplicationSays(@Autowired Environment environment) {
		this.etcd.getProperties("etcd.relation")
			.forEach((name, value) -> assertThat(environment.getProperty(name)).isEqualTo(value));
		assertThat(environment.getProperty("etcd.relation.directory")).isEmpty();
		assertThat(environment.getProperty("etcd.relation.ssl.bundle")).isEmpty();
		assertThat(environment.getProperty("etcd.relation.juju.enabled", Boolean.class)).isFalse();
	}

	@Test
	void equalAttributesShareContext() {
		ContextCustomizer customizer = customizer(WithLocalEtcdSpringTests.class);
		assertThat(customizer).isEqualTo(customizer(SameAttributes.class))
			.hasSameHashCodeAs(customizer(SameAttributes.class));
		assertThat(customizer).isEqualTo(customizer(InheritedAttributes.class));
	}

	@ParameterizedTest
	@ValueSource(classes = { Plain.class, ServerTls.class, Members.class })
	void otherAttributesHaveAnotherContext(Class<?> testClass) {
		assertThat(customizer(testClass)).isNotNull().isNotEqualTo(customizer(WithLocalEtcdSpringTests.class));
	}

	@Test
	void classWithoutAnnotationIsNotCustomized() {
		assertThat(customizer(Object.class)).isNull();
	}

	@Test
	void etcdEndsAfterTheLastBeanOfTheContext() {
		GenericApplicationContext context = new GenericApplicationContext();
		customizer(Plain.class).customizeContext(context, mock());
		LocalEtcd etcd = context.getBeanFactory().getBean(LocalEtcd.class);
		UserOfEtcd user = new UserOfEtcd(etcd);
		context.registerBean(UserOfEtcd.class, () -> user);
		context.refresh();
		context.close();
		assertThat(user.etcdWasRunning).isTrue();
		assertThat(etcd.isClosed()).isTrue();
	}

	@Test
	void etcdEndsWithContextThatFails() {
		GenericApplicationContext context = new GenericApplicationContext();
		customizer(Plain.class).customizeContext(context, mock());
		LocalEtcd etcd = context.getBeanFactory().getBean(LocalEtcd.class);
		context.addBeanFactoryPostProcessor((beanFactory) -> {
			throw new IllegalStateException("at the start");
		});
		assertThatIllegalStateException().isThrownBy(context::refresh);
		assertThat(etcd.isClosed()).isTrue();
	}

	@Test
	void propertiesOfEtcdAreFirst() {
		ConfigurableApplicationContext context = new GenericApplicationContext();
		context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("test", Map.of("etcd.relation.connection-string", "http://a:1")));
		customizer(Plain.class).customizeContext(context, mock());
		try (LocalEtcd etcd = context.getBeanFactory().getBean(LocalEtcd.class)) {
			assertThat(context.getEnvironment().getProperty("etcd.relation.connection-string"))
				.isEqualTo(etcd.getConnectionString());
		}
	}

	private static ContextCustomizer customizer(Class<?> testClass) {
		return new LocalEtcdContextCustomizerFactory().createContextCustomizer(testClass, List.of());
	}

	@Nested
	class NestedTests {

		@Test
		void sharesEtcdOfEnclosingClass(LocalEtcd etcd) {
			assertThat(etcd).isSameAs(WithLocalEtcdSpringTests.this.etcd);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Config {

		@Bean
		String someBean() {
			return "bean";
		}

	}

	@WithLocalEtcd(mutualTls = true)
	static class SameAttributes {

	}

	static class InheritedAttributes extends SameAttributes {

	}

	@WithLocalEtcd
	static class Plain {

	}

	@WithLocalEtcd(tls = true)
	static class ServerTls {

	}

	@WithLocalEtcd(mutualTls = true, members = 3)
	static class Members {

	}

	static final class UserOfEtcd implements DisposableBean {

		private final LocalEtcd etcd;

		private boolean etcdWasRunning;

		UserOfEtcd(LocalEtcd etcd) {
			this.etcd = etcd;
		}

		@Override
		public void destroy() {
			this.etcdWasRunning = this.etcd.getMember(0).isRunning();
		}

	}

}
