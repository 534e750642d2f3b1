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

package io.github.etcdrelation.internal.state;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.RemoteApplication;
import io.github.etcdrelation.event.EtcdAvailableEvent;
import io.github.etcdrelation.event.EtcdChangedEvent;
import io.github.etcdrelation.event.EtcdConnectedEvent;
import io.github.etcdrelation.event.EtcdDisconnectedEvent;
import io.github.etcdrelation.event.EtcdRelationEvent;
import io.github.etcdrelation.event.EtcdRequestRefusedEvent;
import io.github.etcdrelation.event.EtcdRotationFailedEvent;
import io.github.etcdrelation.event.EtcdTlsAvailableEvent;
import io.github.etcdrelation.event.EtcdTlsUnavailableEvent;
import io.github.etcdrelation.event.EtcdUnavailableEvent;
import io.github.etcdrelation.event.RelationEventsAssert;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests what a relation tells when its source or its applier say so.
 */
class RelationReconcilerTests {

	private static final Duration NEVER = Duration.ofHours(1);

	private final HastyExecutor executor = new HastyExecutor();

	private final TestSource source = new TestSource();

	private final TestApplier applier = new TestApplier();

	private final List<EtcdRelationEvent> events = new CopyOnWriteArrayList<>();

	private final List<Thread> threads = new CopyOnWriteArrayList<>();

	private Consumer<EtcdRelationEvent> listener = (event) -> {
	};

	private RelationReconciler managed = managed(NEVER);

	@AfterEach
	void close() {
		this.applier.complete();
		this.managed.stop();
		this.executor.shutdownNow();
	}

	@Test
	void loadTellsNothing() {
		show("http://a:2379");
		this.managed.load();
		assertThat(relation().isAvailable()).isTrue();
		assertThat(this.applier.applied).containsExactly("http://a:2379");
		assertThat(this.events).isEmpty();
	}

	@Test
	void startTellsOnCallersThread() {
		show("http://a:2379");
		this.managed.load();
		this.managed.start();
		assertThatEvents().containsExactly(EtcdConnectedEvent.class, EtcdAvailableEvent.class);
		assertThat(this.threads).containsOnly(Thread.currentThread());
	}

	@Test
	void refreshTellsWhatWasGainedInOrder() {
		start();
		showTls("https://a:2379");
		refresh();
		assertThatEvents().containsExactly(EtcdConnectedEvent.class, EtcdAvailableEvent.class,
				EtcdTlsAvailableEvent.class);
		assertThat(this.threads).doesNotContain(Thread.currentThread());
	}

	@Test
	void refreshTellsWhatWasLostInOrder() {
		showTls("https://a:2379");
		start();
		this.events.clear();
		this.source.view = RelationView.empty();
		refresh();
		assertThatEvents().containsExactly(EtcdTlsUnavailableEvent.class, EtcdUnavailableEvent.class,
				EtcdDisconnectedEvent.class);
	}

	@Test
	void refreshTellsLostStatesBeforeChange() {
		showTls("https://a:2379");
		start();
		this.events.clear();
		show("http://a:2379");
		refresh();
		assertThatEvents().containsExactly(EtcdTlsUnavailableEvent.class, EtcdChangedEvent.class);
	}

	@Test
	void refreshTellsGainedStatesBeforeChange() {
		show("http://a:2379");
		start();
		this.events.clear();
		showTls("https://a:2379");
		refresh();
		assertThatEvents().containsExactly(EtcdTlsAvailableEvent.class, EtcdChangedEvent.class);
	}

	@Test
	void refreshTellsNothingWhenNothingDiffers() {
		show("http://a:2379");
		start();
		this.events.clear();
		refresh();
		this.source.view = RelationView.of("other:7", "other/3",
				Map.of("connection_string", "http://a:2379", "private-address", "10.0.0.1"));
		refresh();
		assertThat(this.events).isEmpty();
		assertThat(this.applier.applied).hasSize(1);
	}

