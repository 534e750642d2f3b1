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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
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
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

import org.springframework.boot.logging.LoggingSystem;
import org.springframework.integration.leader.AbstractCandidate;
import org.springframework.integration.leader.Context;
import org.springframework.integration.leader.event.OnFailedToAcquireMutexEvent;
import org.springframework.integration.leader.event.OnGrantedEvent;
import org.springframework.integration.leader.event.OnRevokedEvent;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Elections in which what is called for a leadership does not return, ignores interrupts,
 * or stops the candidacy itself.
 */
@WithLocalEtcd
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
class BlockedLeaderTests {

	private static final Duration TIME_TO_LIVE = Duration.ofSeconds(3);

	private static final Recorder log = new Recorder();

	private static RelatedClient client;

	private final CompletableFuture<Void> goOn = new CompletableFuture<>();

	private final List<EtcdSession> sessions = new CopyOnWriteArrayList<>();

	private final List<LeaderInitiator> initiators = new CopyOnWriteArrayList<>();

	private String role;

	private String prefix;

	@BeforeAll
	static void connect(LocalEtcd etcd) {
		// Contexts would take the recorder away
		System.setProperty(LoggingSystem.SYSTEM_PROPERTY, LoggingSystem.NONE);
		log.start();
		((Logger) LoggerFactory.getLogger(LeaderElection.class)).addAppender(log);
		client = new RelatedClient(etcd);
	}

	@AfterAll
	static void disconnect() {
		((Logger) LoggerFactory.getLogger(LeaderElection.class)).detachAppender(log);
		client.close();
		System.clearProperty(LoggingSystem.SYSTEM_PROPERTY);
	}

	@BeforeEach
	void name(TestInfo test) {
		this.role = "%s-%d".formatted(test.getTestMethod().orElseThrow().getName(), System.nanoTime());
		this.prefix = "/" + this.role + "/";
	}

	@AfterEach
	void nothingIsLeft() {
		this.goOn.complete(null);
		this.initiators.forEach(LeaderInitiator::destroy);
		awaitKeys(0);
		this.sessions.forEach(EtcdSession::close);
	}

	private LeaderInitiator start(RelatedClient of, Duration timeToLive, Application application) {
		EtcdSession session = new EtcdSession(of.get(), timeToLive);
		this.sessions.add(session);
		LeaderInitiator initiator = new LeaderInitiator(session, application, this.prefix);
		application.initiator = initiator;
		initiator.setApplicationEventPublisher(application::onEvent);
		initiator.setPublishFailedEvents(true);
		this.initiators.add(initiator);
		initiator.start();
		return initiator;
	}

