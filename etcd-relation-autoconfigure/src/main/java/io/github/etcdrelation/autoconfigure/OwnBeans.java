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

import java.util.Collection;
import java.util.stream.Stream;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.EtcdRelation;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.type.MethodMetadata;

/**
 * Beans of type {@link Client} or {@link EtcdRelation} that the application defines
 * itself.
 */
final class OwnBeans {

	private OwnBeans() {
	}

	/**
	 * Return whether there are any.
	 * @param beanFactory the bean factory or {@code null}
	 * @param further the names of the further relations
	 */
	static boolean exist(@Nullable ConfigurableListableBeanFactory beanFactory, Collection<String> further) {
		return beanFactory != null
				&& Stream.of(Client.class, EtcdRelation.class)
					.flatMap((type) -> Stream.of(beanFactory.getBeanNamesForType(type, true, false)))
					.filter((name) -> further.stream()
						.noneMatch((relation) -> name.equals(relation + "EtcdClient")
								|| name.equals(relation + "EtcdRelation")))
					.anyMatch((name) -> !isAutoConfigured(beanFactory, name));
	}

	private static boolean isAutoConfigured(ConfigurableListableBeanFactory beanFactory, String name) {
		if (!beanFactory.containsBeanDefinition(name)) {
			return false;
		}
		BeanDefinition definition = beanFactory.getBeanDefinition(name);
		MethodMetadata method = (definition instanceof AnnotatedBeanDefinition annotated)
				? annotated.getFactoryMethodMetadata() : null;
		return method != null && EtcdRelationAutoConfiguration.class.getName().equals(method.getDeclaringClassName());
	}

}
