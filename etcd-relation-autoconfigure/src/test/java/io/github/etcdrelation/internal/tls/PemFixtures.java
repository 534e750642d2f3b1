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

package io.github.etcdrelation.internal.tls;

import java.io.StringWriter;
import java.math.BigInteger;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.stream.Collectors;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaMiscPEMGenerator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMEncryptorBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * Certificates and keys from which {@link PemVariantsTests} makes its texts.
 */
public final class PemFixtures {

	public static final String PASSWORD = "correct s3cr3t";

	private static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();

	static final X509Bundle ROOT = authority("Root", Algorithm.ecp256, null);

	static final X509Bundle UPPER = authority("Upper", Algorithm.ecp256, ROOT);

	static final X509Bundle LOWER = authority("Lower", Algorithm.ecp256, UPPER);

	static final X509Bundle FOREIGN = authority("Foreign", Algorithm.ecp256, null);

	public static final X509Bundle EC = client(Algorithm.ecp256, LOWER);

	static final X509Bundle RSA = client(Algorithm.rsa2048, ROOT);

	public static final String ROOT_PEM = pem(ROOT.getCertificate());

	static final String FOREIGN_PEM = pem(FOREIGN.getCertificate());

	private PemFixtures() {
	}

	static X509Bundle authority(String name, Algorithm algorithm, X509Bundle issuer) {
		return build(builder(name, algorithm).setIsCertificateAuthority(true), issuer);
	}

	static X509Bundle client(Algorithm algorithm, X509Bundle issuer) {
		return build(builder("client", algorithm).addExtensionOctetString("2.5.29.19", true, new byte[] { 0x30, 0 })
			.addExtendedKeyUsageClientAuth(), issuer);
	}

	/**
	 * A client whose certificate has no BasicConstraints.
	 */
	public static X509Bundle unconstrained() {
		return build(builder("client", Algorithm.ecp256).addExtendedKeyUsageClientAuth(), ROOT);
	}

	static X509Bundle renewed(X509Bundle client, X509Bundle issuer, Duration validity) {
		Instant end = Instant.now().plus(validity);
		return build(new CertificateBuilder().subject("CN=client")
			.keyPair(client.getKeyPair())
			.notBefore(end.minus(Duration.ofDays(10)))
			.notAfter(end), issuer);
	}

	private static CertificateBuilder builder(String name, Algorithm algorithm) {
		return new CertificateBuilder().subject("CN=" + name).algorithm(algorithm);
	}

	private static X509Bundle build(CertificateBuilder builder, X509Bundle issuer) {
		return call(() -> (issuer != null) ? builder.buildIssuedBy(issuer) : builder.buildSelfSigned());
	}

	static X509Bundle p521() {
		return call(() -> {
			KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
			generator.initialize(521);
			return build(new CertificateBuilder().subject("CN=client").keyPair(generator.generateKeyPair()), ROOT);
		});
	}

	static KeyPair pssKeyPair() {
		return call(() -> {
			KeyPairGenerator generator = KeyPairGenerator.getInstance("RSASSA-PSS");
			generator.initialize(2048);
			return generator.generateKeyPair();
		});
	}

	static X509Certificate pssCertificate(KeyPair keyPair) {
		return call(() -> {
			X500Name name = new X500Name("CN=client");
			Instant now = Instant.now();
			JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(name, BigInteger.ONE,
					Date.from(now.minusSeconds(60)), Date.from(now.plusSeconds(3600)), name, keyPair.getPublic());
			PrivateKey key = KeyFactory.getInstance("RSA", BOUNCY_CASTLE)
				.generatePrivate(new PKCS8EncodedKeySpec(keyPair.getPrivate().getEncoded()));
			return new JcaX509CertificateConverter().getCertificate(builder
				.build(new JcaContentSignerBuilder("SHA256withRSAandMGF1").setProvider(BOUNCY_CASTLE).build(key)));
		});
	}

