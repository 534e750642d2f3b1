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

package io.github.etcdrelation.state;

import java.nio.file.Path;
import java.util.Set;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.RelationState;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * The relation as its last refresh left it.
 */
final class LiveRelation implements EtcdRelation {

	private final String name;

	private volatile RelationData data = RelationData.NONE;

	LiveRelation(String name) {
		this.name = name;
	}

	void update(RelationData data) {
		this.data = data;
	}

	RelationData getData() {
		return this.data;
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public Set<RelationState> getStates() {
		return this.data.states();
	}

	@Override
	public @Nullable String getConnectionString() {
		return this.data.connectionString();
	}

	@Override
	public @Nullable String getVersion() {
		return this.data.version();
	}

	@Override
	public ClientCredentials getClientCredentials() {
		return this.data.credentials();
	}

	@Override
	public void saveClientCredentials(Path key, Path cert, Path ca) {
		Assert.notNull(key, "'key' must not be null");
		Assert.notNull(cert, "'cert' must not be null");
		Assert.notNull(ca, "'ca' must not be null");
		CredentialFiles.save(getClientCredentials(), key, cert, ca);
	}

	@Override
	public String toString() {
		return "EtcdRelation[name=" + this.name + ", states=" + getStates() + "]";
	}

}
