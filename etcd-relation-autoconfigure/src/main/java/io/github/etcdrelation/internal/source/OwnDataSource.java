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

import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Adds what the own side brings to the data of another source, whose own data wins.
 */
public final class OwnDataSource implements RelationSource {

	private final RelationSource source;

	private final Supplier<Map<String, String>> ownData;

	private @Nullable RelationView read;

	private @Nullable RelationView view;

	/**
	 * Create a source.
	 * @param source the source of the other side's data
	 * @param ownData supplies what the own side brings
	 */
	public OwnDataSource(RelationSource source, Supplier<Map<String, String>> ownData) {
		this.source = source;
		this.ownData = ownData;
	}

	@Override
	public String getRelationName() {
		return this.source.getRelationName();
	}

	@Override
	public synchronized RelationView read() {
		RelationView latest = this.source.read();
		Map<String, String> merged = merge(this.ownData.get(), latest.getOwnData());
		if (this.view == null || latest != this.read || !merged.equals(this.view.getOwnData())) {
			this.read = latest;
			this.view = latest.withOwnData(merged);
		}
		return this.view;
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

	@Override
	public String getDescription() {
		return this.source.getDescription();
	}

	@Override
	public @Nullable String describeMissing() {
		return this.source.describeMissing();
	}

	@Override
	public boolean isLive() {
		return this.source.isLive();
	}

	@Override
	public void start(Runnable changed) {
		this.source.start(changed);
	}

	@Override
	public void stop() {
		this.source.stop();
	}

}
