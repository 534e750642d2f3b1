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

package io.github.etcdrelation.internal.channel;

import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.WatchResponse;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WatchPosition}.
 */
class WatchPositionTests {

	private static final long CLUSTER = 4711;

	private final WatchPosition position = new WatchPosition();

	@Test
	void watchOfWhatComesBeginsAfterTheStoreAtItsCreation() {
		this.position.start(0);
		assertThat(this.position.isCreated()).isFalse();
		assertThat(this.position.getNextRevision()).isZero();
		this.position.created(header(10));
		assertThat(this.position.isCreated()).isTrue();
		assertThat(this.position.getNextRevision()).isEqualTo(11);
	}

	@Test
	void watchOfThePastBeginsWhereAskedTo() {
		this.position.start(3);
		this.position.created(header(10));
		assertThat(this.position.getNextRevision()).isEqualTo(3);
	}

	@Test
	void watchOfTheFutureBeginsWhereAskedTo() {
		this.position.start(20);
		this.position.created(header(10));
		assertThat(this.position.getNextRevision()).isEqualTo(20);
	}

	@Test
	void eventsMoveToTheRevisionAfterTheLast() {
		createdAt(3);
		WatchResponse response = events(4, 5, 5, 7);
		assertThat(this.position.events(response)).isSameAs(response);
		assertThat(this.position.getNextRevision()).isEqualTo(8);
	}

	@Test
	void revisionInTheHeaderOfEventsDoesNotCount() {
		createdAt(3);
		this.position.events(events(4).toBuilder().setHeader(header(100)).build());
		assertThat(this.position.getNextRevision()).isEqualTo(5);
	}

	@Test
	void eventsThatWereSeenAreDropped() {
		createdAt(3);
		this.position.events(events(4, 5));
		WatchResponse passed = this.position.events(events(4, 5, 6, 6, 7));
		assertThat(passed).isEqualTo(events(6, 6, 7));
		assertThat(this.position.getNextRevision()).isEqualTo(8);
	}

	@Test
	void nothingIsLeftOfEventsThatWereAllSeen() {
		createdAt(3);
		this.position.events(events(4, 5));
		assertThat(this.position.events(events(4, 5))).isNull();
		assertThat(this.position.getNextRevision()).isEqualTo(6);
	}

	@Test
	void eventsBelowTheRevisionAskedForAreDropped() {
		createdAt(10);
		assertThat(this.position.events(events(8, 9))).isNull();
		assertThat(this.position.events(events(9, 10))).isEqualTo(events(10));
		assertThat(this.position.getNextRevision()).isEqualTo(11);
	}

	@Test
	void droppingKeepsAllButTheEvents() {
		createdAt(10);
		WatchResponse response = events(9, 10).toBuilder().setHeader(header(12)).setWatchId(3).build();
		WatchResponse passed = this.position.events(response);
		assertThat(passed.getHeader()).isEqualTo(header(12));
		assertThat(passed.getWatchId()).isEqualTo(3);
	}

	@Test
	void progressMovesToTheRevisionAfterIt() {
		createdAt(3);
		this.position.progress(10);
		assertThat(this.position.getNextRevision()).isEqualTo(11);
		WatchResponse response = events(11);
		assertThat(this.position.events(response)).isSameAs(response);
	}

	@Test
	void progressDoesNotMoveBack() {
		createdAt(3);
		this.position.events(events(12));
		this.position.progress(10);
		assertThat(this.position.getNextRevision()).isEqualTo(13);
	}

	@Test
	void clusterIsThatOfTheFirstAnswer() {
		createdAt(3);
		assertThat(this.position.isOfOtherCluster(header(1))).isFalse();
		assertThat(this.position.isOfOtherCluster(header(1).toBuilder().setClusterId(CLUSTER + 1).build())).isTrue();
	}

	@Test
	void clusterIsThatOfTheFirstAnswerThatNamesIt() {
		this.position.start(3);
		this.position.created(header(2).toBuilder().setClusterId(0).build());
		assertThat(this.position.isOfOtherCluster(header(1))).isFalse();
		assertThat(this.position.isOfOtherCluster(header(1).toBuilder().clearClusterId().build())).isFalse();
		assertThat(this.position.isOfOtherCluster(header(1).toBuilder().setClusterId(CLUSTER + 1).build())).isTrue();
	}

	@Test
	void storeHadTheRevisionOfTheLastEvent() {
		createdAt(3);
		this.position.events(events(12));
		assertThat(this.position.getStoreRevision()).isEqualTo(12);
	}

	@Test
	void storeHadTheRevisionOfProgress() {
		createdAt(3);
		this.position.progress(14);
		this.position.progress(13);
		assertThat(this.position.getStoreRevision()).isEqualTo(14);
	}

	@Test
	void storeOfAWatchThatBeginsLaterHadTheRevisionOfTheAnswer() {
		this.position.start(1000);
		this.position.created(header(10));
		assertThat(this.position.getStoreRevision()).isEqualTo(10);
		assertThat(this.position.getNextRevision()).isEqualTo(1000);
	}

	@Test
	void positionIsOldWhenNothingHasMovedItForLong() {
		createdAt(3);
		long now = System.nanoTime();
		assertThat(this.position.isOld(now + TimeUnit.SECONDS.toNanos(40))).isFalse();
		assertThat(this.position.isOld(now + TimeUnit.SECONDS.toNanos(50))).isTrue();
	}

	@Test
	void positionIsNotOldBeforeTheWatchIsCreated() {
		this.position.start(3);
		assertThat(this.position.isOld(System.nanoTime() + TimeUnit.HOURS.toNanos(1))).isFalse();
	}

	@Test
	void whoWasAskedIsNotAskedAgainAtOnce() {
		createdAt(3);
		long later = System.nanoTime() + TimeUnit.SECONDS.toNanos(50);
		this.position.asked(later);
		assertThat(this.position.isOld(later)).isFalse();
		assertThat(this.position.isOld(later + TimeUnit.SECONDS.toNanos(50))).isTrue();
	}

	private void createdAt(long startRevision) {
		this.position.start(startRevision);
		this.position.created(header(2));
	}

	private static ResponseHeader header(long revision) {
		return ResponseHeader.newBuilder().setClusterId(CLUSTER).setRevision(revision).build();
	}

	private static WatchResponse events(long... revisions) {
		WatchResponse.Builder builder = WatchResponse.newBuilder();
		for (long revision : revisions) {
			builder.addEvents(Event.newBuilder().setKv(KeyValue.newBuilder().setModRevision(revision)));
		}
		return builder.build();
	}

}
