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

import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.context.annotation.DeterminableImports;
import org.springframework.context.EnvironmentAware;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.Assert;

/**
 * Adds an etcd to the application context of a configuration class that is annotated with
 * {@link WithLocalEtcd}. It starts before auto-configuration decides about the relation.
 */
class LocalEtcdRegistrar implements ImportBeanDefinitionRegistrar, EnvironmentAware, DeterminableImports {

	private @Nullable Environment environment;

	@Override
	public void setEnvironment(Environment environment) {
		this.environment = environment;
	}

	/**
	 * Test classes of Spring Boot with equal attributes share their context, whatever
	 * other annotations they have.
	 */
	@Override
	public Set<Object> determineImports(AnnotationMetadata metadata) {
		return Set.of(LocalEtcdAttributes.of(metadata.getAnnotations().get(WithLocalEtcd.class).synthesize()));
	}

	@Override
	public void registerBeanDefinitions(AnnotationMetadata metadata, BeanDefinitionRegistry registry) {
		MergedAnnotation<WithLocalEtcd> annotation = metadata.getAnnotations().get(WithLocalEtcd.class);
		if (!annotation.isPresent() || LocalEtcdAttributes.isRegistered(registry)) {
			return;
		}
		Assert.isInstanceOf(ConfigurableListableBeanFactory.class, registry);
		Assert.isInstanceOf(ConfigurableEnvironment.class, this.environment);
		LocalEtcdAttributes.of(annotation.synthesize())
			.register((ConfigurableListableBeanFactory) registry, (ConfigurableEnvironment) this.environment);
	}

}
