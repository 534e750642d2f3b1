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

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.etcdrelation.internal.tls.CertificateInfo;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Warns before certificates in use expire, and when they have: at each
 * {@link ExpiryStage} once. Certificates that are replaced are forgotten.
 */
final class ExpiryWatch {

	private static final Log logger = LogFactory.getLog(RelationReconciler.class);

	/**
	 * The longest time between two checks, since clocks are set and machines sleep.
	 */
	private static final Duration LONGEST_WAIT = Duration.ofHours(1);

	private final String relationName;

	private final ScheduledExecutorService executor;

	private final Clock clock;

	@GuardedBy("this")
	private final Map<CertificateInfo, String> certificates = new LinkedHashMap<>();

	@GuardedBy("this")
	private final Map<CertificateInfo, ExpiryStage> warned = new HashMap<>();

	@GuardedBy("this")
	private @Nullable ScheduledFuture<?> next;

	@GuardedBy("this")
	private boolean started;

	/**
	 * Create a watch without certificates.
	 * @param relationName the name of the relation
	 * @param executor runs the checks
	 * @param clock the clock
	 */
	ExpiryWatch(String relationName, ScheduledExecutorService executor, Clock clock) {
		this.relationName = relationName;
		this.executor = executor;
		this.clock = clock;
	}

	/**
	 * Check now, on the caller's thread, and from now on when it is time.
	 */
	synchronized void start() {
		this.started = true;
		check();
	}

	/**
	 * Stop checking until started again.
	 */
	synchronized void stop() {
		this.started = false;
		cancelNext();
	}

	/**
	 * Update the certificates in use.
	 * @param data what is in use, {@code null} if nothing is
	 */
	synchronized void update(@Nullable DataInUse data) {
		this.certificates.clear();
		if (data != null) {
			for (int i = 0; i < data.clientCertificates().size(); i++) {
				this.certificates.putIfAbsent(data.clientCertificates().get(i),
						(i == 0) ? "client certificate" : "certificate in the chain of the client certificate,");
			}
			data.authorities()
				.forEach((authority) -> this.certificates.putIfAbsent(authority, "certificate authority"));
			// Only now, so that a relation that is lost and back causes no second warning
			this.warned.keySet().retainAll(this.certificates.keySet());
		}
		if (this.started) {
			check();
		}
	}

	private synchronized void check() {
		cancelNext();
		if (!this.started) {
			return;
		}
		Instant now = this.clock.instant();
		@Nullable Instant due = null;
		for (CertificateInfo certificate : List.copyOf(this.certificates.keySet())) {
			warn(certificate, now);
			Instant stage = ExpiryStage.next(certificate, now);
			due = (due == null || (stage != null && stage.isBefore(due))) ? stage : due;
		}
		if (due != null) {
			Duration wait = Duration.between(now, due);
			wait = (wait.compareTo(LONGEST_WAIT) < 0) ? wait : LONGEST_WAIT;
			this.next = this.executor.schedule(this::check, wait.toMillis() + 1, TimeUnit.MILLISECONDS);
		}
	}

	@GuardedBy("this")
	private void warn(CertificateInfo certificate, Instant now) {
		ExpiryStage stage = ExpiryStage.of(certificate, now);
		ExpiryStage former = this.warned.get(certificate);
		if (stage == null || (former != null && former.compareTo(stage) >= 0)) {
			return;
		}
		this.warned.put(certificate, stage);
		String name = this.certificates.get(certificate) + " " + certificate.subject();
		if (stage == ExpiryStage.EXPIRED) {
			logger.warn(LogMessage.format("Relation '%s': %s, replace it", this.relationName,
					certificate.describeExpired("the " + name)));
		}
		else {
			logger.warn(LogMessage.format("Relation '%s': the %s expires in %s, at %s, replace it before",
					this.relationName, name, describe(Duration.between(now, certificate.validTo())),
					certificate.validTo()));
		}
	}

	private static String describe(Duration left) {
		if (left.toDays() >= 2) {
			return left.toDays() + " days";
		}
		if (left.toHours() >= 2) {
			return left.toHours() + " hours";
		}
		return (left.toMinutes() >= 2) ? left.toMinutes() + " minutes" : left.toSeconds() + " seconds";
	}

	@GuardedBy("this")
	private void cancelNext() {
		if (this.next != null) {
			this.next.cancel(false);
			this.next = null;
		}
	}

}
