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

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationSource;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.RemoteApplication;
import io.github.etcdrelation.internal.tls.CertificateInfo;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests each line that the log has of a relation, and that none is there twice.
 */
@ExtendWith(OutputCaptureExtension.class)
class RelationLogTests {

	private static final Pattern LEVEL = Pattern.compile("\\b(TRACE|DEBUG|INFO|WARN|ERROR)\\b");

	private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

	private static final Instant END = Instant.parse("2126-01-01T00:00:00Z");

	private final RefreshExecutor executor = new RefreshExecutor();

	private final TestSource source = new TestSource();

	private final TestApplier applier = new TestApplier();

	private final RelationReconciler relation = new RelationReconciler(this.source, null, this.applier, (event) -> {
	}, this.executor, Duration.ofHours(1));

	@AfterEach
	void close() {
		this.relation.stop();
		this.executor.close();
	}

	@Test
	void firstDataHasSourceEndpointsCertificateAndUser(CapturedOutput output) {
		publish("https://a:2379,https://b:2379");
		this.applier.certificate = "client";
		this.applier.user = "root";
		start();
		refresh();
		refresh();
		assertThat(lines(output)).containsExactly(
				"INFO Relation 'etcd' is available from a test: endpoints https://a:2379,https://b:2379, TLS, "
						+ "client certificate CN=client (issued by CN=client-ca, expires at 2126-01-01T00:00:00Z), user root");
	}

	@Test
	void plainTextIsNamed(CapturedOutput output) {
		publish("http://a:2379");
		start();
		assertThat(lines(output))
			.containsExactly("INFO Relation 'etcd' is available from a test: endpoints http://a:2379, plain text");
	}

	@Test
	void tlsWithoutClientCertificateIsNamed(CapturedOutput output) {
		publish("https://a:2379");
		start();
		assertThat(lines(output)).singleElement().asString().endsWith("TLS, no client certificate");
	}

	@Test
	void relationThatIsNotThereYetSaysWhatIsMissing(CapturedOutput output) {
		start();
		refresh();
		this.source.view = RelationView.of("etcd:1", "etcd/0", Map.of("version", "3.6.1"));
		refresh();
		refresh();
		publish("http://a:2379");
		refresh();
		assertThat(lines(output)).containsExactly(
				"WARN Relation 'etcd' is not available: " + RelationSnapshot.NONE.describeMissing() + " (a test)",
				"WARN Relation 'etcd' is not available: it is connected but has no connection string (a test)",
				"INFO Relation 'etcd' is available from a test: endpoints http://a:2379, plain text");
	}

	@Test
	void newDataSaysWhatHasChanged(CapturedOutput output) {
		publish("https://a:2379");
		this.applier.certificate = "first";
		start();
		publish("https://b:2379");
		refresh();
		this.applier.certificate = "second";
		reapply();
		this.applier.user = "root";
		reapply();
		this.applier.user = null;
		reapply();
		publish("http://b:2379");
		refresh();
		publish("https://b:2379");
		refresh();
		assertThat(lines(output).stream().skip(1)).containsExactly(
				"INFO Relation 'etcd': new data is in use: endpoints from https://a:2379 to https://b:2379",
				"INFO Relation 'etcd': new data is in use: "
						+ "client certificate CN=second (issued by CN=second-ca, expires at 2126-01-01T00:00:00Z), "
						+ "certificate authority CN=second-ca (issued by CN=second-ca, expires at 2126-01-01T00:00:00Z)",
				"INFO Relation 'etcd': new data is in use: user from none to root",
				"INFO Relation 'etcd': new data is in use: user from root to none",
				"INFO Relation 'etcd': new data is in use: endpoints from https://b:2379 to http://b:2379, "
						+ "plain text in place of TLS",
				"INFO Relation 'etcd': new data is in use: endpoints from http://b:2379 to https://b:2379, "
						+ "TLS in place of plain text, "
						+ "client certificate CN=second (issued by CN=second-ca, expires at 2126-01-01T00:00:00Z), "
						+ "certificate authority CN=second-ca (issued by CN=second-ca, expires at 2126-01-01T00:00:00Z)");
	}

