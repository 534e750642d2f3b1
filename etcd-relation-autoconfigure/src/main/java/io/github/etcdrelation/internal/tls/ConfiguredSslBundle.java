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

import java.io.IOException;
import java.util.function.Supplier;

import io.github.etcdrelation.InvalidRelationDataException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.NestedExceptionUtils;

/**
 * The SSL bundle that a relation is configured to use in place of its credentials.
 */
public final class ConfiguredSslBundle implements Supplier<SslBundle> {

	private final @Nullable String name;

	private final @Nullable SslBundles sslBundles;

	private final @Nullable SslBundle bundle;

	private ConfiguredSslBundle(@Nullable String name, @Nullable SslBundles sslBundles, @Nullable SslBundle bundle) {
		this.name = name;
		this.sslBundles = sslBundles;
		this.bundle = bundle;
	}

	/**
	 * Create a bundle that is looked up by its name.
	 * @param name the name
	 * @param sslBundles the bundles of the application or {@code null}
	 * @return the bundle, which need not exist yet
	 */
	public static ConfiguredSslBundle named(String name, @Nullable SslBundles sslBundles) {
		return new ConfiguredSslBundle(name, sslBundles, null);
	}

	/**
	 * Create a bundle that returns the given one.
	 * @param bundle the bundle
	 * @return the bundle
	 */
	public static ConfiguredSslBundle of(SslBundle bundle) {
		return new ConfiguredSslBundle(null, null, bundle);
	}

	/**
	 * Return the name of the bundle.
	 * @return the name, empty if the bundle is not looked up by a name
	 */
	public String getName() {
		return (this.name != null) ? this.name : "";
	}

	/**
	 * Run a task whenever the bundle is updated.
	 * @param task the task, run on the thread that updates the bundle
	 */
	public void onUpdate(Runnable task) {
		if (this.name != null && this.sslBundles != null && this.sslBundles.getBundleNames().contains(this.name)) {
			this.sslBundles.addBundleUpdateHandler(this.name, (updated) -> task.run());
		}
	}

	/**
	 * Return the bundle with its stores loaded, which happens lazily otherwise.
	 * @throws InvalidRelationDataException if it does not exist or cannot be read
	 */
	@Override
	public SslBundle get() {
		try {
			SslBundle found = find();
			found.getStores().getKeyStore();
			found.getStores().getTrustStore();
			return found;
		}
		catch (InvalidRelationDataException ex) {
			throw ex;
		}
		catch (NoSuchSslBundleException ex) {
			throw new InvalidRelationDataException("ssl.bundle",
					"names an SSL bundle '%s' that does not exist".formatted(this.name),
					"Define it below spring.ssl.bundle, or correct the name", ex);
		}
		catch (RuntimeException ex) {
			String named = (this.name != null) ? "names an SSL bundle '%s' that ".formatted(this.name) : "";
			throw new InvalidRelationDataException("ssl.bundle", "%scannot be read: %s".formatted(named, describe(ex)),
					"Correct its certificates, keys and passwords"
							+ ((this.name != null) ? " below spring.ssl.bundle" : ""));
		}
	}

	private SslBundle find() {
		if (this.bundle != null) {
			return this.bundle;
		}
		if (this.sslBundles == null || this.name == null) {
			throw new InvalidRelationDataException("ssl.bundle", "is set, but there are no SSL bundles",
					"Define the bundle below spring.ssl.bundle");
		}
		return this.sslBundles.getBundle(this.name);
	}

	private static String describe(RuntimeException failure) {
		Throwable cause = NestedExceptionUtils.getMostSpecificCause(failure);
		// An I/O error quotes the location, which may be a key without its first line
		return (cause instanceof IOException || cause.getMessage() == null) ? cause.getClass().getSimpleName()
				: cause.getMessage();
	}

}
