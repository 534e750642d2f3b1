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

package io.github.etcdrelation.internal.watch;

import java.util.List;

import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;

/**
 * What a {@link RepeatedWatch} is for. Called by one thread at a time, with a lock held,
 * and not any more once the watch is closed; must not block.
 */
public interface Watched {

	/**
	 * Return how keys are read before they are watched.
	 * @return the options of the read
	 */
	GetOption getReadOption();

	/**
	 * Return which changes are watched.
	 * @return the options of the watch, without its revision
	 */
	WatchOption.Builder getWatchOption();

	/**
	 * Take what was read: at first, and after each failure.
	 * @param response the response
	 * @param another whether the cluster is another one than before, or has lost its data
	 * @return the first revision to watch
	 * @throws RuntimeException if it cannot be taken, which is a failure
	 */
	long read(GetResponse response, boolean another);

	/**
	 * Take changes.
	 * @param events the changes of one or several revisions, in order
	 * @return what is to be done about them when the lock is released, by the same thread
	 */
	Runnable changed(List<WatchEvent> events);

	/**
	 * Take note of a failure: changes that come later are not known before the next read.
	 * @param failure the failure
	 * @param count how many there were in a row, 1 for the first
	 */
	void failed(Throwable failure, int count);

}
