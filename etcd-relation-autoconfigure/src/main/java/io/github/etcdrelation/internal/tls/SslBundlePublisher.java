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

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import io.grpc.SynchronizationContext;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.log.LogMessage;

/**
 * Publishes the credentials of a relation for other clients, as an SSL bundle that has
 * the name of the relation. An application's own bundle of this name is kept.
 */
public final class SslBundlePublisher implements Function<SslBundle, CompletableFuture<Void>> {

	private static final Log logger = LogFactory.getLog(SslBundlePublisher.class);

	// One after the other, and no lock is held while handlers of the application run
	private final SynchronizationContext publications = new SynchronizationContext(
			(thread, failure) -> logger.error("An SSL bundle cannot be published", failure));

	private final String name;

	private final @Nullable SslBundleRegistry registry;

	private @Nullable SslBundle current;

	private boolean taken;

	/**
	 * Create a publisher.
	 * @param name the name of the relation, and of the bundle
	 * @param registry the registry to publish to or {@code null}
	 */
	public SslBundlePublisher(String name, @Nullable SslBundleRegistry registry) {
		this.name = name;
		this.registry = registry;
	}

	@Override
	public CompletableFuture<Void> apply(SslBundle bundle) {
		CompletableFuture<Void> published = new CompletableFuture<>();
		this.publications.execute(() -> {
			try {
				publish(bundle);
				published.complete(null);
			}
			catch (RuntimeException ex) {
				published.completeExceptionally(ex);
			}
		});
		return published;
	}

	private void publish(SslBundle bundle) {
		if (this.registry == null || this.taken || bundle == this.current) {
			return;
		}
		if (this.current != null) {
			update(this.registry, bundle);
		}
		else {
			try {
				this.registry.registerBundle(this.name, bundle);
			}
			catch (IllegalStateException ex) {
				this.taken = true;
				logger.info(LogMessage.format(
						"SSL bundle '%s' is defined already and does not get the credentials of the relation",
						this.name));
				return;
			}
			if (this.registry instanceof SslBundles bundles) {
				// Without a handler Boot warns on each update that it may have no effect
				bundles.addBundleUpdateHandler(this.name, (updated) -> {
				});
			}
		}
		this.current = bundle;
	}

	private void update(SslBundleRegistry registry, SslBundle bundle) {
		try {
			registry.updateBundle(this.name, bundle);
		}
		catch (RuntimeException ex) {
			// The relation itself already uses the credentials
			logger.error(LogMessage.format("A handler failed on the update of SSL bundle '%s'", this.name), ex);
		}
	}

}
