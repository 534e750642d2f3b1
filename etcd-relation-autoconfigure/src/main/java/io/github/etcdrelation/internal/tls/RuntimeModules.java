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

import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.util.Set;

import io.github.etcdrelation.InvalidRelationDataException;
import org.jspecify.annotations.Nullable;

/**
 * What a Java runtime that was assembled with {@code jlink} may lack for TLS: before Java
 * 22, elliptic curves are in a module that nothing requires.
 */
public final class RuntimeModules {

	private static final String MODULE = "jdk.crypto.ec";

	private static final String REMEDY = "Add it to the runtime image: jlink --add-modules " + MODULE;

	private static final Set<String> ALGORITHMS = Set.of("EC", "EdDSA", "Ed25519", "Ed448", "XDH");

	private RuntimeModules() {
	}

	/**
	 * Return what may be the reason that TLS handshakes fail in this runtime, whatever
	 * the credentials.
	 * @return a sentence without its full stop, {@code null} if nothing is missing
	 */
	public static @Nullable String missingForTls() {
		return isMissing("EC") ? "This Java runtime lacks the module " + MODULE
				+ ", without which TLS has no elliptic curves. " + REMEDY : null;
	}

	/**
	 * Check that keys of an algorithm can be used.
	 * @param item what needs the algorithm, for errors
	 * @param algorithm the name of the algorithm
	 * @throws InvalidRelationDataException if this runtime lacks it
	 */
	static void require(String item, String algorithm) {
		if (isMissing(algorithm)) {
			throw new InvalidRelationDataException(item,
					"needs the module " + MODULE + ", which this Java runtime lacks", REMEDY);
		}
	}

	/**
	 * Return whether this runtime lacks an algorithm that the module has.
	 * @param algorithm the name of the algorithm
	 * @return whether it does
	 */
	static boolean isMissing(String algorithm) {
		if (!ALGORITHMS.contains(algorithm)) {
			return false;
		}
		try {
			KeyFactory.getInstance(algorithm);
			return false;
		}
		catch (NoSuchAlgorithmException ex) {
			return true;
		}
	}

}