	@Test
	void valuesThatCallsDoNotUseAreNoNews(CapturedOutput output) {
		publish("http://a:2379");
		start();
		this.source.view = RelationView.of("etcd:1", "etcd/0",
				Map.of("connection_string", "http://a:2379", "version", "3.6.1"));
		refresh();
		assertThat(lines(output)).hasSize(1);
	}

	@Test
	void lossAndReturnAreNamed(CapturedOutput output) {
		publish("http://a:2379");
		start();
		this.source.view = RelationView.empty();
		refresh();
		refresh();
		publish("http://b:2379");
		refresh();
		assertThat(lines(output).stream().skip(1)).containsExactly(
				"INFO Relation 'etcd' is lost, calls wait until it is back: " + RelationSnapshot.NONE.describeMissing()
						+ " (a test); endpoints http://a:2379 are out of use",
				"INFO Relation 'etcd' is back, from a test: endpoints http://b:2379, plain text");
	}

	@Test
	void refusalIsNamedOnceWithoutRepeatingTheRelation(CapturedOutput output) {
		publish("http://a:2379");
		start();
		this.applier.refusal = new IllegalStateException("Relation 'etcd': etcd at http://b:2379 cannot be reached");
		publish("http://b:2379");
		refresh();
		Awaitility.await().until(() -> this.applier.refusals.get() > 1);
		refresh();
		assertThat(lines(output).stream().skip(1)).containsExactly(
				"WARN Relation 'etcd': new data was refused (a test), what was in use before still serves: "
						+ "etcd at http://b:2379 cannot be reached");
		assertThat(pending()).isEqualTo("etcd at http://b:2379 cannot be reached");
		this.applier.refusal = null;
		Awaitility.await().until(() -> pending() == null && lines(output).size() > 2);
		assertThat(lines(output)).last()
			.isEqualTo("INFO Relation 'etcd': the data that was refused is in use now: "
					+ "endpoints from http://a:2379 to http://b:2379");
		assertThat(lines(output)).hasSize(3);
	}

	@Test
	void malformedDataIsNamedOnceAndThenWhatReplacesIt(CapturedOutput output) {
		publish("http://a:2379");
		start();
		this.applier.invalid = new InvalidRelationDataException("client-key", "is not PEM", null);
		publish("http://b:2379");
		refresh();
		refresh();
		reapply();
		assertThat(pending()).isEqualTo("client-key is not PEM");
		this.applier.invalid = null;
		publish("http://c:2379");
		refresh();
		assertThat(pending()).isNull();
		assertThat(lines(output).stream().skip(1)).containsExactly(
				"WARN Relation 'etcd': new data was refused (a test), what was in use before still serves: client-key is not PEM",
				"INFO Relation 'etcd': other data than what was refused is in use now: "
						+ "endpoints from http://a:2379 to http://c:2379");
	}

	@Test
	void refusedDataThatIsTakenBackIsNamed(CapturedOutput output) {
		publish("http://a:2379");
		start();
		this.applier.invalid = new InvalidRelationDataException("client-key", "is not PEM", null);
		publish("http://b:2379");
		refresh();
		Instant since = this.relation.getStatus().pending().time();
		assertThat(since).isBeforeOrEqualTo(Instant.now());
		this.applier.invalid = null;
		publish("http://a:2379");
		refresh();
		assertThat(pending()).isNull();
		assertThat(lines(output)).last()
			.isEqualTo("INFO Relation 'etcd': the refused data was taken back, what was in use before is in use now");
		assertThat(lines(output)).hasSize(3);
	}

