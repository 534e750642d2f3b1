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

/**
 * One holder of a lock or one leader, from its grant on. Its writes are fenced: etcd
 * carries them out only as long as the holder's key exists, so their revisions tell when
 * it held, by etcd's own order and nobody's clock.
 */
final class Hold {

	private final String name;

	private final String holder;

	private final long createRevision;

	private final List<Long> fencedRevisions = new ArrayList<>();

	private boolean robbed;

	/**
	 * Create a hold.
	 * @param createRevision the revision that created the holder's key, 0 if there was
	 * none when the holder was told that it holds
	 */
	Hold(String name, String holder, long createRevision) {
		this.name = name;
		this.holder = holder;
		this.createRevision = createRevision;
	}

	Hold fenced(long revision) {
		this.fencedRevisions.add(revision);
		return this;
	}

	/**
	 * The key is gone though its lease was alive afterwards.
	 */
	Hold robbed() {
		this.robbed = true;
		return this;
	}

	String name() {
		return this.name;
	}

	String holder() {
		return this.holder;
	}

	long createRevision() {
		return this.createRevision;
	}

	boolean isRobbed() {
		return this.robbed;
	}

	boolean isFenced() {
		return !this.fencedRevisions.isEmpty();
	}

	long first() {
		return this.fencedRevisions.get(0);
	}

	long last() {
		return this.fencedRevisions.get(this.fencedRevisions.size() - 1);
	}

	@Override
	public String toString() {
		return "%s by %s (created at %d, fenced at %s)".formatted(this.name, this.holder, this.createRevision,
				this.fencedRevisions);
	}

}
