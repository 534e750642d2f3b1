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
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.internal.channel.ChannelStatus;
import io.github.etcdrelation.internal.channel.ChannelTarget;
import io.github.etcdrelation.internal.channel.Endpoints;
import io.github.etcdrelation.internal.channel.EtcdUser;
import io.github.etcdrelation.internal.channel.Grant;
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

	private final Consumer<RelationSnapshot> check;

	private @Nullable ClientCredentials saved;

	private volatile boolean cleared;

	private volatile @Nullable String missing;

	private volatile @Nullable EtcdUser appliedUser;

	private volatile @Nullable EtcdUser userInUse;

	private volatile RelationSnapshot snapshotInUse = RelationSnapshot.NONE;

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
	 * @param check refuses snapshots that what the own side brings does not fit
	 */
	public ChannelUpdater(RelationChannel channel, @Nullable Boolean allowPlainText,
			@Nullable Supplier<SslBundle> sslBundle, @Nullable CredentialFiles credentialFiles,
			SslBundleCache sslBundles, Supplier<@Nullable EtcdUser> user,
			Function<SslBundle, CompletableFuture<Void>> publisher, RelationSource source,
			Consumer<RelationSnapshot> check) {
		this.channel = channel;
		this.allowPlainText = allowPlainText;
		this.sslBundle = sslBundle;
		this.credentialFiles = credentialFiles;
		this.sslBundles = sslBundles;
		this.user = user;
		this.publisher = publisher;
		this.source = source;
		this.check = check;
	}

	@Override
	public CompletableFuture<Void> apply(RelationSnapshot snapshot) {
		String connectionString = snapshot.connectionString();
		InvalidRelationDataException refusal = check(snapshot);
		if (refusal != null) {
			if (connectionString == null) {
				clear(InvalidData.describe(refusal));
			}
			throw refused(refusal);
		}
		if (connectionString == null || (!snapshot.isConnectable() && !isConnected())) {
			clear(snapshot.describeMissing(this.source.describeMissing()));
			return CompletableFuture.completedFuture(null);
		}
		try {
			return connect(snapshot, connectionString);
		}
		catch (InvalidRelationDataException ex) {
			throw refused(ex);
		}
	}

	private InvalidRelationDataException refused(InvalidRelationDataException refusal) {
		unreadable(InvalidData.describe(refusal));
		return refusal;
	}

	private @Nullable InvalidRelationDataException check(RelationSnapshot snapshot) {
		try {
			this.check.accept(snapshot);
			snapshot.requirePasswordOf(this.snapshotInUse);
			return null;
		}
		catch (InvalidRelationDataException ex) {
			return ex;
		}
	}

	private CompletableFuture<Void> connect(RelationSnapshot snapshot, String connectionString) {
		this.cleared = false;
		snapshot.requireConnectable();
		EtcdUser etcdUser = this.user.get();
		this.appliedUser = etcdUser;
		this.applied = true;
		Endpoints endpoints = Endpoints.parse(connectionString, hasTls(snapshot.credentials()));
		ChannelTarget target = target(endpoints, snapshot)
			.withUser((etcdUser != null) ? etcdUser : user(snapshot.account()))
			.withGrant(grant(snapshot));
		return this.channel.connectTo(target).thenCompose((connected) -> inUse(target, snapshot));
	}

	private void clear(String reason) {
		this.cleared = true;
		this.missing = this.source.describeMissing();
		this.channel.clear(inSource(reason));
	}

	@Override
	public boolean isOutdated() {
		if (this.cleared) {
			String reason = this.source.describeMissing();
			return reason != null && !reason.equals(this.missing);
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

	private boolean isConnected() {
		return this.channel.getStatus().target() != null;
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

	private Grant grant(RelationSnapshot snapshot) {
		// Without a password the user of other data is not known to be that of the
		// certificate
		boolean granted = snapshot.relationInterface() == RelationInterface.ETCD_CLIENT;
		return new Grant(granted ? snapshot.account().username() : null, snapshot.account().prefix(),
				this.source.isLive() ? this.source.getDescription() : null);
	}

	private CompletableFuture<Void> inUse(ChannelTarget target, RelationSnapshot snapshot) {
		SslBundle bundle = target.getSslBundle();
		this.userInUse = target.getUser();
		this.snapshotInUse = snapshot;
		this.hadTls |= bundle != null;
		return (bundle != null && !isConfigured(snapshot)) ? this.publisher.apply(bundle)
				: CompletableFuture.completedFuture(null);
	}

	private ChannelTarget target(Endpoints endpoints, RelationSnapshot snapshot) {
		if (!endpoints.isSecure()) {
			checkPlainText(snapshot);
			return ChannelTarget.plainText(endpoints);
		}
		if (this.sslBundle != null && isConfigured(snapshot)) {
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

	/**
	 * Return whether the configured bundle is used as it is; only the certificate of an
	 * etcd_client relation is part of it.
	 */
	private boolean isConfigured(RelationSnapshot snapshot) {
		return this.sslBundle != null && snapshot.relationInterface() != RelationInterface.ETCD_CLIENT;
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
