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

package io.github.etcdrelation.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;

import static io.github.etcdrelation.RelationTester.text;

/**
 * What one watch was told.
 */
public final class WatchLog implements Watch.Listener {

	private final String name;

	private final String prefix;

	private final long startRevision;

	private final List<Seen> events = new ArrayList<>();

	private final List<String> told = new CopyOnWriteArrayList<>();

	private volatile long lastRevision;

	private int responses;

	/**
	 * Create a log.
	 * @param prefix what the keys begin with that are watched
	 */
	WatchLog(String name, String prefix, long startRevision) {
		this.name = name;
		this.prefix = prefix;
		this.startRevision = startRevision;
	}

	@Override
	public void onNext(WatchResponse response) {
		long now = System.nanoTime();
		int number = ++this.responses;
		synchronized (this.events) {
			for (WatchEvent event : response.getEvents()) {
				KeyValue keyValue = event.getKeyValue();
				this.events.add(new Seen(number, keyValue.getModRevision(), text(keyValue.getKey()),
						text(keyValue.getValue()), now));
				this.lastRevision = keyValue.getModRevision();
			}
		}
	}

	@Override
	public void onError(Throwable failure) {
		this.told.add(this.name + " onError: " + failure);
	}

	@Override
	public void onCompleted() {
		this.told.add(this.name + " onCompleted");
	}

	WatchLog add(Seen event) {
		this.events.add(event);
		return this;
	}

	String name() {
		return this.name;
	}

	/**
	 * Return whether the watch has to see what a call wrote to a key.
	 */
	boolean covers(Call write, String key) {
		return write.isPut() && write.isSuccessful() && write.revision() >= this.startRevision
				&& key.startsWith(this.prefix);
	}

	long startRevision() {
		return this.startRevision;
	}

	long lastRevision() {
		return this.lastRevision;
	}

	public List<Seen> events() {
		synchronized (this.events) {
			return new ArrayList<>(this.events);
		}
	}

	List<String> told() {
		return this.told;
	}

	/**
	 * One event.
	 *
	 * @param response the number of the response that it came with
	 */
	public record Seen(int response, long revision, String key, String value, long nanos) {

	}

}
