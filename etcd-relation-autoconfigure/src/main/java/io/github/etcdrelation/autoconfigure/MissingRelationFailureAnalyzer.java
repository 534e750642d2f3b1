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

import io.etcd.jetcd.Client;
import io.github.etcdrelation.EtcdRelation;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * {@link AbstractFailureAnalyzer} for a missing {@link Client} or {@link EtcdRelation}.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class MissingRelationFailureAnalyzer extends AbstractFailureAnalyzer<NoSuchBeanDefinitionException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, NoSuchBeanDefinitionException cause) {
		if (cause.getResolvableType() == null || cause.getNumberOfBeansFound() > 0) {
			return null;
		}
		Class<?> type = cause.getResolvableType().resolve();
		if (type != Client.class && type != EtcdRelation.class) {
			return null;
		}
		return new FailureAnalysis("A bean of type '%s' is required, but no relation to etcd is configured."
			.formatted(type.getName()), """
					Do one of these:

						- set 'etcd.relation.connection-string', for example to https://10.0.0.1:2379, and for https \
					also 'etcd.relation.client-cert', 'etcd.relation.client-key' and 'etcd.relation.client-ca'
						- define a bean of type io.github.etcdrelation.RelationSource or \
					io.github.etcdrelation.autoconfigure.EtcdConnectionDetails
						- make sure that 'etcd.relation.enabled' is not false
						- inject ObjectProvider<%s> if the relation is optional""".formatted(type.getSimpleName()),
				cause);
	}

}