	@Test
	void statusTellsOfRefreshesAndFailures() {
		show("http://a:2379");
		start();
		assertThat(this.managed.getStatus().states()).containsOnlyKeys(RelationState.CONNECTED,
				RelationState.AVAILABLE);
		assertThat(lastOutcome()).isEqualTo(RelationStatus.Outcome.CHANGED);
		refresh();
		assertThat(lastOutcome()).isEqualTo(RelationStatus.Outcome.UNCHANGED);
		this.source.failure = new IllegalStateException("unreadable");
		refresh();
		refresh();
		refresh();
		assertThat(lastOutcome()).isEqualTo(RelationStatus.Outcome.FAILED);
		assertThat(this.managed.getStatus().failedRotations()).isEqualTo(1);
		assertThat(this.managed.getStatus().lastFailure().reason()).isEqualTo("unreadable");
		this.source.failure = null;
		this.source.view = RelationView.empty();
		refresh();
		assertThat(this.managed.getStatus().states()).isEmpty();
		assertThat(this.managed.getStatus().refreshes()).isEqualTo(6);
	}

	@Test
	void statusTellsOfRefusedDataOnce() {
		show("http://a:2379");
		start();
		this.applier.refuse(3);
		show("http://b:2379");
		refresh();
		await().until(() -> "refused 1".equals(this.managed.getStatus().lastFailure().reason()));
		assertThat(this.managed.getStatus().failedRotations()).isEqualTo(1);
	}

	private RelationStatus.Outcome lastOutcome() {
		return this.managed.getStatus().lastRefresh().outcome();
	}

	@Test
	void listenerSeesWhatTheEventTells() {
		start();
		List<String> seen = new ArrayList<>();
		this.listener = (event) -> seen.add(event.getRelation().getConnectionString() + " " + this.applier.applied);
		show("http://a:2379");
		refresh();
		assertThat(seen).containsOnly("http://a:2379 [null, http://a:2379]").hasSize(2);
	}

	@Test
	void dataIsToldWhenItIsInUse() {
		show("http://a:2379");
		start();
		this.events.clear();
		CompletableFuture<Void> proof = this.applier.prove();
		show("http://b:2379");
		CompletableFuture<Void> refresh = this.managed.refresh();
		this.applier.awaitApplied(2);
		drain();
		assertThat(this.events).isEmpty();
		assertThat(relation().getConnectionString()).isEqualTo("http://a:2379");
		assertThat(refresh).isNotDone();
		proof.complete(null);
		refresh.join();
		assertThat(relation().getConnectionString()).isEqualTo("http://b:2379");
		assertThatEvents().containsExactly(EtcdChangedEvent.class);
	}

	@Test
	void refreshWaitsForWhatAnotherRefreshHasRead() {
		start();
		CompletableFuture<Void> proof = this.applier.prove();
		show("http://a:2379");
		this.managed.requestRefresh();
		CompletableFuture<Void> refresh = this.managed.refresh();
		this.applier.awaitApplied(2);
		drain();
		assertThat(refresh).isNotDone();
		proof.complete(null);
		refresh.join();
		assertThatEvents().containsExactly(EtcdConnectedEvent.class, EtcdAvailableEvent.class);
	}

	@Test
	void laterDataSupersedesEarlierThatIsStillBeingProven() {
		show("http://a:2379");
		start();
		this.events.clear();
		CompletableFuture<Void> proof = this.applier.prove();
		show("http://b:2379");
		CompletableFuture<Void> first = this.managed.refresh();
		this.applier.awaitApplied(2);
		show("http://c:2379");
		refresh();
		proof.completeExceptionally(new IllegalStateException("other data of the relation came first"));
		first.join();
		drain();
		assertThatEvents().containsExactly(EtcdChangedEvent.class);
		assertThat(relation().getConnectionString()).isEqualTo("http://c:2379");
		assertThat(this.executor.delays).isEmpty();
	}

