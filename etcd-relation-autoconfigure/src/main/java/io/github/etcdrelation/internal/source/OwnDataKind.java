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

/**
 * What an application brings to a relation, if not by files of its directory.
 */
public enum OwnDataKind {

	/**
	 * It brings nothing.
	 */
	NONE,

	/**
	 * A certificate by properties, which the interface {@code etcd} has no use for beside
	 * a directory.
	 */
	CERTIFICATE,

	/**
	 * An SSL bundle or a prefix, which may be for a relation of either interface.
	 */
	UNDECIDED

}
