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
import org.jspecify.annotations.Nullable;

/**
 * What is known of the data of a directory without looking at it.
 *
 * @param relationInterface the interface that it is of, {@code null} if the data shows
 * that itself
 * @param ownData what is given beside the directory
 */
record Interpretation(@Nullable RelationInterface relationInterface, OwnDataKind ownData) {

	boolean hasOwnData() {
		return this.ownData != OwnDataKind.NONE;
	}

	boolean mayBe(RelationInterface candidate) {
		return this.relationInterface == null || this.relationInterface == candidate;
	}

}