	@Test
	void sourceThatCannotBeReadIsNamedOnceAndWhenItCan(CapturedOutput output) {
		publish("http://a:2379");
		start();
		this.source.failure = new InvalidRelationDataException("directory", "cannot be read", "Check its permissions");
		refresh();
		refresh();
		assertThat(pending()).isEqualTo("directory cannot be read");
		assertThat(this.applier.unreadable).isEqualTo("directory cannot be read");
		this.source.failure = null;
		refresh();
		refresh();
		assertThat(pending()).isNull();
		assertThat(lines(output).stream().skip(1)).containsExactly(
				"WARN Relation 'etcd': new data was refused (a test), what was in use before still serves: "
						+ "directory cannot be read. Check its permissions",
				"INFO Relation 'etcd': a test can be read again and has not changed");
	}

	@Test
	void refusedDataIsStillPendingAfterTheSourceCouldNotBeRead() {
		publish("http://a:2379");
		start();
		this.applier.invalid = new InvalidRelationDataException("client-key", "is not PEM", null);
		publish("http://b:2379");
		refresh();
		this.source.failure = new InvalidRelationDataException("directory", "cannot be read", null);
		refresh();
		assertThat(pending()).isEqualTo("directory cannot be read");
		this.source.failure = null;
		refresh();
		assertThat(pending()).isEqualTo("client-key is not PEM");
	}

	@Test
	void callsGetTheRightReasonOnceTheSourceCanBeReadAgain(CapturedOutput output) {
		start();
		int applied = this.applier.applied.get();
		this.source.failure = new InvalidRelationDataException("directory", "cannot be read", null);
		refresh();
		this.source.failure = null;
		refresh();
		assertThat(this.applier.applied).hasValue(applied + 1);
		refresh();
		assertThat(this.applier.applied).hasValue(applied + 1);
		assertThat(lines(output)).hasSize(3);
	}

	@Test
	void restartRepeatsNothing(CapturedOutput output) {
		publish("http://a:2379");
		start();
		this.relation.stop();
		this.relation.start();
		refresh();
		assertThat(lines(output)).hasSize(1);
	}

	@Test
	void rotationThatIsCompleteIsNamed(CapturedOutput output) {
		publish("http://a:2379");
		start();
		this.relation.rotated();
		Awaitility.await()
			.untilAsserted(() -> assertThat(lines(output)).last()
				.isEqualTo("INFO Relation 'etcd': all members that can be reached are served with the new data"));
	}

	@Test
	void expiryIsNamed(CapturedOutput output) {
		publish("https://a:2379");
		this.applier.certificate = "late";
		this.applier.end = START.plusSeconds(1);
		start();
		assertThat(lines(output).stream().skip(1)).containsExactly(
				"WARN Relation 'etcd': the client certificate CN=late expired at 2026-01-01T00:00:01Z, replace it",
				"WARN Relation 'etcd': the certificate authority CN=late-ca expired at 2026-01-01T00:00:01Z, replace it");
	}

	private @Nullable String pending() {
		RelationStatus.Failure pending = this.relation.getStatus().pending();
		return (pending != null) ? pending.reason() : null;
	}

	private void start() {
		this.relation.load();
		this.relation.start();
	}

	private void refresh() {
		this.executor.join(this.relation::refresh);
	}

	private void reapply() {
		this.relation.reapply();
		for (int i = 0; i < 5; i++) {
			CompletableFuture.runAsync(() -> {
			}, this.executor).join();
		}
	}

	@Test
	void refusalIsThereOnceAndItsEnd(CapturedOutput output) {
		start();
		application(Map.of());
		application(
				Map.of("status", "[{\"code\": 4001, \"message\": \"name in use\", \"resolution\": \"Take another\"}]"));
		refresh();
		application(Map.of("status", "[]"));
		assertThat(lines(output)).containsExactly(
				"WARN Relation 'etcd' is not available: " + RelationSnapshot.NONE.describeMissing() + " (a test)",
				"WARN Relation 'etcd' is not available: it is connected but has no user of etcd, no certificate "
						+ "authority of etcd, no own client certificate (client-cert), no own private key (client-key) "
						+ "(a test)",
				"WARN Relation 'etcd': the provider refuses the request: name in use (4001): Take another",
				"INFO Relation 'etcd': the provider does not refuse the request any more: name in use (4001)",
				"WARN Relation 'etcd' is not available: it is connected but has no user of etcd, no certificate "
						+ "authority of etcd, no own client certificate (client-cert), no own private key (client-key) "
						+ "(a test)");
	}

