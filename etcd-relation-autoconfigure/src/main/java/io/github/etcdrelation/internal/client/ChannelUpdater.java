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

package io.github.etcdrelation.internal.client;

import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.internal.channel.ChannelStatus;
import io.github.etcdrelation.internal.channel.ChannelTarget;
import io.github.etcdrelation.internal.channel.Endpoints;
import io.github.etcdrelation.internal.channel.EtcdUser;
import io.github.etcdrelation.internal.channel.RelationChannel;
import io.github.etcdrelation.internal.state.DataInUse;
import io.github.etcdrelation.internal.state.InvalidData;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.internal.state.SnapshotApplier;
import io.github.etcdrelation.internal.state.SourceDescription;
import io.github.etcdrelation.internal.tls.CertificateInfo;
import io.github.etcdrelation.internal.tls.CredentialFiles;
import io.github.etcdrelation.internal.tls.SslBundleCache;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;

/**
 * Applies the snapshots of a relation to its channel.
 */
public final class ChannelUpdater implements SnapshotApplier {

	private final RelationChannel channel;

	private final @Nullable Boolean allowPlainText;

	private final @Nullable Supplier<SslBundle> sslBundle;

	private final @Nullable CredentialFiles credentialFiles;

	private final SslBundleCache sslBundles;

	private final Supplier<@Nullable EtcdUser> user;

	private final Function<SslBundle, CompletableFuture<Void>> publisher;

	private final RelationSource source;

	private @Nullable ClientCredentials saved;

	private volatile @Nullable String cleared;

	private volatile @Nullable EtcdUser appliedUser;

	private volatile @Nullable EtcdUser userInUse;

	private volatile boolean applied;

	private volatile boolean hadTls;

	/**
	 * Create an updater.
	 * @param channel the channel
	 * @param allowPlainText whether http endpoints may be connected to, {@code null} to
	 * allow that until the relation first had TLS
	 * @param sslBundle the bundle to use instead of the relation's credentials or
	 * {@code null}
	 * @param credentialFiles where to save the relation's credentials or {@code null}
	 * @param sslBundles creates the SSL bundle of the relation's credentials
	 * @param user supplies the etcd user
	 * @param publisher publishes the relation's credentials once they are in use
	 * @param source the source of the snapshots, which describes itself and why there is
	 * no connection string
	 */
	public ChannelUpdater(RelationChannel channel, @Nullable Boolean allowPlainText,
			@Nullable Supplier<SslBundle> sslBundle, @Nullable CredentialFiles credentialFiles,
			SslBundleCache sslBundles, Supplier<@Nullable EtcdUser> user,
			Function<SslBundle, CompletableFuture<Void>> publisher, RelationSource source) {
		this.channel = channel;
		this.allowPlainText = allowPlainText;
		this.sslBundle = sslBundle;
		this.credentialFiles = credentialFiles;
		this.sslBundles = sslBundles;
		this.user = user;
		this.publisher = publisher;
		this.source = source;
	}

	@Override
	public CompletableFuture<Void> apply(RelationSnapshot snapshot) {
		String connectionString = snapshot.connectionString();
		if (connectionString == null) {
			String reason = describeMissing(snapshot);
			this.cleared = reason;
			this.channel.clear(reason);
			return CompletableFuture.completedFuture(null);
		}
		this.cleared = null;
		try {
			EtcdUser etcdUser = this.user.get();
			this.appliedUser = etcdUser;
			this.applied = true;
			Endpoints endpoints = Endpoints.parse(connectionString, hasTls(snapshot.credentials()));
			ChannelTarget target = target(endpoints, snapshot)
				.withUser((etcdUser != null) ? etcdUser : user(snapshot.account()))
				.withOrigin(this.source.isLive() ? this.source.getDescription() : null);
			return this.channel.connectTo(target).thenCompose((connected) -> inUse(target));
		}
		catch (InvalidRelationDataException ex) {
			unreadable(InvalidData.describe(ex));
			throw ex;
		}
	}

	@Override
	public boolean isOutdated() {
		if (this.cleared != null) {
			String reason = this.source.describeMissing();
			return reason != null && !inSource(reason).equals(this.cleared);
		}
		return this.applied && !Objects.equals(this.user.get(), this.appliedUser);
	}