	@Test
	void dataThatIsTakenBackWhileItIsBeingProvenIsNeverTold() {
		show("http://a:2379");
		start();
		this.events.clear();
		CompletableFuture<Void> proof = this.applier.prove();
		show("http://b:2379");
		CompletableFuture<Void> first = this.managed.refresh();
		this.applier.awaitApplied(2);
		show("http://a:2379");
		refresh();
		proof.completeExceptionally(new IllegalStateException("other data of the relation came first"));
		first.join();
		drain();
		assertThat(this.events).isEmpty();
		assertThat(relation().getConnectionString()).isEqualTo("http://a:2379");
	}

	@Test
	void refusedDataIsToldOnceAndRetriedWithBackoff() {
		show("http://a:2379");
		start();
		this.events.clear();
		this.applier.refuse(7);
		show("http://b:2379");
		refresh();
		assertThat(relation().getConnectionString()).isEqualTo("http://b:2379");
		this.applier.awaitApplied(1 + 8);
		drain();
		assertThatEvents().containsExactly(EtcdChangedEvent.class, EtcdRotationFailedEvent.class)
			.haveFailureMessages("refused 7");
		assertThat(this.executor.delays).containsExactly(1000L, 2000L, 4000L, 5000L, 5000L, 5000L, 5000L);
	}

	@Test
	void refreshesMeanwhileDoNotRetryMoreOften() {
		start();
		this.applier.refuse(3);
		show("http://b:2379");
		for (int i = 0; i < 50; i++) {
			refresh();
		}
		this.applier.awaitApplied(1 + 4);
		drain();
		assertThat(this.executor.delays).containsExactly(1000L, 2000L, 4000L);
		assertThatEvents()
			.containsExactly(EtcdConnectedEvent.class, EtcdAvailableEvent.class, EtcdRotationFailedEvent.class)
			.haveFailureMessages("refused 3");
	}

	@Test
	void whenWhatDataDependsOnChangesMeanwhileThereIsStillOneRetry() {
		start();
		this.executor.haste = 10;
		this.applier.refuse(4);
		show("http://b:2379");
		refresh();
		this.managed.reapply();
		this.managed.reapply();
		this.applier.awaitApplied(1 + 5);
		drain();
		assertThat(this.applier.applied).hasSize(1 + 5);
		assertThatEvents()
			.containsExactly(EtcdConnectedEvent.class, EtcdAvailableEvent.class, EtcdRotationFailedEvent.class)
			.haveFailureMessages("refused 4");
	}

	@Test
	void otherDataEndsRetryAndIsToldAnew() {
		start();
		this.executor.haste = 1;
		this.applier.refuse(2);
		show("http://b:2379");
		refresh();
		show("http://c:2379");
		refresh();
		assertThatEvents()
			.containsExactly(EtcdConnectedEvent.class, EtcdAvailableEvent.class, EtcdRotationFailedEvent.class,
					EtcdChangedEvent.class, EtcdRotationFailedEvent.class)
			.haveFailureMessages("refused 2", "refused 1");
		assertThat(this.executor.delays).containsExactly(1000L, 1000L);
		assertThat(this.executor.getQueue()).hasSize(2);
	}

	@Test
	void invalidDataIsToldOnceAndNotRetried() {
		show("http://a:2379");
		start();
		this.events.clear();
		this.applier.failure = new InvalidRelationDataException("client-key", "is not PEM", null);
		showTls("https://b:2379");
		refresh();
		refresh();
		assertThatEvents()
			.containsExactly(EtcdTlsAvailableEvent.class, EtcdChangedEvent.class, EtcdRotationFailedEvent.class)
			.haveFailureMessages("client-key is not PEM");
		assertThat(relation().getStates()).containsExactly(RelationState.values());
		assertThat(this.applier.applied).hasSize(2);
		assertThat(this.executor.delays).isEmpty();
	}

