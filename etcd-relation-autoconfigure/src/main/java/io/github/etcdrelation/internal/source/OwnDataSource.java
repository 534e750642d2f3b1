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

package io.github.etcdrelation.internal.source;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Adds what the own side brings to the data of another source, whose own data wins. It is
 * not even read for data that is not of the interface {@code etcd_client}.
 */
public final class OwnDataSource extends DelegatingRelationSource {

	private final @Nullable RelationInterface relationInterface;

	private final Supplier<Map<String, String>> ownData;

	private @Nullable RelationView read;

	private boolean needed;

	private @Nullable RelationView view;

	/**
	 * Create a source.
	 * @param source the source of the other side's data
	 * @param relationInterface the interface that the data is of, {@code null} if it
	 * shows that itself
	 * @param ownData supplies what the own side brings
	 */
	public OwnDataSource(RelationSource source, @Nullable RelationInterface relationInterface,
			Supplier<Map<String, String>> ownData) {
		super(source);
		this.relationInterface = relationInterface;
		this.ownData = ownData;
	}

	@Override
	public synchronized RelationView read() {
		RelationView latest = getSource().read();
		if (latest != this.read) {
			this.needed = isNeeded(latest);
			this.read = latest;
			this.view = null;
		}
		if (!this.needed) {
			return latest;
		}
		Map<String, String> merged = merge(this.ownData.get(), latest.getOwnData());
		if (this.view == null || !merged.equals(this.view.getOwnData())) {
			this.view = latest.withOwnData(merged);
		}
		return this.view;
	}

	private boolean isNeeded(RelationView latest) {
		if (this.relationInterface != null) {
			return this.relationInterface == RelationInterface.ETCD_CLIENT;
		}
		return !latest.getApplications().isEmpty()
				&& RelationSnapshot.derive(latest, null).relationInterface() != RelationInterface.ETCD;
	}

	/**
	 * Merge own data of two origins. A certificate never meets the key of another.
	 * @param fallback what counts where the other has nothing
	 * @param preferred what wins
	 */
	static Map<String, String> merge(Map<String, String> fallback, Map<String, String> preferred) {
		Map<String, String> merged = new LinkedHashMap<>(fallback);
		if (preferred.containsKey(RelationSnapshot.CLIENT_CERT) || preferred.containsKey(RelationSnapshot.CLIENT_KEY)) {
			merged.remove(RelationSnapshot.CLIENT_CERT);
			merged.remove(RelationSnapshot.CLIENT_KEY);
		}
		merged.putAll(preferred);
		return merged;
	}

}
