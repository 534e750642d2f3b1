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

import java.util.List;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.fuzz.Hostile;
import org.jspecify.annotations.Nullable;

/**
 * Input: certificate, key, authority and password as an operator gives them, each perhaps
 * missing.
 */
class PemTextFuzzTests {

	@FuzzTest
	void read(byte[] input) {
		List<String> parts = Hostile.parts(input);
		use(part(parts, 0), part(parts, 1), part(parts, 2), part(parts, 3));
		for (int i = 0; i < 3; i++) {
			String part = part(parts, i);
			String marked = (part != null) ? Hostile.withSecret(part) : null;
			use((i == 0) ? marked : part(parts, 0), (i == 1) ? marked : part(parts, 1),
					(i == 2) ? marked : part(parts, 2), Hostile.SECRET);
		}
	}

	private static @Nullable String part(List<String> parts, int index) {
		return (index < parts.size() && !parts.get(index).isEmpty()) ? parts.get(index) : null;
	}

	private static void use(@Nullable String cert, @Nullable String key, @Nullable String ca,
			@Nullable String password) {
		Hostile.accepts(
				() -> PemSslBundles.create(new ClientCredentials(cert, key, ca), password).getStores().getKeyStore());
		if (cert != null) {
			Hostile.accepts(() -> {
				OwnCertificate own = OwnCertificate.of(cert, key, password);
				own.requirePublishable();
				Hostile.requireSilent(own.getSubject());
			});
			CommonName.ofFirst(cert);
		}
		Hostile.requireSilent(new ClientCredentials(cert, key, ca).toString());
	}

}
