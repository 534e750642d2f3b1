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

import io.github.etcdrelation.RelationSource;
import org.jspecify.annotations.Nullable;

/**
 * Is another source in all but the views.
 */
abstract class DelegatingRelationSource implements RelationSource {

	private final RelationSource source;

	DelegatingRelationSource(RelationSource source) {
		this.source = source;
	}

	RelationSource getSource() {
		return this.source;
	}

	@Override
	public String getRelationName() {
		return this.source.getRelationName();
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
