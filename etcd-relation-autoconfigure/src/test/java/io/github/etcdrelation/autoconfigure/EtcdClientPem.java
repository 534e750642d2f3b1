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

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;

/**
 * PEM text for tests of relations that bring a client certificate of their own: a
 * certificate and its renewal, as a provider accepts them.
 */
public final class EtcdClientPem {

	private static final byte[] NO_AUTHORITY = { 0x30, 0 };

	private static final X509Bundle AUTHORITY = create(
			new CertificateBuilder().subject("CN=Test CA of clients").setIsCertificateAuthority(true), null);

	private static final X509Bundle FIRST = client();

	private static final X509Bundle RENEWED = client();

	public static final String CERT = FIRST.getCertificatePathPEM();

	public static final String KEY = FIRST.getPrivateKeyPEM();

	public static final String RENEWED_CERT = RENEWED.getCertificatePathPEM();

	public static final String RENEWED_KEY = RENEWED.getPrivateKeyPEM();

	private EtcdClientPem() {
	}

	private static X509Bundle client() {
		return create(new CertificateBuilder().subject("CN=client")
			.addExtensionOctetString("2.5.29.19", true, NO_AUTHORITY)
			.addExtendedKeyUsageClientAuth(), AUTHORITY);
	}

	private static X509Bundle create(CertificateBuilder builder, X509Bundle issuer) {
		try {
			return (issuer != null) ? builder.ecp256().buildIssuedBy(issuer) : builder.ecp256().buildSelfSigned();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