	static String pem(X509Certificate... certificates) {
		return Arrays.stream(certificates)
			.map((certificate) -> block("CERTIFICATE", call(certificate::getEncoded)))
			.collect(Collectors.joining());
	}

	public static String chain(X509Bundle bundle) {
		return pem(bundle.getCertificatePath());
	}

	static String pkcs8(Key key) {
		return block("PRIVATE KEY", key.getEncoded());
	}

	static String pkcs8(X509Bundle bundle) {
		return pkcs8(bundle.getKeyPair().getPrivate());
	}

	static byte[] traditional(X509Bundle bundle) {
		return call(() -> PrivateKeyInfo.getInstance(bundle.getKeyPair().getPrivate().getEncoded())
			.getPrivateKey()
			.getOctets());
	}

	static byte[] sec1(X509Bundle bundle, int bits, boolean named) {
		BigInteger value = ((ECPrivateKey) bundle.getKeyPair().getPrivate()).getS();
		ASN1ObjectIdentifier curve = switch (bits) {
			case 256 -> SECObjectIdentifiers.secp256r1;
			case 384 -> SECObjectIdentifiers.secp384r1;
			default -> SECObjectIdentifiers.secp521r1;
		};
		return call(() -> (named ? new org.bouncycastle.asn1.sec.ECPrivateKey(bits, value, curve)
				: new org.bouncycastle.asn1.sec.ECPrivateKey(bits, value))
			.getEncoded());
	}

	static String encrypted(X509Bundle bundle, ASN1ObjectIdentifier algorithm) {
		return call(() -> write(new JcaPKCS8Generator(bundle.getKeyPair().getPrivate(),
				new JceOpenSSLPKCS8EncryptorBuilder(algorithm).setProvider(BOUNCY_CASTLE)
					.setPassword(PASSWORD.toCharArray())
					.build())));
	}

	public static String encrypted(X509Bundle bundle) {
		return encrypted(bundle, PKCS8Generator.AES_256_CBC);
	}

	static String encrypted(byte[] pkcs8) {
		return call(() -> write(new PKCS8Generator(PrivateKeyInfo.getInstance(pkcs8),
				new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC).setProvider(BOUNCY_CASTLE)
					.setPassword(PASSWORD.toCharArray())
					.build())));
	}

	static String legacyEncrypted(X509Bundle bundle) {
		return call(() -> write(new JcaMiscPEMGenerator(bundle.getKeyPair().getPrivate(),
				new JcePEMEncryptorBuilder("AES-128-CBC").setProvider(BOUNCY_CASTLE).build(PASSWORD.toCharArray()))));
	}

	static String request(X509Bundle bundle) {
		return call(() -> block("CERTIFICATE REQUEST",
				new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=client"), bundle.getKeyPair().getPublic())
					.build(new JcaContentSignerBuilder("SHA256withECDSA").build(bundle.getKeyPair().getPrivate()))
					.getEncoded()));
	}

	static String publicKey(X509Bundle bundle) {
		return block("PUBLIC KEY", bundle.getKeyPair().getPublic().getEncoded());
	}

	static String parameters() {
		return block("EC PARAMETERS", call(SECObjectIdentifiers.secp256r1::getEncoded));
	}

	static String block(String label, byte[] content) {
		return block(label, content, 64);
	}

	static String block(String label, byte[] content, int lineLength) {
		return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(label,
				Base64.getMimeEncoder(lineLength, new byte[] { '\n' }).encodeToString(content));
	}

	static List<X509Certificate> path(X509Bundle bundle) {
		return List.of(bundle.getCertificatePath());
	}

	private static String write(Object content) throws Exception {
		StringWriter pem = new StringWriter();
		try (JcaPEMWriter writer = new JcaPEMWriter(pem)) {
			writer.writeObject(content);
		}
		return pem.toString();
	}

	static <T> T call(Callable<T> callable) {
		try {
			return callable.call();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * An action that may fail.
	 *
	 * @param <T> what it returns
	 */
	interface Callable<T> {

		T call() throws Exception;

	}

}