	@Test
	void dataThatCannotBeSavedIsRetriedUntilItCan() {
		show("http://a:2379");
		start();
		this.events.clear();
		this.applier.failure = unsaved();
		show("http://b:2379");
		refresh();
		this.applier.awaitApplied(1 + 3);
		this.applier.failure = null;
		this.applier.awaitApplied(this.applier.applied.size() + 1);
		drain();
		assertThatEvents().containsExactly(EtcdChangedEvent.class, EtcdRotationFailedEvent.class)
			.haveFailureMessages("save.* cannot be written");
		assertThat(this.applier.applied).last().isEqualTo("http://b:2379");
		// One retry for each refusal, the last of which succeeded
		assertThat(this.executor.delays).startsWith(1000L, 2000L).hasSize(this.applier.applied.size() - 2);
	}

	@Test
	void dataThatCannotBeSavedAtLoadIsRetriedFromStart() {
		show("http://a:2379");
		this.applier.failure = unsaved();
		this.managed.load();
		this.applier.failure = null;
		this.managed.start();
		this.applier.awaitApplied(2);
		drain();
		assertThatEvents().containsExactly(EtcdConnectedEvent.class, EtcdAvailableEvent.class,
				EtcdRotationFailedEvent.class);
	}

	private static InvalidRelationDataException unsaved() {
		return new InvalidRelationDataException("save.*", "cannot be written", null,
				new UncheckedIOException(new IOException("No space left on device")));
	}

	@Test
	void rotationFailedTellsCause() {
		start();
		List<EtcdRelationEvent> published = new ArrayList<>();
		this.listener = published::add;
		RuntimeException cause = new IllegalStateException("PKIX");
		this.applier.proof = CompletableFuture.failedFuture(cause);
		show("http://b:2379");
		refresh();
		assertThat(published).last()
			.isInstanceOfSatisfying(EtcdRotationFailedEvent.class,
					(event) -> assertThat(event.getCause()).isSameAs(cause));
	}

	@Test
	void reapplyAppliesTheSameSnapshotAgain() {
		show("http://a:2379");
		start();
		this.events.clear();
		this.managed.reapply();
		this.applier.awaitApplied(2);
		drain();
		assertThat(this.applier.applied).containsExactly("http://a:2379", "http://a:2379");
		assertThat(this.events).isEmpty();
	}

	@Test
	void sourceThatThrowsIsToldOnceAndChangesNothing() {
		show("http://a:2379");
		start();
		this.events.clear();
		this.source.failure = new IllegalStateException("unreadable");
		refresh();
		refresh();
		assertThatEvents().containsExactly(EtcdRotationFailedEvent.class).haveFailureMessages("unreadable");
		assertThat(relation().getConnectionString()).isEqualTo("http://a:2379");
		this.source.failure = new InvalidRelationDataException("directory", "is unreadable", null);
		refresh();
		this.source.failure = null;
		refresh();
		this.source.failure = new InvalidRelationDataException("directory", "is unreadable", null);
		refresh();
		assertThatEvents()
			.containsExactly(EtcdRotationFailedEvent.class, EtcdRotationFailedEvent.class,
					EtcdRotationFailedEvent.class)
			.haveFailureMessages("unreadable", "directory is unreadable", "directory is unreadable");
		this.source.failure = null;
		show("http://b:2379");
		refresh();
		assertThatEvents().endsWith(EtcdChangedEvent.class);
	}

	@Test
	void liveSourceThatThrowsDoesNotStopStart() {
		this.source.failure = new IllegalStateException("unreadable");
		start();
		refresh();
		assertThatEvents().containsExactly(EtcdRotationFailedEvent.class).haveFailureMessages("unreadable");
		this.source.failure = null;
		show("http://a:2379");
		refresh();
		assertThatEvents()
			.containsExactly(EtcdRotationFailedEvent.class, EtcdConnectedEvent.class, EtcdAvailableEvent.class)
			.haveFailureMessages("unreadable");
	}

