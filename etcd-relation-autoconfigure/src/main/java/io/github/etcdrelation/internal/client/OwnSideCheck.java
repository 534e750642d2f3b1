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
import io.github.etcdrelation.internal.tls.ConfiguredSslBundle;
import io.github.etcdrelation.internal.tls.OwnCertificate;
import io.github.etcdrelation.internal.tls.OwnCertificateCheck;
import org.jspecify.annotations.Nullable;

/**
 * Checks that snapshots fit what the own side brings, before they are applied.
 *
 * @param namespace the namespace of the clients
 * @param sslBundle the bundle that the own certificate is from or {@code null}
 * @param keyPassword supplies the password of the private key
 * @param alternative supplies what to do if the relation is not of the interface
 * {@code etcd_client}, {@code null} if it surely is
 */
public record OwnSideCheck(ClientNamespace namespace, @Nullable ConfiguredSslBundle sslBundle,
		Supplier<@Nullable String> keyPassword,
		Supplier<@Nullable String> alternative) implements Consumer<RelationSnapshot> {

	/**
	 * Check a snapshot.
	 * @throws InvalidRelationDataException if it cannot be used
	 */
	@Override
	public void accept(RelationSnapshot snapshot) {
		if (snapshot.relationInterface() == RelationInterface.ETCD_CLIENT) {
			String certificate = snapshot.credentials().clientCert();
			String key = snapshot.credentials().clientKey();
			if (certificate != null) {
				check(certificate, key);
			}
			ConfiguredSslBundle bundle = this.sslBundle;
			if (bundle != null && (certificate == null || key == null)) {
				// Says why it does not supply them
				orAlternative(() -> BundleCredentials.export(bundle.get()));
			}
		}
		this.namespace.check(snapshot);
	}

	private void check(String certificate, @Nullable String key) {
		try {
			OwnCertificate own = OwnCertificate.of(certificate, key, this.keyPassword.get());
			orAlternative(() -> OwnCertificateCheck.check(own));
		}
		catch (InvalidRelationDataException ex) {
			throw (this.sslBundle != null && isOf(this.sslBundle, certificate))
					? OwnCertificateCheck.ofBundle(ex, this.sslBundle.getName()) : ex;
		}
	}

	private static boolean isOf(ConfiguredSslBundle sslBundle, String certificate) {
		try {
			return certificate.equals(BundleCredentials.export(sslBundle.get()).clientCert());
		}
		catch (InvalidRelationDataException ex) {
			return false;
		}
	}

	/**
	 * Run a check that data of the other interface need not pass.
	 */
	private void orAlternative(Runnable required) {
		try {
			required.run();
		}
		catch (InvalidRelationDataException ex) {
			String other = this.alternative.get();
			if (other == null) {
				throw ex;
			}
			String remedy = (ex.getRemedy() != null) ? ex.getRemedy() + ". " + other : other;
			throw new InvalidRelationDataException(ex.getItem(), ex.getReason(), remedy, ex);
		}
	}

}
