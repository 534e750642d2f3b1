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

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.internal.state.RefreshExecutor;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * A directory that a source looks at, when its watcher notices something or the source
 * itself asks for it, and the views that it showed.
 */
abstract class DirectorySourceFixture {

	@TempDir
	Path parent;

	final DirectoryWatcher watcher;

	final RefreshExecutor executor = new RefreshExecutor();

	final List<RelationView> views = new CopyOnWriteArrayList<>();

	final List<InvalidRelationDataException> failures = new CopyOnWriteArrayList<>();

	final AtomicInteger looks = new AtomicInteger();

	@Nullable DirectoryRelationSource source;

	DirectorySourceFixture(DirectoryWatcher watcher) {
		this.watcher = watcher;
	}

	@AfterEach
	void close() {
		if (this.source != null) {
			this.source.stop();
		}
		this.watcher.close();
		this.executor.close();
	}

	Path directory() {
		return this.parent.resolve("relation");
	}

	void start(DirectoryRelationSource created) {
		this.views.add(created.read());
		created.start(this::look);
		await().until(() -> this.looks.get() > 0);
	}

	void look() {
		this.executor.execute(() -> {
			try {
				RelationView view = this.source.read();
				if (!view.equals(lastView())) {
					this.views.add(view);
				}
			}
			catch (InvalidRelationDataException ex) {
				this.failures.add(ex);
			}
			finally {
				this.looks.incrementAndGet();
			}
		});
	}

	/**
	 * Wait until the source has looked at what was written, and again when it was quiet.
	 */
	void awaitLooks() {
		int before = this.looks.get();
		await().until(() -> this.looks.get() >= before + 3);
	}

	/**
	 * Wait until the source has noticed all that was done before.
	 */
	void awaitNoLooks() {
		AtomicInteger last = new AtomicInteger(-1);
		await().during(Duration.ofMillis(300)).until(() -> last.getAndSet(this.looks.get()) == this.looks.get());
	}

	RelationView lastView() {
		return this.views.get(this.views.size() - 1);
	}

	RelationSnapshot data() {
		return RelationSnapshot.derive(lastView(), null);
	}

	void awaitConnectionString(String expected) {
		await().until(() -> expected.equals(data().connectionString()));
	}

	static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(10));
	}

	void write(String name, String content) {
		TestFiles.write(directory().resolve(name), content);
	}

}
