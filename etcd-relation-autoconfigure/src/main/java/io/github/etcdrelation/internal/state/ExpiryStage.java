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

import io.github.etcdrelation.internal.tls.CertificateInfo;
import org.jspecify.annotations.Nullable;

/**
 * How near a certificate is to its expiry, from the first stage to the most urgent one.
 * Those that a short life would reach before its last third do not apply.
 */
enum ExpiryStage {

	/**
	 * A third of its life is left.
	 */
	THIRD,

	/**
	 * Seven days are left.
	 */
	WEEK,

	/**
	 * One day is left.
	 */
	DAY,

	/**
	 * It has expired.
	 */
	EXPIRED;

	private static final Duration ONE_WEEK = Duration.ofDays(7);

	private static final Duration ONE_DAY = Duration.ofDays(1);

	/**
	 * Return the stage at a time.
	 * @return the stage, {@code null} before the first
	 */
	static @Nullable ExpiryStage of(CertificateInfo certificate, Instant time) {
		ExpiryStage found = null;
		for (ExpiryStage stage : values()) {
			if (stage.applies(certificate) && !time.isBefore(stage.begin(certificate))) {
				found = stage;
			}
		}
		return found;
	}

	/**
	 * Return when the next stage after a time begins.
	 * @return the time, {@code null} after the last
	 */
	static @Nullable Instant next(CertificateInfo certificate, Instant time) {
		for (ExpiryStage stage : values()) {
			if (stage.applies(certificate) && time.isBefore(stage.begin(certificate))) {
				return stage.begin(certificate);
			}
		}
		return null;
	}

	private boolean applies(CertificateInfo certificate) {
		return this == THIRD || !begin(certificate).isBefore(THIRD.begin(certificate));
	}

	private Instant begin(CertificateInfo certificate) {
		Duration left = switch (this) {
			case THIRD -> Duration.between(certificate.validFrom(), certificate.validTo()).dividedBy(3);
			case WEEK -> ONE_WEEK;
			case DAY -> ONE_DAY;
			case EXPIRED -> Duration.ZERO;
		};
		return certificate.validTo().minus(left);
	}

}
