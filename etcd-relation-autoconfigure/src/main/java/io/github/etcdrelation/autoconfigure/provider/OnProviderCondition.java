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

package io.github.etcdrelation.autoconfigure.provider;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches when a target that the provider publishes to is configured.
 */
class OnProviderCondition extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("Provider of etcd");
		EtcdProviderProperties properties = Binder.get(context.getEnvironment())
			.bind(ProviderFactory.PREFIX, EtcdProviderProperties.class)
			.orElseGet(EtcdProviderProperties::new);
		if (properties.getDirectory() != null || properties.getJuju().isEnabled()) {
			return ConditionOutcome
				.match(message.foundExactly("properties of provider '" + properties.getName() + "'"));
		}
		return ConditionOutcome.noMatch(message.because("neither " + ProviderFactory.PREFIX + ".directory nor "
				+ ProviderFactory.PREFIX + ".juju.enabled is set"));
	}

}
