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

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.ssl.JksSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PemSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PropertiesSslBundle;
import org.springframework.boot.autoconfigure.ssl.SslProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.util.StringUtils;

/**
 * The SSL bundle of a relation where there is no application context to have it as a
 * bean. Changes of its files have no effect.
 */
final class BinderSslBundles {

	private BinderSslBundles() {
	}

	/**
	 * Return the bundles.
	 * @param binder the binder of the properties
	 * @param name the name of the only bundle that is needed or {@code null}
	 */
	static SslBundles of(Binder binder, @Nullable String name) {
		DefaultSslBundleRegistry registry = new DefaultSslBundleRegistry();
		if (name == null || !StringUtils.hasText(name)) {
			return registry;
		}
		SslProperties.Bundles bundles = binder.bindOrCreate("spring.ssl", SslProperties.class).getBundle();
		PemSslBundleProperties pem = bundles.getPem().get(name);
		JksSslBundleProperties jks = bundles.getJks().get(name);
		if (pem != null) {
			registry.registerBundle(name, PropertiesSslBundle.get(pem));
		}
		else if (jks != null) {
			registry.registerBundle(name, PropertiesSslBundle.get(jks));
		}
		return registry;
	}

}
