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

import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.internal.state.InterfaceConflict;
import org.jspecify.annotations.Nullable;

/**
 * Says of another source when its data is of another interface than the one that the
 * relation is configured to have.
 */
public final class ConfiguredInterfaceSource extends DelegatingRelationSource {

	private final RelationInterface configured;

	private final String property;

	private @Nullable RelationView view;

	private volatile @Nullable String conflict;

	/**
	 * Create a source.
	 * @param source the source of the data
	 * @param configured the interface that the relation is configured to have
	 * @param property the property that says so
	 */
	public ConfiguredInterfaceSource(RelationSource source, RelationInterface configured, String property) {
		super(source);
		this.configured = configured;
		this.property = property;
	}

	@Override
	public synchronized RelationView read() {
		RelationView latest = getSource().read();
		if (latest != this.view) {
			this.conflict = InterfaceConflict.describe(latest, this.configured, this.property);
			this.view = latest;
		}
		return latest;
	}

	@Override
	public @Nullable String describeMissing() {
		String described = this.conflict;
		return (described != null) ? described : super.describeMissing();
	}

}
