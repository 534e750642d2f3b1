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

package io.github.etcdrelation.config;

import java.util.List;
import java.util.function.Consumer;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.github.etcdrelation.internal.watch.RepeatedWatch;
import io.github.etcdrelation.internal.watch.Watched;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Watches a location, which is read anew where a watch cannot go on.
 */
final class ConfigWatch implements Watched {

	private static final Log logger = LogFactory.getLog(ConfigWatch.class);

	private final LiveConfig config;

	private final Consumer<LiveConfig> changed;

	private final RepeatedWatch watch;

	/**
	 * Create a watch that does not run.
	 * @param client the client
	 * @param config what is watched
	 * @param changed told of changes, which must not block
	 */
	ConfigWatch(Client client, LiveConfig config, Consumer<LiveConfig> changed) {
		this.config = config;
		this.changed = changed;
		this.watch = new RepeatedWatch(client, ConfigReader.key(config.getLocation()), this);
	}

	void start() {
		if (this.config.isCurrent()) {
			ConfigSnapshot read = this.config.getSnapshot();
			this.watch.start(read.revision(), read.clusterId());
		}
		else {
			this.watch.start();
		}
	}

	void stop() {
		this.watch.close();
		// The cluster may be another one when it is started again
		this.config.setOutdated();
	}

	@Override
	public GetOption getReadOption() {
		return ConfigReader.option(this.config.getLocation(), 0);
	}

	@Override
	public WatchOption.Builder getWatchOption() {
		return WatchOption.builder().isPrefix(this.config.getLocation().isPrefix());
	}

	@Override
	public long read(GetResponse response, boolean another) {
		ConfigSnapshot latest = ConfigSnapshot.of(response, response.getHeader().getRevision());
		if (!this.config.setRead(latest)) {
			throw new IllegalStateException(
					"all of its keys are gone, though it is not optional; what was in use before remains");
		}
		this.changed.accept(this.config);
		return latest.revision() + 1;
	}

	@Override
	public Runnable changed(List<WatchEvent> events) {
		this.config.setSnapshot(this.config.getSnapshot().with(events));
		return () -> this.changed.accept(this.config);
	}

	@Override
	public void failed(Throwable failure, int count) {
		this.config.setOutdated();
		String text = "Configuration '%s' is not up to date until it can be read anew: %s"
			.formatted(this.config.getLocation(), failure.getMessage());
		// The first time it is read anew at once, and most often that is all
		if (count == 2) {
			logger.warn(text);
		}
		else {
			logger.debug(text);
		}
	}

}