	@Test
	void whatComesFromOutsideStaysOnItsLine(CapturedOutput output) {
		publish("http://a:2379");
		this.applier.user = "root\nERROR all is lost";
		start();
		assertThat(lines(output)).containsExactly("INFO Relation 'etcd' is available from a test: endpoints "
				+ "http://a:2379, plain text, user root\\u000aERROR all is lost");
	}

	private void application(Map<String, String> databag) {
		this.source.view = RelationView.empty()
			.withApplications(Map.of("etcd:1", new RemoteApplication(databag, Map.of())))
			.withOwnData(Map.of("prefix", "/app/"));
		refresh();
	}

	private void publish(String connectionString) {
		this.source.view = RelationView.of("etcd:1", "etcd/0", Map.of("connection_string", connectionString));
	}

	private static List<String> lines(CapturedOutput output) {
		return output.toString()
			.lines()
			.filter((line) -> line.contains("Relation '"))
			.map((line) -> level(line) + " " + line.substring(line.indexOf("Relation '")))
			.toList();
	}

	private static String level(String line) {
		Matcher matcher = LEVEL.matcher(line);
		return matcher.find() ? matcher.group() : "no level";
	}

	private static final class TestSource implements RelationSource {

		private volatile RelationView view = RelationView.empty();

		private volatile @Nullable RuntimeException failure;

		@Override
		public String getRelationName() {
			return "etcd";
		}

		@Override
		public String getDescription() {
			return "a test";
		}

		@Override
		public RelationView read() {
			RuntimeException failure = this.failure;
			if (failure != null) {
				throw failure;
			}
			return this.view;
		}

	}

	/**
	 * Uses what it does not refuse.
	 */
	private final class TestApplier implements SnapshotApplier {

		private volatile @Nullable String certificate;

		private volatile @Nullable String user;

		private volatile Instant end = END;

		private volatile @Nullable RuntimeException invalid;

		private volatile @Nullable RuntimeException refusal;

		private final AtomicInteger applied = new AtomicInteger();

		private final AtomicInteger refusals = new AtomicInteger();

		private volatile @Nullable String connectionString;

		private volatile @Nullable String unreadable;

		@Override
		public CompletableFuture<Void> apply(RelationSnapshot snapshot) {
			this.applied.incrementAndGet();
			if (this.invalid != null) {
				throw this.invalid;
			}
			RuntimeException refusal = this.refusal;
			if (refusal != null) {
				this.refusals.incrementAndGet();
				return CompletableFuture.failedFuture(refusal);
			}
			this.connectionString = snapshot.connectionString();
			return CompletableFuture.completedFuture(null);
		}

		@Override
		public void unreadable(String reason) {
			this.unreadable = reason;
		}

		@Override
		public @Nullable DataInUse getDataInUse() {
			String used = this.connectionString;
			if (used == null) {
				return null;
			}
			String name = this.certificate;
			List<CertificateInfo> client = (name != null) ? List.of(certificate(name, name + "-ca")) : List.of();
			List<CertificateInfo> authorities = (name != null) ? List.of(certificate(name + "-ca", name + "-ca"))
					: List.of();
			boolean tls = used.startsWith("https");
			return new DataInUse(List.of(used.split(",")), this.user, this.user, tls, tls ? client : List.of(),
					tls ? authorities : List.of());
		}

		private CertificateInfo certificate(String subject, String issuer) {
			return new CertificateInfo("CN=" + subject, "CN=" + issuer, subject, START, this.end);
		}

	}

}
