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

package io.github.etcdrelation.internal.state;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.log.LogMessage;

/**
 * Publishes events so that a listener that throws does not keep others from being called.
 * An event multicaster that the application defines is used unchanged.
 */
public final class IsolatingEventPublisher implements ApplicationEventPublisher {

	private static final Log logger = LogFactory.getLog(IsolatingEventPublisher.class);

	private final ApplicationContext context;

	/**
	 * Create a publisher.
	 * @param context the context whose listeners are called
	 */
	public IsolatingEventPublisher(ApplicationContext context) {
		this.context = context;
	}

	@Override
	public void publishEvent(Object event) {
		if (event instanceof ApplicationEvent applicationEvent
				&& this.context instanceof AbstractApplicationContext standard && !standard
					.containsBeanDefinition(AbstractApplicationContext.APPLICATION_EVENT_MULTICASTER_BEAN_NAME)) {
			multicast(applicationEvent, standard);
			if (this.context.getParent() != null) {
				new IsolatingEventPublisher(this.context.getParent()).publishEvent(event);
			}
		}
		else {
			this.context.publishEvent(event);
		}
	}

	private void multicast(ApplicationEvent event, ConfigurableApplicationContext context) {
		SimpleApplicationEventMulticaster multicaster = new SimpleApplicationEventMulticaster(context.getBeanFactory());
		multicaster.setErrorHandler((failure) -> logger
			.error(LogMessage.format("A listener failed on %s", event.getClass().getSimpleName()), failure));
		for (ApplicationListener<?> listener : ((AbstractApplicationContext) context).getApplicationListeners()) {
			multicaster.addApplicationListener(listener);
		}
		for (String name : context.getBeanNamesForType(ApplicationListener.class, true, false)) {
			multicaster.addApplicationListenerBean(name);
		}
		multicaster.multicastEvent(event);
	}

}
