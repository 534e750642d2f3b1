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

package io.github.etcdrelation.internal.provider;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;

/**
 * Certificates of requirers.
 */
final class Certificates {

	static final String FIRST_NAME = "first client";

	static final String SECOND_NAME = "second";

	static final String FIRST = issue("CN=" + FIRST_NAME + ",O=Company");

	static final String SECOND = issue("O=Company,CN=" + SECOND_NAME);

	static final String AUTHORITY = authority();

	static final String NEXT_AUTHORITY = authority() + AUTHORITY;

	private Certificates() {
	}

	private static String authority() {
		try {
			return new CertificateBuilder().algorithm(Algorithm.ecp256)
				.subject("CN=Authority of servers")
				.setIsCertificateAuthority(true)
				.buildSelfSigned()
				.getCertificatePEM();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	static String issue(String subject) {
		try {
			X509Bundle authority = new CertificateBuilder().algorithm(Algorithm.ecp256)
				.subject("CN=Authority of requirers")
				.setIsCertificateAuthority(true)
				.buildSelfSigned();
			return new CertificateBuilder().algorithm(Algorithm.ecp256)
				.subject(subject)
				.buildIssuedBy(authority)
				.getCertificatePEM();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
