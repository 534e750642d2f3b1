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

import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.WatchResponse;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WatchAnswers}.
 */
class WatchAnswersTests {

	private final WatchAnswers answers = new WatchAnswers();

	@Test
	void eventsInTheOrderOfTheirRevisionsAreOrdered() {
		assertThat(WatchAnswers.isOrdered(events(0))).isTrue();
		assertThat(WatchAnswers.isOrdered(events(0, 1, 1, 4, Long.MAX_VALUE - 1))).isTrue();
	}

	@Test
	void eventsOfRevisionsThatEtcdDoesNotHaveAreNotOrdered() {
		assertThat(WatchAnswers.isOrdered(events(0, 5, 4))).isFalse();
		assertThat(WatchAnswers.isOrdered(events(0, 0))).isFalse();
		assertThat(WatchAnswers.isOrdered(events(0, -3, 4))).isFalse();
		assertThat(WatchAnswers.isOrdered(events(0, 4, Long.MAX_VALUE))).isFalse();
	}

	@Test
	void responsesOfTheWatchAreThoseWithItsId() {
		assertThat(this.answers.isOfOtherWatch(events(3, 1))).isFalse();
		this.answers.created(events(2));
		assertThat(this.answers.isOfOtherWatch(events(3, 1))).isTrue();
		assertThat(this.answers.isOfOtherWatch(events(2, 1))).isFalse();
		assertThat(this.answers.isOfOtherWatch(events(WatchAnswers.ALL))).isFalse();
		assertThat(this.answers.isOfOtherWatch(events(WatchAnswers.ALL, 1))).isTrue();
	}

	@Test
	void watchWithoutAnIdHasFailed() {
		assertThat(WatchAnswers.isFailed(events(WatchAnswers.ALL).toBuilder().setCreated(true).build())).isTrue();
		assertThat(WatchAnswers.isFailed(events(2).toBuilder().setCreated(true).build())).isFalse();
		assertThat(WatchAnswers.isFailed(events(WatchAnswers.ALL))).isFalse();
	}

	@Test
	void anotherStreamHasAnotherId() {
		this.answers.created(events(2));
		this.answers.open();
		assertThat(this.answers.isOfOtherWatch(events(3, 1))).isFalse();
	}

	@Test
	void endNamesTheReasonAndNothingElse() {
		WatchResponse last = events(2, 1, 5).toBuilder().setCreated(true).setCompactRevision(7).build();
		WatchResponse end = WatchAnswers.end(last, "It is over");
		assertThat(end.getCanceled()).isTrue();
		assertThat(end.getCreated()).isFalse();
		assertThat(end.getCompactRevision()).isZero();
		assertThat(end.getEventsList()).isEmpty();
		assertThat(end.getCancelReason()).isEqualTo("It is over: read again what you watch, then watch it from there");
	}

	private static WatchResponse events(long id, long... revisions) {
		WatchResponse.Builder response = WatchResponse.newBuilder().setWatchId(id);
		for (long revision : revisions) {
			response.addEvents(Event.newBuilder().setKv(KeyValue.newBuilder().setModRevision(revision)));
		}
		return response.build();
	}

}
