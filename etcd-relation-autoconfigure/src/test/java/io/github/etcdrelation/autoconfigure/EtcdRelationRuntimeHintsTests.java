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

import java.util.ServiceLoader;

import io.grpc.LoadBalancerProvider;
import io.grpc.ManagedChannelProvider;
import io.grpc.NameResolverProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.context.annotation.ImportRuntimeHints;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EtcdRelationRuntimeHints}.
 */
class EtcdRelationRuntimeHintsTests {

	private final RuntimeHints hints = new RuntimeHints();

	@BeforeEach
	void register() {
		ImportRuntimeHints imported = EtcdRelationAutoConfiguration.class.getAnnotation(ImportRuntimeHints.class);
		assertThat(imported.value()).containsExactly(EtcdRelationRuntimeHints.class);
		new EtcdRelationRuntimeHints().registerHints(this.hints, getClass().getClassLoader());
	}

	@ParameterizedTest
	@ValueSource(classes = { EtcdRelationProperties.class, EtcdRelationProperties.Client.class,
			EtcdRelationProperties.Juju.class, EtcdRelationProperties.Save.class, EtcdRelationProperties.Ssl.class })
	void propertiesOfFurtherRelationsAreBound(Class<?> properties) throws Exception {
		assertThat(RuntimeHintsPredicates.reflection().onConstructorInvocation(properties.getDeclaredConstructor()))
			.accepts(this.hints);
		assertThat(properties.getMethods()).filteredOn((method) -> method.getName().startsWith("set"))
			.isNotEmpty()
			.allSatisfy((setter) -> assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(setter))
				.accepts(this.hints));
	}

	@ParameterizedTest
	@ValueSource(classes = { LoadBalancerProvider.class, ManagedChannelProvider.class, NameResolverProvider.class })
	void servicesOfGrpcAreFound(Class<?> service) {
		assertThat(RuntimeHintsPredicates.resource().forResource("META-INF/services/" + service.getName()))
			.accepts(this.hints);
		assertThat(ServiceLoader.load(service).stream()).isNotEmpty()
			.allSatisfy((provider) -> assertThat(
					RuntimeHintsPredicates.reflection().onConstructorInvocation(provider.type().getConstructor()))
				.accepts(this.hints));
	}

}
