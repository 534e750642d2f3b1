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

import java.util.Collections;
import java.util.List;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.internal.databag.RequestRefusal;
import io.github.etcdrelation.internal.text.Printable;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Logs what an operator has to know of one relation, each news once.
 */
final class RelationLog {

	// The name that is documented for all lines about the data of relations
	private static final Log logger = LogFactory.getLog(RelationReconciler.class);

	private final String relation;

	private final String source;

	@GuardedBy("this")
	private @Nullable DataInUse data;

	@GuardedBy("this")
	private boolean lost;

	@GuardedBy("this")
	private @Nullable String missing;

	@GuardedBy("this")
	private boolean refused;

	@GuardedBy("this")
	private List<RequestRefusal> refusals = Collections.emptyList();

	/**
	 * Create a log without news.
	 * @param relationName the name of the relation
	 * @param source the description of its source
	 */
	RelationLog(String relationName, String source) {
		this.relation = "Relation '" + relationName + "'";
		this.source = source;
	}

	/**
	 * Log what the relation uses from now on.
	 * @param latest what it uses
	 * @param retried whether it was refused at first
	 */
	synchronized void inUse(DataInUse latest, boolean retried) {
		DataInUse former = this.data;
		boolean afterRefusal = this.refused;
		String change = (former != null) ? DataDescription.describeChange(former, latest)
				: DataDescription.describe(latest);
		this.data = latest;
		this.refused = false;
		this.missing = null;
		if (former == null) {
			info((this.lost ? " is back, from " : " is available from ") + this.source + ": " + change);
		}
		else if (retried) {
			info(": the data that was refused is in use now" + (change.isEmpty() ? "" : ": " + change));
		}
		else if (afterRefusal && change.isEmpty()) {
			info(": the refused data was taken back, what was in use before is in use now");
		}
		else if (afterRefusal) {
			info(": other data than what was refused is in use now: " + change);
		}
		else if (!change.isEmpty()) {
			info(": new data is in use: " + change);
		}
	}

	/**
	 * Log that the relation is not available, and what it loses.
	 * @param reason what is missing
	 */
	synchronized void unavailable(String reason) {
		DataInUse former = this.data;
		boolean news = !reason.equals(this.missing);
		this.data = null;
		this.refused = false;
		this.missing = reason;
		if (former != null) {
			this.lost = true;
			info(" is lost, calls wait until it is back: %s%s; endpoints %s are out of use".formatted(reason,
					inSource(reason), DataDescription.endpoints(former)));
		}
		else if (news && !isRefusal(reason)) {
			warn(" is not available: " + reason + inSource(reason));
		}
	}

	/**
	 * Log what the provider has begun or ceased to refuse.
	 * @param latest all that it refuses
	 */
	synchronized void refusals(List<RequestRefusal> latest) {
		List<RequestRefusal> former = this.refusals;
		this.refusals = latest;
		latest.stream()
			.filter((refusal) -> !former.contains(refusal))
			.forEach((refusal) -> warn(": " + refusal.describe()));
		former.stream()
			.filter((refusal) -> !latest.contains(refusal))
			.forEach((refusal) -> info(": the provider does not refuse the request any more: %s (%d)"
				.formatted(refusal.message(), refusal.code())));
	}

	@GuardedBy("this")
	private boolean isRefusal(String reason) {
		return this.refusals.stream().anyMatch((refusal) -> refusal.describe().equals(reason));
	}

	private String inSource(String reason) {
		return SourceDescription.append(reason, this.source).substring(reason.length());
	}

	/**
	 * Log that new data was refused.
	 * @param reason why
	 * @param serving whether former data serves
	 */
	synchronized void refused(String reason, boolean serving) {
		this.refused = true;
		warn(": new data was refused%s%s: %s".formatted(inSource(reason),
				serving ? ", what was in use before still serves" : "", reason));
	}

	/**
	 * Log that the source, which could not be read, can be read again and has not
	 * changed.
	 */
	synchronized void readable() {
		if (this.refused) {
			this.refused = false;
			info(": %s can be read again and has not changed".formatted(this.source));
		}
	}

	/**
	 * Log that calls to all members that can be reached use the latest data.
	 */
	void rotated() {
		info(": all members that can be reached are served with the new data");
	}

	/**
	 * Return the message of a failure without the name of the relation, which begins
	 * those of the channel.
	 */
	String reason(Throwable failure) {
		String message = String.valueOf(failure.getMessage());
		String prefix = this.relation + ": ";
		return message.startsWith(prefix) ? message.substring(prefix.length()) : message;
	}

	/**
	 * Return the same without what to do about it, for the status.
	 */
	String briefReason(Throwable failure) {
		return (failure instanceof InvalidRelationDataException invalid) ? InvalidData.describe(invalid)
				: reason(failure);
	}

	private void warn(String text) {
		logger.warn(Printable.of(this.relation + text));
	}

	private void info(String text) {
		logger.info(Printable.of(this.relation + text));
	}

}
