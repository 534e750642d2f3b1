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

package io.github.etcdrelation.integration;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.WithLocalEtcd;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

import org.springframework.integration.leader.Context;
import org.springframework.integration.leader.event.AbstractLeaderEvent;
import org.springframework.integration.leader.event.DefaultLeaderEventPublisher;
import org.springframework.integration.leader.event.OnFailedToAcquireMutexEvent;
import org.springframework.integration.leader.event.OnGrantedEvent;
import org.springframework.integration.leader.event.OnRevokedEvent;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Elections among candidates, each with a session of its own as if it were another
 * process.
 */
@WithLocalEtcd
@Timeout(120)
class LeaderInitiatorTests {

	/**
	 * So long that no lease ends because the machine is busy.
	 */
	private static final Duration TIME_TO_LIVE = Duration.ofSeconds(8);

	private static RelatedClient client;

	private final List<EtcdSession> sessions = new CopyOnWriteArrayList<>();

	private final List<LeaderInitiator> initiators = new CopyOnWriteArrayList<>();

	private final List<Object> events = new CopyOnWriteArrayList<>();

	private final List<String> record = new CopyOnWriteArrayList<>();

	private String prefix;

	@BeforeAll
	static void connect(LocalEtcd etcd) {
		client = new RelatedClient(etcd);
	}

	@AfterAll
	static void disconnect() {
		client.close();
	}

	@BeforeEach
	void name(TestInfo test) {
		this.prefix = "/" + test.getTestMethod().orElseThrow().getName() + "/";
	}

