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

package io.github.etcdrelation.internal.client;

import java.util.function.Consumer;
import java.util.function.Supplier;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.internal.tls.BundleCredentials;
import io.github.etcdrelation.internal.tls.OwnCertificateCheck;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;

/**
 * Checks that snapshots fit what the own side brings, before they are applied.
 *
 * @param namespace the namespace of the clients
 * @param sslBundle the bundle that the own certificate is from or {@code null}
 */
public record OwnSideCheck(ClientNamespace namespace,
		@Nullable Supplier<SslBundle> sslBundle) implements Consumer<RelationSnapshot> {

	/**
	 * Check a snapshot.
	 * @throws InvalidRelationDataException if it cannot be used
	 */
	@Override
	public void accept(RelationSnapshot snapshot) {
		if (snapshot.relationInterface() == RelationInterface.ETCD_CLIENT) {
			String certificate = snapshot.credentials().clientCert();
			if (certificate != null) {
				OwnCertificateCheck.check(certificate);
			}
			if (this.sslBundle != null && (certificate == null || snapshot.credentials().clientKey() == null)) {
				// Says why it does not supply them
				BundleCredentials.export(this.sslBundle.get());
			}
		}
		this.namespace.check(snapshot);
	}

}
