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

package io.github.etcdrelation.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.springframework.boot.bootstrap.BootstrapRegistry.InstanceSupplier;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.boot.context.config.ConfigDataLocation;
import org.springframework.boot.context.config.ConfigDataLocationResolver;
import org.springframework.boot.context.config.ConfigDataLocationResolverContext;
import org.springframework.boot.context.config.Profiles;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.logging.DeferredLogFactory;

/**
 * Resolves locations that begin with {@value EtcdConfigLocation#PREFIX}.
 */
class EtcdConfigDataLocationResolver implements ConfigDataLocationResolver<EtcdConfigDataResource> {

	private final DeferredLogFactory logFactory;

	EtcdConfigDataLocationResolver(DeferredLogFactory logFactory) {
		this.logFactory = logFactory;
	}

	@Override
	public boolean isResolvable(ConfigDataLocationResolverContext context, ConfigDataLocation location) {
		return location.hasPrefix(EtcdConfigLocation.PREFIX);
	}

	@Override
	public List<EtcdConfigDataResource> resolve(ConfigDataLocationResolverContext context,
			ConfigDataLocation location) {
		prepare(context);
		List<EtcdConfigDataResource> resources = new ArrayList<>();
		for (ConfigDataLocation part : location.split()) {
			resources.add(new EtcdConfigDataResource(EtcdConfigLocation.parse(part.getValue()), location.isOptional(),
					false));
		}
		return resources;
	}

	@Override
	public List<EtcdConfigDataResource> resolveProfileSpecific(ConfigDataLocationResolverContext context,
			ConfigDataLocation location, Profiles profiles) {
		List<EtcdConfigDataResource> resources = new ArrayList<>();
		for (ConfigDataLocation part : location.split()) {
			EtcdConfigLocation parsed = EtcdConfigLocation.parse(part.getValue());
			for (String profile : profiles) {
				resources.add(new EtcdConfigDataResource(parsed.forProfile(profile), location.isOptional(), true));
			}
		}
		return Collections.unmodifiableList(resources);
	}

	private void prepare(ConfigDataLocationResolverContext context) {
		ConfigurableBootstrapContext bootstrapContext = context.getBootstrapContext();
		Binder binder = context.getBinder();
		if (bootstrapContext.isRegistered(ConfigImport.class)) {
			ConfigImport.of(bootstrapContext).setBinder(binder);
			return;
		}
		bootstrapContext.register(ConfigImport.class, InstanceSupplier.of(new ConfigImport(binder, this.logFactory)));
		bootstrapContext.addCloseListener((event) -> ConfigImport.of(event.getBootstrapContext())
			.attach(event.getApplicationContext().getBeanFactory()));
	}

}
