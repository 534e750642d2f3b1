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

package io.github.etcdrelation.test;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;

import io.github.etcdrelation.ClientCredentials;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.KeyUsage;
import io.netty.pkitesting.X509Bundle;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * A certificate authority for tests: it issues server certificates and client credentials
 * that are valid for a year. Thread-safe.
 *
 * @since 0.1.0
 */
public final class CertificateAuthority {

	private static final Duration VALIDITY = Duration.ofDays(365);

	private static final Duration CLOCK_SKEW = Duration.ofDays(1);

	private static final String BASIC_CONSTRAINTS = "2.5.29.19";

	// An empty sequence: no authority
	private static final byte[] NO_AUTHORITY = { 0x30, 0 };

	private static final Pattern DNS_NAME = Pattern.compile("[a-zA-Z0-9-]+(\\.[a-zA-Z0-9-]+)*");

	private final X509Bundle bundle;

	private CertificateAuthority(X509Bundle bundle) {
		this.bundle = bundle;
	}

	/**
	 * Create a root authority with a subject of its own.
	 * @return a new root authority
	 */
	public static CertificateAuthority create() {
		// Authorities that share a subject but not the key confuse path building
		return create("Test CA " + UUID.randomUUID());
	}

	/**
	 * Create a root authority.
	 * @param commonName the common name of its subject
	 * @return a new root authority
	 */
	public static CertificateAuthority create(String commonName) {
		return new CertificateAuthority(build(authority(commonName), null));
	}

	/**
	 * Create an authority whose own certificate is issued by this one. What it issues
	 * contains the chain: the certificate, then the intermediates, without the root.
	 * @param commonName the common name of its subject
	 * @return a new intermediate authority
	 */
	public CertificateAuthority createIntermediate(String commonName) {
		return new CertificateAuthority(build(authority(commonName), this.bundle));
	}

	/**
	 * Return the certificate to trust.
	 * @return the root certificate as PEM text
	 */
	public String caPem() {
		return this.bundle.getRootCertificatePEM();
	}

	/**
	 * Issue a server certificate. It is valid for client authentication too, as the JSON
	 * gateway of etcd presents it to etcd itself.
	 * @param subjectAlternativeNames the DNS names and literal IP addresses of the server
	 * @return a new certificate and its key
	 * @throws IllegalArgumentException if one is neither a DNS name nor an IP address,
	 * for example because it has an underscore, which no TLS client accepts
	 */
	public ServerCertificate issueServer(String... subjectAlternativeNames) {
		Assert.notEmpty(subjectAlternativeNames, "'subjectAlternativeNames' must not be empty");
		CertificateBuilder builder = leaf(subjectAlternativeNames[0], Instant.now().plus(VALIDITY))
			.addExtendedKeyUsageServerAuth()
			.addExtendedKeyUsageClientAuth()
			.ecp256();
		for (String name : subjectAlternativeNames) {
			if (isIpAddress(name)) {
				builder.addSanIpAddress(name);
			}
			else {
				builder.addSanDnsName(checkDnsName(name));
			}
		}
		X509Bundle server = build(builder, this.bundle);
		return new ServerCertificate(server.getCertificatePathPEM(), keyPem(server.getKeyPair(), KeyFormat.PKCS8));
	}

	/**
	 * Issue client credentials with a key in PKCS#8 form.
	 * @param commonName the common name of the subject, for etcd the user's name
	 * @return new complete credentials
	 */
	public ClientCredentials issueClient(String commonName) {
		return issueClient(commonName, KeyFormat.PKCS8);
	}

	/**
	 * Issue client credentials.
	 * @param commonName the common name of the subject, for etcd the user's name
	 * @param keyFormat the form of the private key
	 * @return new complete credentials
	 */
	public ClientCredentials issueClient(String commonName, KeyFormat keyFormat) {
		return issueClient(commonName, keyFormat, Instant.now().plus(VALIDITY));
	}