	@AfterEach
	void nothingIsLeft() {
		this.initiators.forEach(LeaderInitiator::destroy);
		Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> client.keys(this.prefix).isEmpty());
		this.sessions.forEach(EtcdSession::close);
	}

	private LeaderInitiator initiator(RecordingCandidate candidate) {
		return initiator(client, TIME_TO_LIVE, candidate);
	}

	private LeaderInitiator initiator(RelatedClient of, Duration timeToLive, RecordingCandidate candidate) {
		EtcdSession session = new EtcdSession(of.get(), timeToLive);
		this.sessions.add(session);
		LeaderInitiator initiator = new LeaderInitiator(session, candidate, this.prefix);
		initiator.setApplicationEventPublisher(this.events::add);
		this.initiators.add(initiator);
		return initiator;
	}

	private RecordingCandidate candidate(String id) {
		return new RecordingCandidate(id, this.record);
	}

	private void awaitRecord(String... expected) {
		Awaitility.await()
			.atMost(20, TimeUnit.SECONDS)
			.untilAsserted(() -> assertThat(this.record).containsExactly(expected));
	}

	private void awaitKeys(int number) {
		Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> client.keys(this.prefix).size() == number);
	}

	@Test
	void candidateIsGrantedLeadershipUntilItIsStopped() {
		LeaderInitiator initiator = initiator(candidate("a"));
		assertThat(initiator.getContext().isLeader()).isFalse();
		assertThat(initiator.isAutoStartup()).isTrue();
		initiator.start();
		awaitRecord("a granted");
		Context context = initiator.getContext();
		assertThat(context.isLeader()).isTrue();
		assertThat(context.getRole()).isEqualTo("role");
		assertThat(initiator.isRunning()).isTrue();
		initiator.stop();
		assertThat(this.record).containsExactly("a granted", "a revoked");
		assertThat(context.isLeader()).isFalse();
		assertThat(initiator.isRunning()).isFalse();
		assertThat(initiator.getContext().isLeader()).isFalse();
		initiator.start();
		awaitRecord("a granted", "a revoked", "a granted");
	}

	@Test
	void eventsArePublished() {
		LeaderInitiator initiator = initiator(candidate("a"));
		initiator.start();
		awaitRecord("a granted");
		initiator.stop();
		assertThat(this.events).hasExactlyElementsOfTypes(OnGrantedEvent.class, OnRevokedEvent.class)
			.allSatisfy((event) -> assertThat(((AbstractLeaderEvent) event).getRole()).isEqualTo("role"))
			.allSatisfy((event) -> assertThat(((AbstractLeaderEvent) event).getSource()).isSameAs(initiator));
	}

	@Test
	void oneLeadsAndTheNextFollowsWhenItStops() {
		LeaderInitiator first = initiator(candidate("a"));
		first.start();
		awaitRecord("a granted");
		LeaderInitiator second = initiator(candidate("b"));
		second.setPublishFailedEvents(true);
		second.start();
		awaitKeys(2);
		Awaitility.await().until(() -> this.events.stream().anyMatch(OnFailedToAcquireMutexEvent.class::isInstance));
		assertThat(second.getContext().isLeader()).isFalse();
		first.stop();
		awaitRecord("a granted", "a revoked", "b granted");
	}

	@Test
	void candidateThatWaitsIsStopped() {
		initiator(candidate("a")).start();
		awaitRecord("a granted");
		LeaderInitiator waiting = initiator(candidate("b"));
		waiting.start();
		awaitKeys(2);
		waiting.stop();
		assertThat(this.record).containsExactly("a granted");
		awaitKeys(1);
	}

	@Test
	void candidateYieldsToTheNext() {
		RecordingCandidate candidate = candidate("a");
		initiator(candidate).start();
		awaitRecord("a granted");
		initiator(candidate("b")).start();
		awaitKeys(2);
		candidate.getContext().yield();
		awaitRecord("a granted", "a revoked", "b granted");
		// It takes part again, as the last
		awaitKeys(2);
	}

	@Test
	void leadershipThatIsRevokedInEtcdIsRevokedHere() throws Exception {
		initiator(candidate("a")).start();
		awaitRecord("a granted");
		client.revokeLeaseOf(client.keys(this.prefix).get(0));
		awaitRecord("a granted", "a revoked", "a granted");
	}

	@Test
	void leadershipWhoseKeyIsDeletedIsRevoked() throws Exception {
		initiator(candidate("a")).start();
		awaitRecord("a granted");
		client.delete(client.keys(this.prefix).get(0));
		awaitRecord("a granted", "a revoked", "a granted");
	}

	@Test
	void leadershipIsRevokedBeforeTheLeaseOfAFrozenEtcdEnds() {
		try (LocalEtcd etcd = LocalEtcd.builder().start(); RelatedClient frozen = new RelatedClient(etcd)) {
			Duration timeToLive = Duration.ofSeconds(5);
			LeaderInitiator initiator = initiator(frozen, timeToLive, candidate("a"));
			initiator.start();
			awaitRecord("a granted");
			long begin = System.nanoTime();
			etcd.getMember(0).pause();
			awaitRecord("a granted", "a revoked");
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(timeToLive);
			etcd.getMember(0).resume();
			awaitRecord("a granted", "a revoked", "a granted");
			initiator.stop();
		}
	}

	@Test
	void workOfALeaderIsInterrupted() {
		AtomicBoolean interrupted = new AtomicBoolean();
		CountDownLatch forever = new CountDownLatch(1);
		LeaderInitiator initiator = initiator(new RecordingCandidate("a", this.record) {

			@Override
			public void onGranted(Context context) throws InterruptedException {
				super.onGranted(context);
				try {
					forever.await();
				}
				catch (InterruptedException ex) {
					interrupted.set(!context.isLeader());
					throw ex;
				}
			}

		});
		initiator.start();
		awaitRecord("a granted");
		initiator.stop();
		assertThat(interrupted).isTrue();
		assertThat(this.record).containsExactly("a granted", "a revoked");
	}

	@Test
	void leadershipThatIsYieldedIsRevokedAfterItWasGranted() {
		CompletableFuture<Void> goOn = new CompletableFuture<>();
		List<String> effects = new CopyOnWriteArrayList<>();
		LeaderInitiator initiator = grantedSlowly(goOn, effects);
		initiator.getContext().yield();
		// Longer than the grace
		Awaitility.await().during(1, TimeUnit.SECONDS).atMost(20, TimeUnit.SECONDS).until(effects::isEmpty);
		goOn.complete(null);
		awaitRecord("a granted");
		assertThat(effects).containsExactly("granted", "revoked", "granted");
	}

	@Test
	void leadershipThatIsLostIsRevokedAgainAfterItWasGranted() throws Exception {
		CompletableFuture<Void> goOn = new CompletableFuture<>();
		List<String> effects = new CopyOnWriteArrayList<>();
		grantedSlowly(goOn, effects);
		client.revokeLeaseOf(client.keys(this.prefix).get(0));
		Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> effects.equals(List.of("revoked")));
		goOn.complete(null);
		awaitRecord("a granted");
		assertThat(effects).containsExactly("revoked", "granted", "revoked", "granted");
	}

	/**
	 * Start an initiator whose grant takes effect in a listener when it may go on.
	 */
	private LeaderInitiator grantedSlowly(CompletableFuture<Void> goOn, List<String> effects) {
		LeaderInitiator initiator = initiator(candidate("a"));
		CountDownLatch told = new CountDownLatch(1);
		initiator.setLeaderEventPublisher(new DefaultLeaderEventPublisher((event) -> {
			if (event instanceof OnGrantedEvent) {
				told.countDown();
				block(goOn);
				effects.add("granted");
			}
			else if (event instanceof OnRevokedEvent) {
				effects.add("revoked");
			}
		}));
		initiator.start();
		Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> told.getCount() == 0);
		return initiator;
	}

	private static void block(CompletableFuture<Void> until) {
		try (Patience patience = Patience.unlimited().uninterruptible()) {
			patience.await(until, Long.MAX_VALUE);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void candidateThatWorksOnAfterALossIsRevokedAgain() throws Exception {
		CompletableFuture<Void> goOn = new CompletableFuture<>();
		initiator(new RecordingCandidate("a", this.record) {

			@Override
			public void onGranted(Context context) throws InterruptedException {
				super.onGranted(context);
				block(goOn);
			}

		}).start();
		awaitRecord("a granted");
		client.revokeLeaseOf(client.keys(this.prefix).get(0));
		awaitRecord("a granted", "a revoked");
		goOn.complete(null);
		awaitRecord("a granted", "a revoked", "a revoked", "a granted");
	}

	@Test
	void errorsOfACandidateDoNotEndTheElection() {
		AtomicInteger grants = new AtomicInteger();
		LeaderInitiator initiator = initiator(new RecordingCandidate("a", this.record) {

			@Override
			public void onGranted(Context context) throws InterruptedException {
				super.onGranted(context);
				if (grants.incrementAndGet() == 1) {
					throw new NoClassDefFoundError("Of a test");
				}
			}

			@Override
			public void onRevoked(Context context) {
				super.onRevoked(context);
				throw new StackOverflowError("Of a test");
			}

		});
		initiator.start();
		awaitRecord("a granted", "a revoked", "a granted");
		assertThat(initiator.getContext().isLeader()).isTrue();
	}

	@Test
	void candidateThatIsInterruptedByItselfYields() {
		LeaderInitiator initiator = initiator(new RecordingCandidate("a", this.record) {

			@Override
			public void onGranted(Context context) throws InterruptedException {
				super.onGranted(context);
				throw new InterruptedException("Of a test");
			}

		});
		initiator.start();
		Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> this.record.size() >= 2);
		initiator.stop();
		assertThat(this.record).startsWith("a granted", "a revoked");
	}

	@Test
	void interruptThatAListenerLeavesIsNotForTheCandidate() {
		AtomicBoolean interrupted = new AtomicBoolean();
		LeaderInitiator initiator = initiator(new RecordingCandidate("a", this.record) {

			@Override
			public void onGranted(Context context) throws InterruptedException {
				interrupted.set(Thread.currentThread().isInterrupted());
				super.onGranted(context);
			}

		});
		initiator.setApplicationEventPublisher((event) -> Thread.currentThread().interrupt());
		initiator.start();
		awaitRecord("a granted");
		assertThat(interrupted).isFalse();
	}

	@Test
	void errorsOfListenersDoNotEndTheElection() {
		RecordingCandidate candidate = candidate("a");
		LeaderInitiator initiator = new LeaderInitiator(new EtcdSession(client.get()), candidate, this.prefix);
		this.initiators.add(initiator);
		initiator.setApplicationEventPublisher((event) -> {
			throw new AssertionError("Of a test");
		});
		initiator.start();
		awaitRecord("a granted");
		candidate.getContext().yield();
		awaitRecord("a granted", "a revoked", "a granted");
	}

	@Test
	void candidateTakesPartOnceEtcdIsThere() {
		try (LocalEtcd etcd = LocalEtcd.builder().build(); RelatedClient down = new RelatedClient(etcd)) {
			LeaderInitiator initiator = initiator(down, TIME_TO_LIVE, candidate("a"));
			initiator.start();
			etcd.start();
			awaitRecord("a granted");
			initiator.stop();
		}
	}

	@Test
	void candidateCanStopItself() {
		AtomicInteger grants = new AtomicInteger();
		LeaderInitiator[] initiator = new LeaderInitiator[1];
		initiator[0] = initiator(new RecordingCandidate("a", this.record) {

			@Override
			public void onGranted(Context context) throws InterruptedException {
				super.onGranted(context);
				grants.incrementAndGet();
				initiator[0].stop();
			}

		});
		initiator[0].start();
		awaitRecord("a granted", "a revoked");
		awaitKeys(0);
		assertThat(grants).hasValue(1);
	}

}
