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

package io.github.etcdrelation.autoconfigure;

import io.github.etcdrelation.channel.ChannelExecutors;
import io.github.etcdrelation.source.DirectoryWatcher;
import io.github.etcdrelation.state.RefreshExecutor;

/**
 * Threads that all relations share; none of them starts before it is needed.
 *
 * @param channelExecutors the threads of the channels
 * @param refreshExecutor the thread that refreshes
 * @param directoryWatcher the thread that watches directories
 */
record RelationResources(ChannelExecutors channelExecutors, RefreshExecutor refreshExecutor,
		DirectoryWatcher directoryWatcher) implements AutoCloseable {

	RelationResources() {
		this(new ChannelExecutors(), new RefreshExecutor(), new DirectoryWatcher());
	}

	/**
	 * Let nothing be refreshed any more.
	 */
	void closeSources() {
		this.directoryWatcher.close();
		this.refreshExecutor.close();
	}

	@Override
	public void close() {
		closeSources();
		this.channelExecutors.close();
	}

}
