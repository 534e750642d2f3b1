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

import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchProgressRequest;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * A watch that is recreated from the revision after the last one that it saw.
 */
final class WatchCall extends ResumableCall<WatchRequest, WatchResponse> {

	private static final WatchRequest PROGRESS = WatchRequest.newBuilder()
		.setProgressRequest(WatchProgressRequest.getDefaultInstance())
		.build();

	private static final String PERMISSION_DENIED = "etcdserver: permission denied";

	/**
	 * How long a planned move waits for the response to its progress request.
	 */
	private static final long MOVE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

	private static final long LONG_MOVE_NANOS = TimeUnit.SECONDS.toNanos(4);

	/**
	 * Longer than etcd waits before it retries what it could not send at once.
	 */
	private static final long REPEAT_NANOS = TimeUnit.SECONDS.toNanos(2);

	private static final long ASK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(120);

	private final Channel reads;

	private final WatchPosition position = new WatchPosition();

	private final WatchAnswers answers = new WatchAnswers();

	private @Nullable WatchRequest create;

	private @Nullable PlannedMove move;

	private int questions;

	private int ownQuestions;

	private boolean askedByCaller;

	private boolean canceled;

	private long questionTime;

	private boolean deniedOnce;

	private boolean finalAnswer;

	/**
	 * Create a watch.
	 * @param reads the channel to read the store's revision on
	 */
	WatchCall(CallContext context, MethodDescriptor<WatchRequest, WatchResponse> method, CallOptions options,
			Executor sequentialExecutor, Channel reads) {
		super(context, method, options, sequentialExecutor);
		this.reads = reads;
	}

	@Override
	boolean remember(WatchRequest message) {
		if (message.hasCreateRequest()) {
			if (this.create != null) {
				throw new IllegalStateException("A stream carries one watch");
			}
			this.create = message;
			this.position.start(message.getCreateRequest().getStartRevision());
		}
		else if (message.hasProgressRequest()) {
			this.questions++;
			this.askedByCaller = true;
			this.questionTime = System.nanoTime();
		}
		else if (message.hasCancelRequest()) {
			this.canceled = true;
		}
		return true;
	}

	@Override
	List<WatchRequest> openingMessages() {
		this.ownQuestions = 0;
		this.answers.open();
		if (this.create == null) {
			return Collections.emptyList();
		}
		WatchCreateRequest.Builder again = this.create.getCreateRequest().toBuilder();
		WatchRequest request = WatchRequest.newBuilder()
			.setCreateRequest(again.setStartRevision(this.position.getNextRevision()))
			.build();
		// Unanswered progress requests were lost with the former connection
		return (this.questions > 0 && this.position.isCreated()) ? List.of(request, PROGRESS) : List.of(request);
	}

	@Override
	@Nullable Refusal refusal(WatchResponse response) {
		if (!response.getCanceled()) {
			return null;
		}
		Refusal refusal = Refusal.of(response.getCancelReason());
		if (refusal == null && response.getCreated() && !this.deniedOnce
				&& response.getCancelReason().endsWith(PERMISSION_DENIED)) {
			// etcd up to 3.4 reports an unknown token this way too
			this.deniedOnce = true;
			return Refusal.TOKEN;
		}
		return refusal;
	}

	@Override
	@Nullable WatchResponse received(WatchResponse response, StreamAttempt<WatchRequest, WatchResponse> from) {
		if (response.getCanceled() || WatchAnswers.isFailed(response)) {
			this.finalAnswer = true;
			return response;
		}
		this.deniedOnce = false;
		ResponseHeader header = response.getHeader();
		if (this.position.isCreated() && this.position.isOfOtherCluster(header)) {
			this.finalAnswer = true;
			return lost(response, " leads to another etcd cluster now");
		}
		if (response.getCreated()) {
			this.answers.created(response);
			return created(response, header, from);
		}
		if (this.answers.isOfOtherWatch(response)) {
			return null;
		}
		if (!WatchAnswers.isOrdered(response)) {
			this.finalAnswer = true;
			return lost(response, " got events out of order, which etcd does not send");
		}
		if (response.getEventsCount() > 0) {
			if (this.move != null) {
				this.move.interrupted();
			}
			return this.position.events(response);
		}
		return progress(response, header, from);
	}

	private @Nullable WatchResponse created(WatchResponse response, ResponseHeader header,
			StreamAttempt<WatchRequest, WatchResponse> from) {
		if (!this.position.isCreated()) {
			this.position.created(header);
			return (response.getEventsCount() > 0) ? response.toBuilder().clearEvents().build() : response;
		}
		long known = this.position.getStoreRevision();
		if (header.getRevision() < known && this.create != null) {
			store().read(this.create.getCreateRequest().getKey(), () -> isOpen(from),
					(store) -> storeRead(response, known, store));
		}
		return null;
	}