	/**
	 * Issue client credentials that expired an hour ago.
	 * @param commonName the common name of the subject, for etcd the user's name
	 * @return new complete credentials that no server accepts
	 */
	public ClientCredentials issueExpiredClient(String commonName) {
		return issueClient(commonName, KeyFormat.PKCS8, Instant.now().minus(Duration.ofHours(1)));
	}

	private ClientCredentials issueClient(String commonName, KeyFormat keyFormat, Instant notAfter) {
		CertificateBuilder builder = leaf(commonName, notAfter).addExtendedKeyUsageClientAuth();
		X509Bundle client = build((keyFormat == KeyFormat.PKCS1) ? builder.rsa2048() : builder.ecp256(), this.bundle);
		return new ClientCredentials(client.getCertificatePathPEM(), keyPem(client.getKeyPair(), keyFormat), caPem());
	}

	private static CertificateBuilder authority(String commonName) {
		return new CertificateBuilder().subject("CN=" + commonName)
			.notBefore(Instant.now().minus(CLOCK_SKEW))
			.notAfter(Instant.now().plus(VALIDITY))
			.setIsCertificateAuthority(true)
			.setKeyUsage(true, KeyUsage.keyCertSign, KeyUsage.cRLSign)
			.ecp256();
	}

	private static CertificateBuilder leaf(String commonName, Instant notAfter) {
		return new CertificateBuilder().subject("CN=" + commonName)
			.notBefore(Instant.now().minus(CLOCK_SKEW))
			.notAfter(notAfter)
			// Charmed etcd refuses client certificates without it
			.addExtensionOctetString(BASIC_CONSTRAINTS, true, NO_AUTHORITY)
			.setKeyUsage(true, KeyUsage.digitalSignature);
	}

	private static X509Bundle build(CertificateBuilder builder, @Nullable X509Bundle issuer) {
		try {
			return (issuer != null) ? builder.buildIssuedBy(issuer) : builder.buildSelfSigned();
		}
		catch (Exception ex) {
			throw new IllegalStateException("Could not issue certificate", ex);
		}
	}

	private static String checkDnsName(String name) {
		String labels = name.startsWith("*.") ? name.substring(2) : name;
		Assert.isTrue(DNS_NAME.matcher(labels).matches(),
				() -> "'%s' is no DNS name: give letters, digits, hyphens and dots".formatted(name));
		return name;
	}

	private static boolean isIpAddress(String name) {
		return name.indexOf(':') >= 0 || name.matches("[0-9.]+");
	}

	private static String keyPem(KeyPair keyPair, KeyFormat format) {
		PrivateKey key = keyPair.getPrivate();
		return switch (format) {
			case PKCS8 -> pem("PRIVATE KEY", key.getEncoded());
			case PKCS1 -> pem("RSA PRIVATE KEY", traditional(key));
			case SEC1 -> pem("EC PRIVATE KEY", sec1(keyPair));
		};
	}

	private static byte[] traditional(PrivateKey key) {
		return PrivateKeyInfo.getInstance(key.getEncoded()).getPrivateKey().getOctets();
	}

	private static byte[] sec1(KeyPair keyPair) {
		// The traditional part of a PKCS#8 key does not name the curve
		BigInteger value = ((ECPrivateKey) keyPair.getPrivate()).getS();
		DERBitString publicKey = new DERBitString(
				SubjectPublicKeyInfo.getInstance(keyPair.getPublic().getEncoded()).getPublicKeyData().getBytes());
		try {
			return new org.bouncycastle.asn1.sec.ECPrivateKey(256, value, publicKey, SECObjectIdentifiers.secp256r1)
				.getEncoded();
		}
		catch (IOException ex) {
			throw new IllegalStateException("Could not encode key", ex);
		}
	}

	private static String pem(String type, byte[] content) {
		StringWriter pem = new StringWriter();
		try (PemWriter writer = new PemWriter(pem)) {
			writer.writeObject(new PemObject(type, content));
		}
		catch (IOException ex) {
			throw new IllegalStateException("Could not encode key", ex);
		}
		return pem.toString();
	}

}