	@Override
	public @Nullable DataInUse getDataInUse() {
		ChannelTarget target = this.channel.getStatus().target();
		if (target == null) {
			return null;
		}
		SslBundle bundle = target.getSslBundle();
		EtcdUser etcdUser = this.userInUse;
		return new DataInUse(target.getEndpoints().getUrls(), (etcdUser != null) ? etcdUser.name() : null, etcdUser,
				bundle != null, CertificateInfo.ofClient(bundle), CertificateInfo.ofAuthorities(bundle));
	}

	@Override
	public boolean isServing() {
		ChannelStatus status = this.channel.getStatus();
		return status.target() != null && status.problem() == null;
	}

	@Override
	public void unreadable(String reason) {
		this.channel.refuse(inSource(reason));
	}

	private String describeMissing(RelationSnapshot snapshot) {
		String reason = this.source.describeMissing();
		return inSource((reason != null) ? reason : snapshot.describeMissing());
	}

	private String inSource(String reason) {
		return this.source.isLive() ? SourceDescription.append(reason, this.source.getDescription()) : reason;
	}

	private boolean hasTls(ClientCredentials credentials) {
		return this.sslBundle != null || credentials.clientCa() != null || credentials.clientCert() != null;
	}

	private @Nullable EtcdUser user(RelationSnapshot.Account account) {
		EtcdUser given = EtcdUser.of(account.username(), account.password());
		return (given != null && this.source.isLive())
				? given.givenIn("username, password in " + this.source.getDescription()) : given;
	}

	private CompletableFuture<Void> inUse(ChannelTarget target) {
		SslBundle bundle = target.getSslBundle();
		this.userInUse = target.getUser();
		this.hadTls |= bundle != null;
		return (bundle != null && this.sslBundle == null) ? this.publisher.apply(bundle)
				: CompletableFuture.completedFuture(null);
	}

	private ChannelTarget target(Endpoints endpoints, RelationSnapshot snapshot) {
		if (!endpoints.isSecure()) {
			checkPlainText(snapshot);
			return ChannelTarget.plainText(endpoints);
		}
		if (this.sslBundle != null) {
			SslBundle bundle = this.sslBundle.get();
			return ChannelTarget.tls(endpoints, bundle, bundle);
		}
		ClientCredentials credentials = snapshot.credentials();
		SslBundle bundle = this.sslBundles.get(credentials);
		if (this.credentialFiles != null && snapshot.is(RelationState.TLS_AVAILABLE)) {
			credentials = save(credentials, this.credentialFiles);
			bundle = this.sslBundles.get(credentials);
		}
		return ChannelTarget.tls(endpoints, bundle, credentials);
	}

	private void checkPlainText(RelationSnapshot snapshot) {
		boolean tlsExpected = this.hadTls || snapshot.is(RelationState.TLS_AVAILABLE) || this.sslBundle != null;
		boolean allowed = (this.allowPlainText != null) ? this.allowPlainText : !tlsExpected;
		if (!allowed) {
			String reason = (this.allowPlainText != null) ? "plain text is not allowed"
					: "the relation has TLS credentials, which http endpoints would not use";
			throw new InvalidRelationDataException("connection-string", "has http endpoints, but " + reason,
					"Use https endpoints, or set allow-plain-text to true");
		}
	}

	private ClientCredentials save(ClientCredentials credentials, CredentialFiles files) {
		if (!credentials.equals(this.saved)) {
			try {
				files.save(credentials);
			}
			catch (IllegalArgumentException ex) {
				throw unsaved(ex, "Give writable files that are not in each other's way");
			}
			catch (UncheckedIOException ex) {
				throw unsaved(ex, "Check that its directory may be written to and that the disk is not full");
			}
			this.saved = credentials;
		}
		return files.read();
	}

	private static InvalidRelationDataException unsaved(RuntimeException cause, String remedy) {
		return new InvalidRelationDataException("save.*",
				"has a location that cannot be written: " + cause.getMessage(), remedy, cause);
	}

}
