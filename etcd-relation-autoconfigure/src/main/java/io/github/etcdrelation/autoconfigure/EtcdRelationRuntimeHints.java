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
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.context.properties.bind.BindableRuntimeHintsRegistrar;

/**
 * {@link RuntimeHintsRegistrar} for relations to etcd.
 */
class EtcdRelationRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		// Bound by RelationPropertiesBinder, not only as beans
		BindableRuntimeHintsRegistrar
			.forTypes(EtcdRelationProperties.class, EtcdRelationsProperties.class,
					RelationPropertiesBinder.ConnectionStringList.class)
			.registerHints(hints, classLoader);
		registerService(LoadBalancerProvider.class, hints, classLoader);
		registerService(ManagedChannelProvider.class, hints, classLoader);
		registerService(NameResolverProvider.class, hints, classLoader);
	}

	private static void registerService(Class<?> service, RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.resources().registerPattern("META-INF/services/" + service.getName());
		ServiceLoader.load(service, classLoader)
			.stream()
			.forEach((provider) -> hints.reflection()
				.registerType(provider.type(), MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS));
	}

}
