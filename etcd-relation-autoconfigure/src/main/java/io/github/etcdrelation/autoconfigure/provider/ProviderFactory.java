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

import java.nio.file.Path;
import java.time.Duration;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.autoconfigure.InvalidRelationConfigurationException;
import io.github.etcdrelation.internal.juju.HookEnvironment;
import io.github.etcdrelation.internal.juju.JujuEndpoint;
import io.github.etcdrelation.internal.juju.ProcessHookTools;
import io.github.etcdrelation.internal.provider.DirectoryProviderTarget;
import io.github.etcdrelation.internal.provider.JujuClientTarget;
import io.github.etcdrelation.internal.provider.JujuProviderTarget;
import io.github.etcdrelation.internal.provider.ManagedClientProvider;
import io.github.etcdrelation.internal.provider.ManagedProvider;
import io.github.etcdrelation.internal.provider.ProviderLifecycle;
import io.github.etcdrelation.internal.provider.ProviderTarget;
import io.github.etcdrelation.internal.state.RefreshExecutor;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.util.StringUtils;

/**
 * Creates a provider from its properties.
 */
final class ProviderFactory {

	static final String PREFIX = "etcd.provider";

	private final ApplicationEventPublisher publisher;

	ProviderFactory(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
	}

	ProviderLifecycle create(EtcdProviderProperties properties) {
		try {
			if (!StringUtils.hasText(properties.getName())) {
				throw new InvalidRelationDataException("name", "is empty", "Give it a name, such as db");
			}
			ProviderLifecycle provider = provider(properties.getName().strip(), properties,
					RefreshExecutor.checkPollInterval(properties.getPollInterval()));
			provider.load();
			return provider;
		}
		catch (InvalidRelationDataException ex) {
			throw InvalidRelationConfigurationException.ofProperty(PREFIX, ex);
		}
	}

	private ProviderLifecycle provider(String name, EtcdProviderProperties properties, Duration pollInterval) {
		Path directory = properties.getDirectory();
		if (directory != null && properties.getJuju().isEnabled()) {
			throw new InvalidRelationDataException("juju.enabled",
					"and property '%s.directory' are mutually exclusive".formatted(PREFIX),
					"Give either a directory or juju.enabled");
		}
		if (properties.getInterface() == RelationInterface.ETCD_CLIENT) {
			if (directory != null) {
				throw new InvalidRelationDataException(
						"directory", "cannot be combined with '%s.interface=etcd-client': a directory holds no requests"
							.formatted(PREFIX),
						"Set %s.juju.enabled instead, or remove the interface".formatted(PREFIX));
			}
			return new ManagedClientProvider(name, new JujuClientTarget(endpoint(name)), this.publisher,
					new RefreshExecutor(), pollInterval);
		}
		ProviderTarget target = (directory != null) ? new DirectoryProviderTarget(directory)
				: new JujuProviderTarget(endpoint(name));
		return new ManagedProvider(name, target, this.publisher, new RefreshExecutor(), pollInterval);
	}

	private static JujuEndpoint endpoint(String name) {
		return new JujuEndpoint(name, new ProcessHookTools(), HookEnvironment.ofProcess());
	}

}
