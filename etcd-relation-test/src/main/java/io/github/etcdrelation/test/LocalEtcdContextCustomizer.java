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

import java.util.Map;
import java.util.TreeMap;

import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.util.Assert;

/**
 * Adds an etcd to an application context, started before it and closed after its last
 * bean. Equal attributes make equal customizers, so that test classes share a context and
 * its etcd.
 *
 * @param members the number of members
 * @param tls whether to serve TLS
 * @param mutualTls whether to serve mutual TLS
 */
record LocalEtcdContextCustomizer(int members, boolean tls, boolean mutualTls) implements ContextCustomizer {

	private static final String BEAN_NAME = LocalEtcd.class.getName();

	private static final String PREFIX = "etcd.relation";

	LocalEtcdContextCustomizer(WithLocalEtcd annotation) {
		this(annotation.members(), annotation.tls(), annotation.mutualTls());
	}

	@Override
	public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
		Assert.isInstanceOf(BeanDefinitionRegistry.class, context.getBeanFactory());
		BeanDefinitionRegistry registry = (BeanDefinitionRegistry) context.getBeanFactory();
		RootBeanDefinition definition = new RootBeanDefinition(LocalEtcd.class, () -> builder().start());
		definition.setDestroyMethodName("close");
		registry.registerBeanDefinition(BEAN_NAME, definition);
		// Created before all other beans, so that it is destroyed after them
		LocalEtcd etcd = context.getBeanFactory().getBean(BEAN_NAME, LocalEtcd.class);
		context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource(BEAN_NAME, Map.copyOf(properties(etcd))));
	}

	private LocalEtcd.Builder builder() {
		LocalEtcd.Builder builder = LocalEtcd.builder().members(this.members);
		if (this.tls) {
			builder.tls();
		}
		if (this.mutualTls) {
			builder.mutualTls();
		}
		return builder;
	}

	private static Map<String, String> properties(LocalEtcd etcd) {
		Map<String, String> properties = new TreeMap<>();
		// Overrides what the application itself configures for its relation
		for (String name : new String[] { "client-ca", "client-cert", "client-key", "directory", "ssl.bundle" }) {
			properties.put(PREFIX + "." + name, "");
		}
		properties.put(PREFIX + ".juju.enabled", "false");
		properties.putAll(etcd.getProperties(PREFIX));
		return properties;
	}

}
