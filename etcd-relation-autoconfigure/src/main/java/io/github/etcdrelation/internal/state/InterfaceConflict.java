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

import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.internal.databag.EtcdClientDatabag;
import org.jspecify.annotations.Nullable;

/**
 * Notices data of another interface than the one that a relation is configured to have.
 */
public final class InterfaceConflict {

	private InterfaceConflict() {
	}

	/**
	 * Describe a conflict that keeps a relation from being available.
	 * @param view the raw data of the relation
	 * @param configured the interface that it is configured to have
	 * @param property the property that says so
	 * @return the end of a sentence about the relation, {@code null} if there is none
	 */
	public static @Nullable String describe(RelationView view, RelationInterface configured, String property) {
		RelationSnapshot snapshot = RelationSnapshot.derive(view, configured);
		if (snapshot.is(RelationState.AVAILABLE) || !snapshot.refusals().isEmpty()) {
			return null;
		}
		boolean etcdClient = configured == RelationInterface.ETCD_CLIENT;
		boolean conflict = etcdClient ? ClassicDerivation.isRecognized(view)
				: view.getApplications()
					.values()
					.stream()
					.anyMatch((application) -> new EtcdClientDatabag(application).isRecognized());
		RelationInterface other = etcdClient ? RelationInterface.ETCD : RelationInterface.ETCD_CLIENT;
		return conflict
				? "its data looks like that of the interface %s, but %s says %s; correct or remove that property"
					.formatted(other.getName(), property, configured.getName())
				: null;
	}

}
