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

package io.github.etcdrelation.internal.registry;

import io.github.etcdrelation.internal.channel.ChannelExecutors;
import io.github.etcdrelation.internal.client.ClientScheduler;
import io.github.etcdrelation.internal.source.DirectoryWatcher;
import io.github.etcdrelation.internal.state.RefreshExecutor;
import io.github.etcdrelation.internal.tls.ExposedFiles;

/**
 * What all relations share. Each thread starts when it is first needed.
 *
 * @param channelExecutors the threads of the channels
 * @param clientScheduler starts the calls of the clients
 * @param refreshExecutor the thread that refreshes
 * @param directoryWatcher the thread that watches directories
 * @param exposedFiles warns of files that others have access to
 */
public record RelationResources(ChannelExecutors channelExecutors, ClientScheduler clientScheduler,
		RefreshExecutor refreshExecutor, DirectoryWatcher directoryWatcher,
		ExposedFiles exposedFiles) implements AutoCloseable {

	/**
	 * Create the resources.
	 */
	public RelationResources() {
		this(new ChannelExecutors());
	}

	private RelationResources(ChannelExecutors channelExecutors) {
		this(channelExecutors, new ClientScheduler(channelExecutors.timer(), channelExecutors.callbacks(false)),
				new RefreshExecutor(), new DirectoryWatcher(), new ExposedFiles());
	}

	/**
	 * Stop watching directories and refreshing.
	 */
	void closeSources() {
		this.directoryWatcher.close();
		this.refreshExecutor.close();
	}

	@Override
	public void close() {
		closeSources();
		this.clientScheduler.shutdown();
		this.channelExecutors.close();
	}

}
