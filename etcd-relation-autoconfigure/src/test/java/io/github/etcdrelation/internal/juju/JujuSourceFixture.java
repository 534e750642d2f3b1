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

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationView;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * A {@link JujuRelationSource} with executables, and what the own side brings.
 */
abstract class JujuSourceFixture {

	static final String ID = "etcd-client:1";

	@TempDir
	Path directory;

	final AtomicLong nanoTime = new AtomicLong();

	FakeJuju juju;

	Map<String, String> own = Map.of();

	JujuRelationSource source;

	@BeforeEach
	void setUp() {
		this.juju = new FakeJuju(this.directory, "etcd-client");
		this.source = source(null);
	}

	JujuRelationSource source(@Nullable RelationInterface relationInterface) {
		return new JujuRelationSource(this.juju.getEndpoint(), relationInterface, () -> this.own, this.nanoTime::get);
	}

	RelationView read() {
		return this.juju.run(this.source::read);
	}

	void bring() {
		this.own = OwnDataFixtures.create("/my/app/");
	}

	ToolCall call(String tool) {
		return this.juju.getCalls()
			.stream()
			.filter((call) -> call.arguments.get(0).equals(tool))
			.findFirst()
			.orElseThrow();
	}

}
