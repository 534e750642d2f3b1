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

package io.github.etcdrelation.client;

import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.channel.ChannelTarget;
import io.github.etcdrelation.channel.Endpoints;
import io.github.etcdrelation.channel.EtcdUser;
import io.github.etcdrelation.channel.RelationChannel;
import io.github.etcdrelation.state.CredentialFiles;
import io.github.etcdrelation.state.RelationData;
import io.github.etcdrelation.state.RelationFollower;
import io.github.etcdrelation.tls.PemSslBundles;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;

/**
 * Leads the channel of a relation where its data says.
 *
 * @since 0.1.0
 */
public final class ChannelFollower implements RelationFollower {

	private final RelationChannel channel;

	private final @Nullable Boolean allowPlainText;

	private final @Nullable Supplier<SslBundle> sslBundle;

	private final @Nullable SaveLocations saveLocations;

	private final Supplier<@Nullable EtcdUser> user;

	private final Consumer<SslBundle> credentialsListener;

	private @Nullable ClientCredentials saved;

	private @Nullable ClientCredentials bundled;

	private @Nullable SslBundle bundle;

	private volatile @Nullable EtcdUser appliedUser;

	private volatile boolean applied;

	private volatile boolean hadTls;

	/**
	 * Create a follower.
	 * @param channel the channel to lead
	 * @param allowPlainText whether it may lead to http endpoints, {@code null} to allow
	 * that until the relation had TLS
	 * @param sslBundle the bundle to use instead of the relation's credentials or
	 * {@code null}
	 * @param saveLocations where to save the relation's credentials or {@code null}
	 * @param user gives the user of etcd
	 * @param credentialsListener takes the relation's credentials when they are in use
	 */
	public ChannelFollower(RelationChannel channel, @Nullable Boolean allowPlainText,
			@Nullable Supplier<SslBundle> sslBundle, @Nullable SaveLocations saveLocations,
			Supplier<@Nullable EtcdUser> user, Consumer<SslBundle> credentialsListener) {
		this.channel = channel;
		this.allowPlainText = allowPlainText;
		this.sslBundle = sslBundle;
		this.saveLocations = saveLocations;
		this.user = user;
		this.credentialsListener = credentialsListener;
	}

	@Override
	public CompletableFuture<Void> follow(RelationData data) {
		String connectionString = data.connectionString();
		if (connectionString == null) {
			this.channel.clear(data.describeMissing());
			return CompletableFuture.completedFuture(null);
		}
		try {
			EtcdUser etcdUser = this.user.get();
			this.appliedUser = etcdUser;
			this.applied = true;
			ChannelTarget target = target(Endpoints.parse(connectionString), data).withUser(etcdUser);
			return this.channel.connectTo(target).thenRun(() -> inUse(target));
		}
		catch (InvalidRelationDataException ex) {
			this.channel.refuse(ex.getItem() + " " + ex.getReason());
			throw ex;
		}
	}

	@Override
	public boolean isOutdated() {
		return this.applied && !Objects.equals(this.user.get(), this.appliedUser);
	}

	private void inUse(ChannelTarget target) {
		SslBundle bundle = target.getSslBundle();
		if (bundle != null) {
			this.hadTls = true;
			if (this.sslBundle == null) {
				this.credentialsListener.accept(bundle);
			}
		}
	}

	private ChannelTarget target(Endpoints endpoints, RelationData data) {
		if (!endpoints.isSecure()) {
			checkPlainText(data);
			return ChannelTarget.plainText(endpoints);
		}
		if (this.sslBundle != null) {
			SslBundle bundle = this.sslBundle.get();
			return ChannelTarget.tls(endpoints, bundle, bundle);
		}
		ClientCredentials credentials = data.credentials();
		SslBundle bundle = bundle(credentials);
		if (this.saveLocations != null && data.is(RelationState.TLS_AVAILABLE)) {
			credentials = save(credentials, this.saveLocations);
			bundle = bundle(credentials);
		}
		return ChannelTarget.tls(endpoints, bundle, credentials);
	}

	/**
	 * Return the bundle of credentials, the same one as long as they are the same: what
	 * is told of a bundle should be that it changed.
	 */
	private SslBundle bundle(ClientCredentials credentials) {
		SslBundle bundle = this.bundle;
		if (bundle == null || !credentials.equals(this.bundled)) {
			bundle = PemSslBundles.create(credentials);
			this.bundle = bundle;
			this.bundled = credentials;
		}
		return bundle;
	}

	private void checkPlainText(RelationData data) {
		boolean tlsExpected = this.hadTls || data.is(RelationState.TLS_AVAILABLE) || this.sslBundle != null;
		boolean allowed = (this.allowPlainText != null) ? this.allowPlainText : !tlsExpected;
		if (!allowed) {
			String reason = (this.allowPlainText != null) ? "plain text is not allowed"
					: "the relation has TLS credentials, which http endpoints would not use";
			throw new InvalidRelationDataException("connection-string", "has http endpoints, but " + reason,
					"Use https endpoints, or set allow-plain-text to true");
		}
	}

	private ClientCredentials save(ClientCredentials credentials, SaveLocations locations) {
		if (!credentials.equals(this.saved)) {
			try {
				CredentialFiles.save(credentials, locations.key(), locations.cert(), locations.ca());
			}
			catch (IllegalArgumentException | UncheckedIOException ex) {
				throw new InvalidRelationDataException("save.*",
						"has a location that cannot be written: " + ex.getMessage(),
						"Give writable files that are not in each other's way", ex);
			}
			this.saved = credentials;
		}
		return locations.read();
	}

}