	@Test
	void liveSourceWithInvalidDataDoesNotStopStart() {
		this.applier.failure = new InvalidRelationDataException("client-key", "is not PEM", null);
		showTls("https://a:2379");
		start();
		assertThatEvents()
			.containsExactly(EtcdConnectedEvent.class, EtcdAvailableEvent.class, EtcdTlsAvailableEvent.class,
					EtcdRotationFailedEvent.class)
			.haveFailureMessages("client-key is not PEM");
	}

	@Test
	void otherSourceThatThrowsStopsStart() {
		this.source.live = false;
		this.source.failure = new IllegalStateException("unreadable");
		assertThatIllegalStateException().isThrownBy(this.managed::load).withMessage("unreadable");
	}

	@Test
	void otherSourceWithInvalidDataStopsStart() {
		this.source.live = false;
		this.applier.failure = new InvalidRelationDataException("client-key", "is not PEM", null);
		showTls("https://a:2379");
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(this.managed::load)
			.withMessage("client-key is not PEM");
	}

	@Test
	void listenerThatThrowsKeepsNoEventFromBeingTold() {
		start();
		this.listener = (event) -> {
			throw new IllegalStateException("listener");
		};
		showTls("https://a:2379");
		refresh();
		assertThatEvents().containsExactly(EtcdConnectedEvent.class, EtcdAvailableEvent.class,
				EtcdTlsAvailableEvent.class);
		showTls("https://b:2379");
		refresh();
		assertThatEvents().endsWith(EtcdChangedEvent.class);
	}

	@Test
	void stopAndStartTellNothingTwice() {
		showTls("https://a:2379");
		start();
		this.managed.stop();
		this.managed.start();
		drain();
		assertThatEvents().containsExactly(EtcdConnectedEvent.class, EtcdAvailableEvent.class,
				EtcdTlsAvailableEvent.class);
	}

	@Test
	void startTellsWhatHappenedSinceStop() {
		show("http://a:2379");
		start();
		this.managed.stop();
		this.events.clear();
		show("http://b:2379");
		refresh();
		assertThat(this.events).isEmpty();
		this.managed.start();
		assertThatEvents().containsExactly(EtcdChangedEvent.class);
	}

	@Test
	void stopEndsTellingAndPolling() {
		this.managed = managed(Duration.ofMillis(20));
		start();
		this.managed.stop();
		drain();
		assertThat(this.source.changed).isNull();
		assertThat(this.executor.getQueue()).allMatch((task) -> ((ScheduledFuture<?>) task).isCancelled());
	}

	@Test
	void startGoesOnWithDataThatWasRefusedBeforeStop() {
		start();
		this.executor.haste = 1;
		this.applier.refuse(1);
		show("http://a:2379");
		refresh();
		this.managed.stop();
		this.managed.start();
		this.applier.awaitApplied(3);
		drain();
		assertThat(this.applier.applied).containsExactly(null, "http://a:2379", "http://a:2379");
		assertThatEvents()
			.containsExactly(EtcdConnectedEvent.class, EtcdAvailableEvent.class, EtcdRotationFailedEvent.class)
			.haveFailureMessages("refused 1");
	}

	@Test
	void refreshFromListenerDoesNotBlock() {
		try (RefreshExecutor refreshExecutor = new RefreshExecutor()) {
			this.managed = new RelationReconciler(this.source, null, this.applier, this::publish, refreshExecutor,
					NEVER);
			this.listener = (event) -> refreshExecutor.join(this.managed::refresh);
			show("http://a:2379");
			start();
			show("http://b:2379");
			refreshExecutor.join(this.managed::refresh);
			assertThatEvents().containsExactly(EtcdConnectedEvent.class, EtcdAvailableEvent.class,
					EtcdChangedEvent.class);
		}
	}

	@Test
	void changeThatListenerMakesIsToldAfterItsEvent() {
		start();
		this.listener = (event) -> {
			if (this.events.size() == 2) {
				show("http://b:2379");
				this.managed.refresh();
			}
		};
		show("http://a:2379");
		refresh();
		await().until(() -> this.events.size() == 3);
		assertThatEvents().containsExactly(EtcdConnectedEvent.class, EtcdAvailableEvent.class, EtcdChangedEvent.class);
	}

