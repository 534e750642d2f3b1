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

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import io.github.etcdrelation.RelationSource;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches when the default relation is configured.
 */
class OnRelationCondition extends SpringBootCondition implements ConfigurationCondition {

	@Override
	public ConfigurationPhase getConfigurationPhase() {
		return ConfigurationPhase.REGISTER_BEAN;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		return GivenProperties.withOrigins(context.getEnvironment(), () -> getMatchOutcome(context));
	}

	private static ConditionOutcome getMatchOutcome(ConditionContext context) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("Relation to etcd");
		ConfigurableListableBeanFactory beanFactory = context.getBeanFactory();
		List<String> connectionDetails = connectionDetails(beanFactory);
		if (!connectionDetails.isEmpty()) {
			return ConditionOutcome.match(message.found("connection details").items(connectionDetails));
		}
		Environment environment = context.getEnvironment();
		RelationPropertiesBinder binder = new RelationPropertiesBinder(environment);
		RelationDefinition relation = RelationDefinition.ofDefault(binder.bindDefault(), environment, null);
		if (relation.isConfigured()) {
			return ConditionOutcome.match(message.foundExactly("properties of relation '" + relation.name() + "'"));
		}
		if (beanFactory != null) {
			String[] sources = beanFactory.getBeanNamesForType(RelationSource.class, true, false);
			if (sources.length > 0) {
				return ConditionOutcome.match(message.found("source", "sources").items((Object[]) sources));
			}
		}
		boolean further = !binder.bindFurther().isEmpty();
		if (!MissingConnectionStrings.isAheadOfTime()) {
			if (!OwnBeans.exist(beanFactory, binder.bindFurther().keySet())
					&& isRefused(environment, relation.prefix(), further)) {
				return ConditionOutcome
					.match(message.because("properties below " + relation.prefix() + " need a connection string"));
			}
		}
		else if (!further) {
			// The outcome holds for every environment; the bean methods check again
			return ConditionOutcome.match(message.because("no relation is known ahead of time, it may be at run time"));
		}
		return ConditionOutcome.noMatch(message.because("neither properties below " + relation.prefix()
				+ " nor a bean of type RelationSource or EtcdConnectionDetails give one"));
	}

	private static List<String> connectionDetails(@Nullable ConfigurableListableBeanFactory beanFactory) {
		if (beanFactory == null) {
			return Collections.emptyList();
		}
		List<String> names = new ArrayList<>(
				List.of(beanFactory.getBeanNamesForType(EtcdConnectionDetails.class, true, false)));
		names.removeAll(List.of(beanFactory.getBeanNamesForType(RelationConnectionDetails.class, true, false)));
		return names;
	}

	/**
	 * Return whether the factory is to refuse what is given, once all sources are known,
	 * rather than that a client is missing.
	 */
	private static boolean isRefused(Environment environment, String prefix, boolean further) {
		return new MissingConnectionStrings(new GivenProperties(environment)).find(prefix, further) != null;
	}

}
