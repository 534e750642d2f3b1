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

package io.github.etcdrelation.autoconfigure.metrics;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.autoconfigure.EtcdRelationAutoConfiguration;
import io.github.etcdrelation.internal.client.RelationAwareCustomizer;
import io.github.etcdrelation.internal.metrics.CallInstrumentation;
import io.github.etcdrelation.internal.metrics.EtcdRelationMetrics;
import io.github.etcdrelation.internal.registry.RelationRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationConvention;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for meters of relations to etcd and
 * for meters and observations of the calls of their clients.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = EtcdRelationAutoConfiguration.class,
		afterName = {
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
				"org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration" })
@ConditionalOnClass({ Client.class, GrpcClientObservationConvention.class, MeterRegistry.class,
		ObservationRegistry.class })
@ConditionalOnBean(RelationRegistry.class)
public final class EtcdMetricsAutoConfiguration {

	@Bean
	@ConditionalOnBean(MeterRegistry.class)
	@ConditionalOnMissingBean(name = "etcdRelationMetrics")
	MeterBinder etcdRelationMetrics(RelationRegistry registry) {
		return (meters) -> registry.getManaged()
			.forEach((relation) -> new EtcdRelationMetrics(relation.reconciler(), relation.channel()).bindTo(meters));
	}

	@Bean
	@Conditional(OnInstrumentationCondition.class)
	@ConditionalOnMissingBean(name = "etcdCallInstrumentation")
	RelationAwareCustomizer etcdCallInstrumentation(ObjectProvider<MeterRegistry> meters,
			ObjectProvider<ObservationRegistry> observations,
			ObjectProvider<GrpcClientObservationConvention> convention) {
		@Nullable MeterRegistry meterRegistry = meters.getIfUnique();
		@Nullable ObservationRegistry observationRegistry = observations.getIfUnique();
		@Nullable GrpcClientObservationConvention customConvention = convention.getIfUnique();
		if (meterRegistry == null && (observationRegistry == null || observationRegistry.isNoop())) {
			return (relationName) -> (builder) -> {
			};
		}
		return (relationName) -> (builder) -> builder
			.interceptor(new CallInstrumentation(relationName, meterRegistry, observationRegistry, customConvention));
	}

	static class OnInstrumentationCondition extends AnyNestedCondition {

		OnInstrumentationCondition() {
			super(ConfigurationPhase.REGISTER_BEAN);
		}

		@ConditionalOnBean(MeterRegistry.class)
		static class OnMeterRegistry {

		}

		@ConditionalOnBean(ObservationRegistry.class)
		static class OnObservationRegistry {

		}

	}

}
