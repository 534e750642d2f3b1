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
import java.util.function.Supplier;

import io.github.etcdrelation.InvalidRelationDataException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.NestedExceptionUtils;

/**
 * The SSL bundle that a relation is told to use.
 */
final class NamedSslBundle implements Supplier<SslBundle> {

	private final String name;

	private final @Nullable SslBundles sslBundles;

	NamedSslBundle(String name, @Nullable SslBundles sslBundles) {
		this.name = name;
		this.sslBundles = sslBundles;
	}

	/**
	 * Have a task run whenever the bundle is updated.
	 */
	void onUpdate(Runnable task) {
		if (this.sslBundles != null && this.sslBundles.getBundleNames().contains(this.name)) {
			this.sslBundles.addBundleUpdateHandler(this.name, (bundle) -> task.run());
		}
	}

	@Override
	public SslBundle get() {
		if (this.sslBundles == null) {
			throw new InvalidRelationDataException("ssl.bundle", "is set, but there are no SSL bundles",
					"Define the bundle below spring.ssl.bundle");
		}
		try {
			return read(this.sslBundles.getBundle(this.name));
		}
		catch (NoSuchSslBundleException ex) {
			throw new InvalidRelationDataException("ssl.bundle",
					"names an SSL bundle '%s' that does not exist".formatted(this.name),
					"Define it below spring.ssl.bundle, or correct the name", ex);
		}
		catch (RuntimeException ex) {
			throw new InvalidRelationDataException("ssl.bundle",
					"names an SSL bundle '%s' that cannot be read: %s".formatted(this.name, describe(ex)),
					"Correct its certificates, keys and passwords below spring.ssl.bundle");
		}
	}

	/**
	 * Return the bundle with its stores read, which it does not do before.
	 */
	static SslBundle read(SslBundle bundle) {
		bundle.getStores().getKeyStore();
		bundle.getStores().getTrustStore();
		return bundle;
	}

	static String describe(RuntimeException failure) {
		Throwable cause = NestedExceptionUtils.getMostSpecificCause(failure);
		// A location that cannot be read is quoted, and may be a key without its first
		// line
		return (cause instanceof IOException || cause.getMessage() == null) ? cause.getClass().getSimpleName()
				: cause.getMessage();
	}

}