	private WatchResponse lost(WatchResponse last, String reason) {
		return WatchAnswers.end(last, getContext().relation() + reason);
	}

	/**
	 * A member may lag; a store that is behind as a whole has lost its data.
	 * @param known the store's revision before the read, which may advance meanwhile
	 */
	private void storeRead(WatchResponse created, long known, ResponseHeader store) {
		if (store.getRevision() < known) {
			inject(lost(created, " leads to another etcd cluster now, or to one that has lost its data"));
		}
	}

	private @Nullable WatchResponse progress(WatchResponse response, ResponseHeader header,
			StreamAttempt<WatchRequest, WatchResponse> from) {
		if (response.getWatchId() != WatchAnswers.ALL) {
			this.position.progress(header.getRevision());
			return response;
		}
		if (isReliable(from)) {
			this.position.progress(header.getRevision());
		}
		answered(from, header.getRevision());
		if (this.askedByCaller) {
			// Responses name no request, and one more does no harm
			this.questions = Math.max(0, this.questions - 1);
			return response;
		}
		if (this.ownQuestions > 0) {
			this.ownQuestions--;
			return null;
		}
		return response;
	}

	@Override
	boolean prepareMove(StreamAttempt<WatchRequest, WatchResponse> from) {
		WatchRequest request;
		long revision;
		synchronized (this) {
			request = this.create;
			revision = this.position.getNextRevision();
			if (request == null || !this.position.isCreated() || isHalfClosed()) {
				return false;
			}
		}
		if (isReliable(from)) {
			ask(from, true);
		}
		else {
			// It takes longer with this member, so only if necessary
			store().isCompacted(request.getCreateRequest(), revision, (compacted) -> {
				if (compacted) {
					ask(from, false);
				}
				else {
					move(from, Attempt.Unusable.RETIRED);
				}
			});
		}
		return true;
	}

	private void ask(StreamAttempt<WatchRequest, WatchResponse> from, boolean reliable) {
		synchronized (this) {
			this.move = new PlannedMove(from, reliable);
		}
		ask(from);
		moveLater(from, reliable ? MOVE_NANOS : LONG_MOVE_NANOS);
	}

	private void ask(StreamAttempt<WatchRequest, WatchResponse> from) {
		synchronized (this) {
			if (isCurrent(from)) {
				this.ownQuestions++;
				from.send(PROGRESS);
			}
		}
		from.drain();
	}

	private void moveLater(StreamAttempt<WatchRequest, WatchResponse> from, long nanos) {
		if (getContext().schedule(() -> move(from, Attempt.Unusable.RETIRED), nanos) == null) {
			move(from, Attempt.Unusable.RETIRED);
		}
	}

	private void answered(StreamAttempt<WatchRequest, WatchResponse> from, long revision) {
		PlannedMove planned = this.move;
		if (planned == null || !planned.isFrom(from)) {
			return;
		}
		Long seen = planned.answered(revision);
		if (seen == null) {
			getContext().schedule(() -> ask(from), ASK_AGAIN_NANOS);
			return;
		}
		this.move = null;
		this.position.progress(seen);
		// Not here, where the lock is held
		getContext().schedule(() -> move(from, Attempt.Unusable.RETIRED), 0);
	}

	@Override
	@GuardedBy("this")
	@Nullable WatchRequest questionNow(StreamAttempt<WatchRequest, WatchResponse> from, long now) {
		if (isHalfClosed()) {
			return null;
		}
		if (this.questions > 0 && now - this.questionTime > REPEAT_NANOS) {
			// etcd does not respond before the backlog was sent
			this.questionTime = now;
			return PROGRESS;
		}
		if (!this.position.isOld(now) || !isReliable(from)) {
			return null;
		}
		this.position.asked(now);
		this.ownQuestions++;
		return PROGRESS;
	}

	private StoreRevision store() {
		return new StoreRevision(this.reads, getContext()::schedule);
	}

	private static boolean isReliable(StreamAttempt<WatchRequest, WatchResponse> from) {
		return EtcdVersion.hasReliableProgress(from.getConnection().getVersion());
	}

	@Override
	boolean isFruitful(WatchResponse message) {
		return message.getEventsCount() > 0;
	}

	@Override
	boolean isAnswered() {
		return this.canceled;
	}

	@Override
	boolean isFinal() {
		return this.finalAnswer;
	}

}
