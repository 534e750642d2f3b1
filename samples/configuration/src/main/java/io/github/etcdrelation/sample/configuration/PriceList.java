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

package io.github.etcdrelation.sample.configuration;

import io.github.etcdrelation.config.EtcdConfigChangedEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.BeansException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.stereotype.Component;

/**
 * Uses the prices that are configured now.
 */
@Component
class PriceList {

	private static final Logger logger = LoggerFactory.getLogger(PriceList.class);

	private final ObjectProvider<Pricing> configured;

	private final ConfigurableEnvironment environment;

	private volatile Pricing pricing;

	/**
	 * Create the list. What cannot be bound stops the start, as with every configuration.
	 */
	PriceList(ObjectProvider<Pricing> configured, ConfigurableEnvironment environment) {
		this.configured = configured;
		this.environment = environment;
		this.pricing = configured.getObject();
		log("start", "pricing.currency");
		log("start", "pricing.discount");
	}

	/**
	 * Return the prices of one revision: whoever needs several values asks once.
	 */
	Pricing getPricing() {
		return this.pricing;
	}

	/**
	 * Take the changed configuration. The next change waits until this has returned.
	 */
	@EventListener
	void onChange(EtcdConfigChangedEvent event) {
		try {
			this.pricing = this.configured.getObject();
			event.getPropertyNames().stream().sorted().forEach((name) -> log("changed", name));
		}
		catch (BeansException ex) {
			logger.warn("refused  revision {}, {} stays: {}", event.getRevision(), this.pricing,
					ex.getMostSpecificCause().getMessage());
		}
	}

	private void log(String what, String name) {
		logger.info("{} {} = {} from {}", "%-8s".formatted(what), name, this.environment.getProperty(name),
				origin(name));
	}

	private @Nullable Origin origin(String name) {
		return this.environment.getPropertySources()
			.stream()
			.filter((source) -> source.containsProperty(name))
			.findFirst()
			.map((source) -> OriginLookup.getOrigin(source, name))
			.orElse(null);
	}

}