	@Test
	void requestsBeforeRefreshCountAsOne() throws InterruptedException {
		start();
		int reads = this.source.reads.get();
		CountDownLatch busy = new CountDownLatch(1);
		this.executor.execute(() -> await(busy));
		for (int i = 0; i < 100; i++) {
			this.managed.requestRefresh();
		}
		busy.countDown();
		drain();
		assertThat(this.source.reads).hasValue(reads + 1);
		this.managed.requestRefresh();
		drain();
		assertThat(this.source.reads).hasValue(reads + 2);
	}

	@Test
	void requestWhileSourceIsReadCountsAsAnother() {
		start();
		int reads = this.source.reads.get();
		this.source.whileReading = () -> {
			this.source.whileReading = null;
			this.managed.requestRefresh();
		};
		this.managed.requestRefresh();
		await().until(() -> this.source.reads.get() == reads + 2);
	}

	@Test
	void sourceTellsOfChange() {
		start();
		show("http://a:2379");
		this.source.changed.run();
		await().until(() -> this.events.size() == 2);
	}

	@Test
	void liveSourceIsPolled() {
		this.managed = managed(Duration.ofMillis(20));
		start();
		show("http://a:2379");
		await().until(() -> this.events.size() == 2);
		this.source.failure = new IllegalStateException("unreadable");
		await().until(() -> this.events.size() == 3);
		this.source.failure = null;
		show("http://b:2379");
		await().until(() -> this.events.size() == 4);
	}

	@Test
	void relationsWithTheSameIntervalArePolledAtTheSameTime() {
		// Of such a length that half of one is over now
		Duration interval = Duration.ofNanos(Math.abs(System.nanoTime()) / 3 * 2);
		this.managed = managed(interval);
		start();
		ScheduledFuture<?> poll = (ScheduledFuture<?>) this.executor.getQueue().element();
		long due = System.nanoTime() + poll.getDelay(TimeUnit.NANOSECONDS);
		long tolerance = interval.dividedBy(8).toNanos();
		assertThat(Math.floorMod(due + tolerance, interval.toNanos())).isLessThan(2 * tolerance);
	}

	@Test
	void otherSourceIsNotPolled() {
		this.source.live = false;
		this.managed = managed(Duration.ofMillis(1));
		start();
		assertThat(this.executor.getQueue()).isEmpty();
		assertThat(this.source.reads).hasValue(1);
	}

	private RelationReconciler managed(Duration pollInterval) {
		return new RelationReconciler(this.source, null, this.applier, this::publish, this.executor, pollInterval);
	}

	private void start() {
		this.managed.load();
		this.managed.start();
	}

	private void refresh() {
		this.managed.refresh().join();
	}

	private RelationEventsAssert assertThatEvents() {
		return RelationEventsAssert.assertThatEvents(this.events).areFromRelation("etcd");
	}

	private EtcdRelation relation() {
		return this.managed.getRelation();
	}

	/**
	 * Wait until the executor has done all that it was given.
	 */
	private void drain() {
		for (int i = 0; i < 5; i++) {
			CompletableFuture.runAsync(() -> {
			}, this.executor).join();
		}
	}

	@Test
	void refusalDoesNotWaitForMembersToAcceptWhatCameWithIt() {
		showGranted("http://a:2379", "[]");
		start();
		this.events.clear();
		CompletableFuture<Void> proof = this.applier.prove();
		showGranted("http://b:2379", "[{\"code\": 4010, \"message\": \"in use\"}]");
		CompletableFuture<Void> refreshed = this.managed.refresh();
		await().untilAsserted(() -> assertThatEvents().containsExactly(EtcdRequestRefusedEvent.class));
		assertThat(this.managed.getStatus().refusals()).hasSize(1);
		assertThat(this.managed.getRelation().getConnectionString()).isEqualTo("http://a:2379");
		proof.complete(null);
		refreshed.join();
		assertThatEvents().containsExactly(EtcdRequestRefusedEvent.class, EtcdChangedEvent.class);
	}

