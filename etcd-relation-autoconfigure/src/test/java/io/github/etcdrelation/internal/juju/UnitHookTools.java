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

package io.github.etcdrelation.internal.juju;

import java.util.Map;

/**
 * Hook tools of a test that is about databags of units alone.
 */
public abstract class UnitHookTools implements HookTools {

	@Override
	public String relationApplication(String relationId) {
		throw unexpected();
	}

	@Override
	public Map<String, String> applicationGet(String relationId, String application) {
		throw unexpected();
	}

	@Override
	public void applicationSet(String relationId, Map<String, String> values) {
		throw unexpected();
	}

	@Override
	public boolean isLeader() {
		throw unexpected();
	}

	@Override
	public SecretTools getSecretTools() {
		throw unexpected();
	}

	private static IllegalStateException unexpected() {
		return new IllegalStateException("Only databags of units are expected to be used");
	}

}
