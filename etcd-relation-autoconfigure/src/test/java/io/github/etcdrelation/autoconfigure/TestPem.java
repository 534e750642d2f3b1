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

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.Provider;
import java.util.Base64;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaMiscPEMGenerator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMEncryptorBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemObjectGenerator;

/**
 * PEM text for tests: one certificate authority and two clients of it.
 */
public final class TestPem {

	private static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();

	private static final X509Bundle AUTHORITY = authority();

	private static final X509Bundle EC_CLIENT = client(new CertificateBuilder().ecp256());

	private static final X509Bundle RSA_CLIENT = client(new CertificateBuilder().rsa2048());

	public static final String CA = AUTHORITY.getRootCertificatePEM();

	public static final String CERT = EC_CLIENT.getCertificatePathPEM();

	public static final String KEY = pkcs8(EC_CLIENT.getKeyPair());

	public static final String RSA_CERT = RSA_CLIENT.getCertificatePathPEM();

	public static final String RSA_KEY = pkcs8(RSA_CLIENT.getKeyPair());

	private TestPem() {
	}

	static String sec1Key() {
		KeyPair keyPair = EC_CLIENT.getKeyPair();
		BigInteger value = ((java.security.interfaces.ECPrivateKey) keyPair.getPrivate()).getS();
		byte[] publicKey = SubjectPublicKeyInfo.getInstance(keyPair.getPublic().getEncoded())
			.getPublicKeyData()
			.getBytes();
		try {
			return pem(new PemObject("EC PRIVATE KEY",
					new ECPrivateKey(256, value, new DERBitString(publicKey), SECObjectIdentifiers.secp256r1)
						.getEncoded()));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static String pkcs1Key() {
		return pem(traditional(RSA_CLIENT.getKeyPair(), false));
	}

	static String encryptedPkcs8Key(String password) {
		try {
			return pem(new JcaPKCS8Generator(EC_CLIENT.getKeyPair().getPrivate(),
					new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC).setProvider(BOUNCY_CASTLE)
						.setPassword(password.toCharArray())
						.build()));
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	static String encryptedPkcs1Key() {
		return pem(traditional(RSA_CLIENT.getKeyPair(), true));
	}

	static String base64Location(String pem) {
		return "base64:" + Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8));
	}

	private static PemObjectGenerator traditional(KeyPair keyPair, boolean encrypted) {
		try {
			return new JcaMiscPEMGenerator(keyPair.getPrivate(), encrypted
					? new JcePEMEncryptorBuilder("AES-128-CBC").setProvider(BOUNCY_CASTLE).build("secret".toCharArray())
					: null);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String pkcs8(KeyPair keyPair) {
		try {
			return pem(new JcaPKCS8Generator(keyPair.getPrivate(), null));
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String pem(PemObjectGenerator content) {
		StringWriter pem = new StringWriter();
		try (JcaPEMWriter writer = new JcaPEMWriter(pem)) {
			writer.writeObject(content);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
		return pem.toString();
	}

	private static X509Bundle authority() {
		try {
			return new CertificateBuilder().subject("CN=Test CA")
				.setIsCertificateAuthority(true)
				.ecp256()
				.buildSelfSigned();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static X509Bundle client(CertificateBuilder builder) {
		try {
			return builder.subject("CN=test")
				// No authority
				.addExtensionOctetString("2.5.29.19", true, new byte[] { 0x30, 0 })
				.addExtendedKeyUsageClientAuth()
				.buildIssuedBy(AUTHORITY);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
