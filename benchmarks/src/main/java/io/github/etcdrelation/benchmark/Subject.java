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

package io.github.etcdrelation.benchmark;

import java.util.Locale;

/**
 * A way to call etcd, with the dependency that brings its class path.
 */
enum Subject {

	STARTER("starter", "etcd-relation-starter") {

		@Override
		KeyValueStore open(Access access) {
			return RelationStore.create(access);
		}

	},

	STARTER_DIRECT("starter, `direct`", "etcd-relation-starter") {

		@Override
		KeyValueStore open(Access access) {
			return RelationStore.create(access, "--etcd.relation.client.callback-executor=direct");
		}

	},

	JETCD("jetcd, hand-made", "jetcd-core") {

		@Override
		KeyValueStore open(Access access) throws Exception {
			return JetcdStore.handMade(access);
		}

	},

	ETCD_JAVA("IBM etcd-java", "etcd-java") {

		@Override
		KeyValueStore open(Access access) throws Exception {
			return EtcdJavaStore.create(access);
		}

	},

	RAW("gRPC stub", "jetcd-core") {

		@Override
		KeyValueStore open(Access access) throws Exception {
			return RawStore.create(access, false, false);
		}

	},

	RAW_DIRECT("gRPC stub, direct executor", "jetcd-core") {

		@Override
		KeyValueStore open(Access access) throws Exception {
			return RawStore.create(access, true, false);
		}

	},

	RAW_DEADLINE("gRPC stub, direct executor, deadline", "jetcd-core") {

		@Override
		KeyValueStore open(Access access) throws Exception {
			return RawStore.create(access, true, true);
		}

	};

	private final String label;

	private final String artifact;

	Subject(String label, String artifact) {
		this.label = label;
		this.artifact = artifact;
	}

	abstract KeyValueStore open(Access access) throws Exception;

	String label() {
		return this.label;
	}

	String artifact() {
		return this.artifact;
	}

	boolean isOurs() {
		return this == STARTER || this == STARTER_DIRECT;
	}

	String key() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
