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

package io.github.etcdrelation.testcontainers;

import java.util.List;

import io.github.etcdrelation.autoconfigure.EtcdConnectionDetails;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.Container;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.boot.testcontainers.service.connection.Ssl;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * {@link ContainerConnectionDetailsFactory} to create {@link EtcdConnectionDetails} from
 * a {@link ServiceConnection @ServiceConnection}-annotated container of an etcd image or
 * of jetcd's own type.
 */
class EtcdContainerConnectionDetailsFactory
		extends ContainerConnectionDetailsFactory<Container<?>, EtcdConnectionDetails> {

	private static final List<String> CONNECTION_NAMES = List.of("etcd", "bitnami/etcd", "bitnamilegacy/etcd",
			"coreos/etcd", "etcd-development/etcd");

	// By name, as not every release of jetcd includes its launcher
	private static final String JETCD_CONTAINER = "io.etcd.jetcd.launcher.EtcdContainer";

	private static final int PORT = 2379;

	EtcdContainerConnectionDetailsFactory() {
		super(CONNECTION_NAMES, "io.etcd.jetcd.Client");
	}

	@Override
	protected boolean sourceAccepts(ContainerConnectionSource<Container<?>> source, Class<?> requiredContainerType,
			Class<?> requiredConnectionDetailsType) {
		return super.sourceAccepts(source, requiredContainerType, requiredConnectionDetailsType)
				|| isJetcdContainer(source, requiredConnectionDetailsType);
	}

	private boolean isJetcdContainer(ContainerConnectionSource<Container<?>> source,
			Class<?> requiredConnectionDetailsType) {
		return ClassUtils.isPresent(JETCD_CONTAINER, null) && source.accepts(ANY_CONNECTION_NAME,
				ClassUtils.resolveClassName(JETCD_CONTAINER, null), requiredConnectionDetailsType);
	}

	@Override
	protected EtcdConnectionDetails getContainerConnectionDetails(ContainerConnectionSource<Container<?>> source) {
		return new EtcdContainerConnectionDetails(source);
	}

	/**
	 * {@link EtcdConnectionDetails} backed by a {@link ContainerConnectionSource}.
	 */
	private static final class EtcdContainerConnectionDetails extends ContainerConnectionDetails<Container<?>>
			implements EtcdConnectionDetails {

		private EtcdContainerConnectionDetails(ContainerConnectionSource<Container<?>> source) {
			super(source);
		}

		@Override
		public String getConnectionString() {
			boolean secure = getSslBundle() != null || hasAnnotation(Ssl.class);
			return "%s://%s:%d".formatted(secure ? "https" : "http", getContainer().getHost(),
					getContainer().getMappedPort(PORT));
		}

		@Override
		public @Nullable SslBundle getSslBundle() {
			return super.getSslBundle();
		}

		@Override
		public @Nullable String getUser() {
			return (getPassword() != null) ? "root" : null;
		}

		@Override
		public @Nullable String getPassword() {
			String password = getContainer().getEnvMap().get("ETCD_ROOT_PASSWORD");
			return StringUtils.hasLength(password) ? password : null;
		}

	}

}
