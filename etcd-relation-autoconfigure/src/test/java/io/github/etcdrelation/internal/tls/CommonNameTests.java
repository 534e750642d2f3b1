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

import io.netty.pkitesting.CertificateBuilder;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests {@link CommonName}.
 */
class CommonNameTests {

	@Test
	void nameOfFirstCertificateCounts() {
		assertThat(CommonName.ofFirst("some text\n" + issue("CN=first,O=Company") + issue("CN=second")))
			.isEqualTo("first");
	}

	@Test
	void lineEndsDoNotMatter() {
		assertThat(CommonName.ofFirst(issue("CN=first").replace("\n", "\\n"))).isEqualTo("first");
		assertThat(CommonName.ofFirst(issue("CN=first").replace("\n", " "))).isEqualTo("first");
	}

	@Test
	void whatComesAfterFirstCertificateDoesNotMatter() {
		assertThat(CommonName
			.ofFirst(issue("CN=first") + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))
			.isEqualTo("first");
	}

	@Test
	void positionInSubjectDoesNotMatter() {
		assertThat(CommonName.ofFirst(issue("O=Company,CN=second"))).isEqualTo("second");
	}

	@Test
	void nameIsTakenAsItIs() {
		assertThat(CommonName.ofFirst(issue("CN=Doe\\, Jane \\+ co"))).isEqualTo("Doe, Jane + co");
	}

	@Test
	void withoutNameIsNull() {
		assertThat(CommonName.ofFirst(issue("O=Company"))).isNull();
	}

	@Test
	void whatIsNoCertificateHasNone() {
		assertThat(CommonName.ofFirst("")).isNull();
		assertThat(CommonName.ofFirst("-----BEGIN CERTIFICATE-----\n????\n-----END CERTIFICATE-----")).isNull();
	}

	private static String issue(String subject) {
		return PemFixtures
			.call(() -> new CertificateBuilder().ecp256().subject(subject).buildIssuedBy(PemFixtures.ROOT))
			.getCertificatePEM();
	}

}