	private void showGranted(String uris, String status) {
		this.source.view = RelationView.empty()
			.withApplications(Map.of("etcd:1", new RemoteApplication(
					Map.of("uris", uris, "username", "app", "tls", "false", "status", status), Map.of())));
	}

	private void show(String connectionString) {
		this.source.view = RelationView.of("etcd:1", "etcd/0", Map.of("connection_string", connectionString));
	}

	private void showTls(String connectionString) {
		Map<String, String> databag = new LinkedHashMap<>();
		databag.put("connection_string", connectionString);
		databag.put("client_cert", "cert");
		databag.put("client_key", "key");
		databag.put("client_ca", "ca");
		this.source.view = RelationView.of("etcd:1", "etcd/0", databag);
	}

	private void publish(Object published) {
		EtcdRelationEvent event = (EtcdRelationEvent) published;
		this.threads.add(Thread.currentThread());
		this.events.add(event);
		this.listener.accept(event);
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(5));
	}

	private static final class TestSource implements RelationSource {

		private final AtomicInteger reads = new AtomicInteger();

		private volatile RelationView view = RelationView.empty();

		private volatile @Nullable RuntimeException failure;

		private volatile @Nullable Runnable whileReading;

		private volatile @Nullable Runnable changed;

		private boolean live = true;

		@Override
		public String getRelationName() {
			return "etcd";
		}

		@Override
		public RelationView read() {
			this.reads.incrementAndGet();
			Runnable task = this.whileReading;
			if (task != null) {
				task.run();
			}
			RuntimeException failure = this.failure;
			if (failure != null) {
				throw failure;
			}
			return this.view;
		}

		@Override
		public boolean isLive() {
			return this.live;
		}

		@Override
		public void start(Runnable changed) {
			this.changed = changed;
		}

		@Override
		public void stop() {
			this.changed = null;
		}

	}

	/**
	 * Refuses a number of snapshots.
	 */
	private static final class TestApplier implements SnapshotApplier {

		private final List<@Nullable String> applied = new CopyOnWriteArrayList<>();

		private final AtomicInteger refusals = new AtomicInteger();

		private volatile @Nullable CompletableFuture<Void> proof;

		private volatile @Nullable RuntimeException failure;

		@Override
		public CompletableFuture<Void> apply(RelationSnapshot snapshot) {
			this.applied.add(snapshot.connectionString());
			if (this.failure != null) {
				throw this.failure;
			}
			CompletableFuture<Void> proof = this.proof;
			if (proof != null) {
				this.proof = null;
				return proof;
			}
			int refusal = this.refusals.getAndUpdate((count) -> Math.max(0, count - 1));
			return (refusal > 0) ? CompletableFuture.failedFuture(new IllegalStateException("refused " + refusal))
					: CompletableFuture.completedFuture(null);
		}

		void refuse(int times) {
			this.refusals.set(times);
		}

		CompletableFuture<Void> prove() {
			CompletableFuture<Void> proof = new CompletableFuture<>();
			this.proof = proof;
			return proof;
		}

		void awaitApplied(int times) {
			await().until(() -> this.applied.size() >= times);
		}

		void complete() {
			CompletableFuture<Void> proof = this.proof;
			if (proof != null) {
				proof.complete(null);
			}
		}

	}

	/**
	 * Waits only for a part of the time that it is given, and records it.
	 */
	private static final class HastyExecutor extends ScheduledThreadPoolExecutor {

		private final List<Long> delays = new CopyOnWriteArrayList<>();

		private volatile int haste = 1000;

		HastyExecutor() {
			super(1);
			setRemoveOnCancelPolicy(true);
		}

		@Override
		public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
			this.delays.add(unit.toMillis(delay));
			return super.schedule(callable, unit.toMillis(delay) / this.haste, TimeUnit.MILLISECONDS);
		}

	}

}