	private void awaitKeys(int number) {
		Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> client.keys(this.prefix).size() == number);
	}

	private Application blocked(Stage stage) {
		return new Application(stage, (application) -> block(this.goOn));
	}

	private static void block(CompletableFuture<Void> until) {
		try (Patience patience = Patience.unlimited().uninterruptible()) {
			patience.await(until, Long.MAX_VALUE);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void assertWarning(Stage stage) {
		String text = "The leadership of '%s' has ended, but what was called to %s it has not returned"
			.formatted(this.role, stage.isOfGrant() ? "grant" : "revoke");
		Awaitility.await()
			.atMost(20, TimeUnit.SECONDS)
			.untilAsserted(
					() -> assertThat(log.events).filteredOn((event) -> event.getFormattedMessage().startsWith(text))
						.singleElement()
						.satisfies((event) -> assertThat(event.getThrowableProxy().getStackTraceElementProxyArray())
							.extracting((element) -> element.getStackTraceElement().getMethodName())
							.contains("block")));
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "FAILED")
	void othersLeadThoughALeaderThatYieldsDoesNotReturn(Stage stage) {
		Application blocked = blocked(stage);
		LeaderInitiator initiator = start(client, TIME_TO_LIVE, blocked);
		blocked.await(stage.isOfGrant() ? stage : Stage.GRANTED);
		Application other = new Application();
		start(client, TIME_TO_LIVE, other);
		awaitKeys(2);
		initiator.getContext().yield();
		other.await(Stage.GRANTED);
		assertWarning(stage);
		assertThat(blocked.told).contains(Stage.REVOKED_EVENT);
		assertThat(blocked.told.contains(Stage.REVOKED)).isEqualTo(stage != Stage.GRANTED_EVENT);
		// It takes part again only once it has returned
		Awaitility.await().during(500, TimeUnit.MILLISECONDS).until(() -> client.keys(this.prefix).size() == 1);
		assertThat(blocked.last()).isEqualTo(Stage.REVOKED_EVENT);
		this.goOn.complete(null);
		awaitKeys(2);
		if (stage.isOfGrant()) {
			assertThat(blocked.count(Stage.REVOKED_EVENT)).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.INCLUDE, names = { "GRANTED", "REVOKED" })
	void listenersAreToldInTimeThoughALeaderThatIsLostDoesNotReturn(Stage stage) {
		try (LocalEtcd etcd = LocalEtcd.builder().start(); RelatedClient frozen = new RelatedClient(etcd)) {
			Duration timeToLive = Duration.ofSeconds(5);
			Application blocked = blocked(stage);
			LeaderInitiator initiator = start(frozen, timeToLive, blocked);
			blocked.await(stage.isOfGrant() ? stage : Stage.GRANTED);
			long begin = System.nanoTime();
			etcd.getMember(0).pause();
			blocked.await(Stage.REVOKED_EVENT);
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(timeToLive);
			assertWarning(stage);
			etcd.getMember(0).resume();
			this.goOn.complete(null);
			Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> blocked.count(Stage.GRANTED_EVENT) == 2);
			initiator.stop();
		}
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.INCLUDE, names = { "GRANTED", "REVOKED" })
	void candidacyThatIsStartedAnewBeginsWhenTheOneBeforeHasReturned(Stage stage) {
		Application blocked = blocked(stage);
		LeaderInitiator initiator = start(client, TIME_TO_LIVE, blocked);
		blocked.await(stage.isOfGrant() ? stage : Stage.GRANTED);
		initiator.stop();
		assertThat(blocked.last()).isEqualTo(Stage.REVOKED_EVENT);
		initiator.start();
		// Also the one after the next
		initiator.stop();
		initiator.start();
		Awaitility.await().during(500, TimeUnit.MILLISECONDS).until(() -> client.keys(this.prefix).isEmpty());
		assertThat(initiator.isRunning()).isTrue();
		this.goOn.complete(null);
		awaitKeys(1);
		Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> blocked.count(Stage.GRANTED_EVENT) == 2);
	}

	@ParameterizedTest
	@EnumSource(Stage.class)
	void whatIsCalledCanStopTheCandidacy(Stage stage) {
		// So long that waiting for oneself would be noticed
		Duration timeToLive = Duration.ofSeconds(30);
		CompletableFuture<List<Stage>> stopped = new CompletableFuture<>();
		AtomicBoolean interrupted = new AtomicBoolean();
		Application own = new Application(stage, (application) -> {
			application.initiator.stop();
			interrupted.set(Thread.currentThread().isInterrupted());
			stopped.complete(List.copyOf(application.told));
		});
		if (stage == Stage.FAILED) {
			Application other = new Application();
			start(client, timeToLive, other);
			other.await(Stage.GRANTED);
		}
		LeaderInitiator initiator = start(client, timeToLive, own);
		if (!stage.isOfGrant() && stage != Stage.FAILED) {
			own.await(Stage.GRANTED);
			initiator.getContext().yield();
		}
		long begin = System.nanoTime();
		assertThat(stopped).succeedsWithin(Duration.ofSeconds(20));
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(8));
		if (stage != Stage.FAILED) {
			assertThat(stopped.join()).endsWith(Stage.REVOKED_EVENT).containsOnlyOnce(Stage.REVOKED_EVENT);
		}
		assertThat(own.told).isEqualTo(stopped.join());
		assertThat(interrupted).isFalse();
		awaitKeys((stage != Stage.FAILED) ? 0 : 1);
	}

	@Test
	void candidateLeadsThoughAListenerOfItsFailuresDoesNotReturn() {
		Application first = new Application();
		LeaderInitiator leader = start(client, TIME_TO_LIVE, first);
		first.await(Stage.GRANTED);
		Application blocked = blocked(Stage.FAILED);
		start(client, TIME_TO_LIVE, blocked);
		blocked.await(Stage.FAILED);
		leader.stop();
		blocked.await(Stage.GRANTED);
		// Also from the beginning
		LeaderInitiator second = this.initiators.get(1);
		Context term = second.getContext();
		term.yield();
		Awaitility.await()
			.atMost(20, TimeUnit.SECONDS)
			.until(() -> second.getContext() != term && second.getContext().isLeader());
	}

	@Test
	void secondStopReturnsAfterTheLeadershipIsRevokedToo() throws Exception {
		Application blocked = blocked(Stage.REVOKED);
		LeaderInitiator initiator = start(client, TIME_TO_LIVE, blocked);
		blocked.await(Stage.GRANTED);
		Thread first = new Thread(initiator::stop);
		first.start();
		blocked.await(Stage.REVOKED);
		initiator.stop();
		assertThat(blocked.last()).isEqualTo(Stage.REVOKED_EVENT);
		first.join();
	}

	@Test
	void interruptedThreadStopsAfterTheLeadershipIsRevoked() {
		Application application = new Application(Stage.REVOKED, (self) -> {
			try (Patience patience = Patience.unlimited().uninterruptible()) {
				patience.pause(TimeUnit.MILLISECONDS.toNanos(200));
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
		LeaderInitiator initiator = start(client, TIME_TO_LIVE, application);
		application.await(Stage.GRANTED);
		Thread.currentThread().interrupt();
		initiator.stop();
		assertThat(Thread.interrupted()).isTrue();
		assertThat(application.last()).isEqualTo(Stage.REVOKED_EVENT);
	}

	/**
	 * What is called for a leadership.
	 */
	enum Stage {

		FAILED, GRANTED_EVENT, GRANTED, REVOKED, REVOKED_EVENT;

		boolean isOfGrant() {
			return this == GRANTED_EVENT || this == GRANTED;
		}

	}

	/**
	 * A candidate that listens to its events, and does something in one stage.
	 */
	private final class Application extends AbstractCandidate {

		private final List<Stage> told = new CopyOnWriteArrayList<>();

		private final Set<Stage> acted = ConcurrentHashMap.newKeySet();

		private final Stage stage;

		private final Consumer<Application> action;

		private volatile LeaderInitiator initiator;

		private Application() {
			this(Stage.FAILED, (self) -> {
			});
		}

		private Application(Stage stage, Consumer<Application> action) {
			super("id", BlockedLeaderTests.this.role);
			this.stage = stage;
			this.action = action;
		}

		private void tell(Stage told) {
			this.told.add(told);
			// Once, as it takes part again
			if (told == this.stage && this.acted.add(told)) {
				this.action.accept(this);
			}
		}

		private void onEvent(Object event) {
			if (event instanceof OnGrantedEvent) {
				tell(Stage.GRANTED_EVENT);
			}
			else if (event instanceof OnRevokedEvent) {
				tell(Stage.REVOKED_EVENT);
			}
			else if (event instanceof OnFailedToAcquireMutexEvent) {
				tell(Stage.FAILED);
			}
		}

		@Override
		public void onGranted(Context context) {
			tell(Stage.GRANTED);
		}

		@Override
		public void onRevoked(Context context) {
			tell(Stage.REVOKED);
		}

		private void await(Stage wanted) {
			Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> this.told.contains(wanted));
		}

		private Stage last() {
			return this.told.get(this.told.size() - 1);
		}

		private long count(Stage wanted) {
			return this.told.stream().filter(wanted::equals).count();
		}

	}

	/**
	 * Keeps what is logged by all tests, each of which has a role of its own.
	 */
	private static final class Recorder extends AppenderBase<ILoggingEvent> {

		private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

		@Override
		protected void append(ILoggingEvent event) {
			this.events.add(event);
		}

	}

}
