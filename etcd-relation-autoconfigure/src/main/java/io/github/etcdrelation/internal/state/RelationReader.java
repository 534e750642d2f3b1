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

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationView;
import org.jspecify.annotations.Nullable;

/**
 * Reads a source and derives the snapshot of its view, once for each view.
 */
final class RelationReader {

	private final RelationSource source;

	@GuardedBy("this")
	private @Nullable RelationView view;

	@GuardedBy("this")
	private RelationSnapshot derived = RelationSnapshot.NONE;

	RelationReader(RelationSource source) {
		this.source = source;
	}

	RelationSnapshot read() {
		RelationView latest = this.source.read();
		synchronized (this) {
			if (latest == this.view) {
				// The usual case, in which there is nothing to derive again
				return this.derived;
			}
		}
		RelationSnapshot snapshot = RelationSnapshot.derive(latest);
		synchronized (this) {
			this.view = latest;
			this.derived = snapshot;
		}
		return snapshot;
	}

}
