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

import io.github.etcdrelation.ClientCredentials;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

/**
 * Details required to establish a connection to etcd. A bean of this type that the
 * application defines, or that Docker Compose or Testcontainers contribute, supplies the
 * data of the default relation in place of what is configured.
 *
 * @since 0.1.0
 */
public interface EtcdConnectionDetails extends ConnectionDetails {

	/**
	 * Return the client URLs of the cluster, separated by commas.
	 * @return the connection string, for example {@code https://10.0.0.1:2379}
	 */
	String getConnectionString();

	/**
	 * Return the version of etcd.
	 * @return the version or {@code null}
	 */
	default @Nullable String getVersion() {
		return null;
	}

	/**
	 * Return the TLS client credentials as PEM text.
	 * @return the credentials or {@code null} if there are none or an SSL bundle has them
	 */
	default @Nullable ClientCredentials getClientCredentials() {
		return null;
	}

	/**
	 * Return the SSL bundle to use in place of client credentials.
	 * @return the SSL bundle or {@code null}
	 */
	default @Nullable SslBundle getSslBundle() {
		return null;
	}

	/**
	 * Return the etcd user.
	 * @return the name of the user or {@code null}
	 */
	default @Nullable String getUser() {
		return null;
	}

	/**
	 * Return the password of the etcd user.
	 * @return the password or {@code null}
	 */
	default @Nullable String getPassword() {
		return null;
	}

}
