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

package io.github.etcdrelation.internal.state;

import java.nio.file.Path;
import java.util.Set;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.internal.tls.CredentialFiles;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * {@link EtcdRelation} backed by the snapshot of its last refresh.
 */
final class DefaultEtcdRelation implements EtcdRelation {

	private final String name;

	private volatile RelationSnapshot snapshot = RelationSnapshot.NONE;

	DefaultEtcdRelation(String name) {
		this.name = name;
	}

	void update(RelationSnapshot snapshot) {
		this.snapshot = snapshot;
	}

	RelationSnapshot getSnapshot() {
		return this.snapshot;
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public Set<RelationState> getStates() {
		return this.snapshot.states();
	}

	@Override
	public @Nullable String getConnectionString() {
		return this.snapshot.connectionString();
	}

	@Override
	public @Nullable String getVersion() {
		return this.snapshot.version();
	}

	@Override
	public @Nullable String getUsername() {
		return this.snapshot.account().username();
	}

	@Override
	public @Nullable String getPrefix() {
		return this.snapshot.account().prefix();
	}

	@Override
	public @Nullable String getInterface() {
		RelationInterface relationInterface = this.snapshot.relationInterface();
		return (relationInterface != null) ? relationInterface.getName() : null;
	}

	@Override
	public ClientCredentials getClientCredentials() {
		return this.snapshot.credentials();
	}

	@Override
	public void saveClientCredentials(Path key, Path cert, Path ca) {
		Assert.notNull(key, "'key' must not be null");
		Assert.notNull(cert, "'cert' must not be null");
		Assert.notNull(ca, "'ca' must not be null");
		new CredentialFiles(key, cert, ca).save(getClientCredentials());
	}

	@Override
	public String toString() {
		return "EtcdRelation[name=" + this.name + ", states=" + getStates() + "]";
	}

}
