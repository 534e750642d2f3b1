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

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/**
 * The attributes of {@link WithLocalEtcd}, by value.
 *
 * @param members the number of members
 * @param tls whether to serve TLS
 * @param mutualTls whether to serve mutual TLS
 * @param users the users of etcd
 */
record LocalEtcdAttributes(int members, boolean tls, boolean mutualTls, List<EtcdUsers.User> users) {

	private static final String BEAN_NAME = LocalEtcd.class.getName();

	private static final String PREFIX = "etcd.relation";

	static LocalEtcdAttributes of(WithLocalEtcd annotation) {
		return new LocalEtcdAttributes(annotation.members(), annotation.tls(), annotation.mutualTls(),
				Arrays.stream(annotation.users()).map(LocalEtcdAttributes::user).toList());
	}

	private static EtcdUsers.User user(WithLocalEtcd.User user) {
		return new EtcdUsers.User(user.name(), StringUtils.hasLength(user.password()) ? user.password() : null,
				List.of(user.prefixes()));
	}

	static boolean isRegistered(BeanDefinitionRegistry registry) {
		return registry.containsBeanDefinition(BEAN_NAME);
	}

	LocalEtcd.Builder builder() {
		LocalEtcd.Builder builder = LocalEtcd.builder().members(this.members);
		if (this.tls) {
			builder.tls();
		}
		if (this.mutualTls) {
			builder.mutualTls();
		}
		this.users
			.forEach((user) -> builder.user(user.name(), user.password(), user.prefixes().toArray(String[]::new)));
		return builder;
	}

	/**
	 * Start an etcd that is a bean and that the properties of the relation point to.
	 */
	void register(ConfigurableListableBeanFactory beanFactory, ConfigurableEnvironment environment) {
		Assert.isInstanceOf(BeanDefinitionRegistry.class, beanFactory);
		RootBeanDefinition definition = new RootBeanDefinition(LocalEtcd.class, () -> builder().start());
		definition.setDestroyMethodName("close");
		((BeanDefinitionRegistry) beanFactory).registerBeanDefinition(BEAN_NAME, definition);
		// Created before all other beans, so that it is destroyed after them
		LocalEtcd etcd = beanFactory.getBean(BEAN_NAME, LocalEtcd.class);
		environment.getPropertySources().addFirst(new MapPropertySource(BEAN_NAME, Map.copyOf(properties(etcd))));
	}

	private Map<String, String> properties(LocalEtcd etcd) {
		Map<String, String> properties = new TreeMap<>();
		// Overrides what the application itself configures for its relation
		for (String name : new String[] { "client-ca", "client-cert", "client-key", "client.user", "client.password",
				"directory", "ssl.bundle" }) {
			properties.put(PREFIX + "." + name, "");
		}
		properties.put(PREFIX + ".juju.enabled", "false");
		if (!this.tls && !this.mutualTls) {
			properties.put(PREFIX + ".allow-plain-text", "true");
		}
		if (!this.mutualTls) {
			// The other interface needs a client certificate
			properties.put(PREFIX + ".interface", "etcd");
		}
		properties.putAll(etcd.getProperties(PREFIX));
		return properties;
	}

}
