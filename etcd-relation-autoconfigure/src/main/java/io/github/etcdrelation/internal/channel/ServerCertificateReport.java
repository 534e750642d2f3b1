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

package io.github.etcdrelation.internal.channel;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import javax.security.auth.x500.X500Principal;

import io.github.etcdrelation.internal.text.Printable;
import io.github.etcdrelation.internal.tls.CertificateInfo;
import org.jspecify.annotations.Nullable;

/**
 * Describes why the certificate of a server is refused.
 */
final class ServerCertificateReport {

	private static final int DNS_NAME = 2;

	private static final int IP_ADDRESS = 7;

	private static final int MAX_LISTED = 10;

	private ServerCertificateReport() {
	}

	/**
	 * Return a description.
	 * @param chain the chain that the server presented, its own certificate first
	 * @param failure why it is refused
	 * @param host the host that was connected to or {@code null}
	 * @param authorities the trusted authorities
	 * @param authorityItem the property that gives them
	 */
	static String of(X509Certificate[] chain, CertificateException failure, @Nullable String host,
			X509Certificate[] authorities, String authorityItem) {
		X509Certificate server = chain[0];
		String words = FailureReason.of(failure);
		String invalid = isOfValidity(failure) ? describeInvalid(chain) : null;
		if (invalid != null) {
			return "%s: renew it, or correct the clock of this machine (%s)".formatted(invalid, words);
		}
		if (!isOfPath(failure)) {
			return "connection-string has the host '%s', but etcd's certificate is for %s (%s)".formatted(host,
					names(server), words);
		}
		X500Principal issuer = chain[chain.length - 1].getIssuerX500Principal();
		boolean sameName = Arrays.stream(authorities)
			.anyMatch((authority) -> authority.getSubjectX500Principal().equals(issuer));
		if (sameName) {
			return "etcd's certificate (%s) names an issuer that %s has, %s, but does not verify with it: %s"
				.formatted(subject(server), authorityItem, CertificateInfo.name(issuer), words);
		}
		return "etcd's certificate (%s) was issued by %s, and %s has only %s (%s)".formatted(subject(server),
				CertificateInfo.name(issuer), authorityItem, subjects(authorities), words);
	}

	private static @Nullable String describeInvalid(X509Certificate[] chain) {
		Instant now = Instant.now();
		for (X509Certificate certificate : chain) {
			String invalid = CertificateInfo.of(certificate)
				.describeInvalid("etcd's certificate (%s)".formatted(subject(certificate)), now);
			if (invalid != null) {
				return invalid;
			}
		}
		return null;
	}

	private static boolean isOfValidity(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof CertificateExpiredException || cause instanceof CertificateNotYetValidException) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Return whether the path to a trusted authority is what failed, not the name.
	 */
	private static boolean isOfPath(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof CertPathBuilderException || cause instanceof CertPathValidatorException) {
				return true;
			}
		}
		// A subclass that is internal to the JDK reports paths too
		return failure.getClass() != CertificateException.class;
	}

	private static String names(X509Certificate certificate) {
		List<String> names = new ArrayList<>();
		try {
			Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
			for (List<?> alternative : (alternatives != null) ? alternatives : Collections.<List<?>>emptyList()) {
				if (alternative.get(0).equals(DNS_NAME) || alternative.get(0).equals(IP_ADDRESS)) {
					names.add(Printable.of(String.valueOf(alternative.get(1))));
				}
			}
		}
		catch (CertificateParsingException ex) {
			// It has none that can be read
		}
		return names.isEmpty() ? "no name at all (subject alternative names)" : list(names);
	}

	private static String subjects(X509Certificate[] certificates) {
		Set<String> subjects = new LinkedHashSet<>();
		for (X509Certificate certificate : certificates) {
			subjects.add(subject(certificate));
		}
		return list(subjects);
	}

	private static String list(Collection<String> names) {
		String listed = String.join(", ", names.stream().limit(MAX_LISTED).toList());
		return (names.size() > MAX_LISTED) ? listed + " and %d more".formatted(names.size() - MAX_LISTED) : listed;
	}

	private static String subject(X509Certificate certificate) {
		return CertificateInfo.name(certificate.getSubjectX500Principal());
	}

}
