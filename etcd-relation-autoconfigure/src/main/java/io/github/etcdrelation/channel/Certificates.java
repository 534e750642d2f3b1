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

package io.github.etcdrelation.channel;

import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;

/**
 * Looks at the certificates of this side when the other side refuses them, for it seldom
 * says more than that.
 */
final class Certificates {

	private Certificates() {
	}

	/**
	 * Return what is to be said about certificates that are not valid now.
	 */
	static List<String> expired(SslBundle bundle) {
		List<String> expired = new ArrayList<>();
		add(expired, "client certificate", bundle.getStores().getKeyStore());
		add(expired, "certificate authority", bundle.getStores().getTrustStore());
		return expired;
	}

	private static void add(List<String> expired, String part, @Nullable KeyStore store) {
		if (store == null) {
			return;
		}
		try {
			Instant now = Instant.now();
			for (String alias : Collections.list(store.aliases())) {
				Certificate certificate = store.getCertificate(alias);
				if (certificate instanceof X509Certificate x509) {
					Instant start = x509.getNotBefore().toInstant();
					Instant end = x509.getNotAfter().toInstant();
					if (now.isAfter(end)) {
						expired.add("the %s expired at %s".formatted(part, end));
					}
					else if (now.isBefore(start)) {
						expired.add("the %s is not valid before %s".formatted(part, start));
					}
				}
			}
		}
		catch (KeyStoreException ex) {
			// Not loaded, so there is nothing to say about it
		}
	}

}
