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

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import org.jspecify.annotations.Nullable;

/**
 * One turn in a queue: a key that no other turn has, attached to a lease. Turns come in
 * the order of the revisions at which etcd created their keys. One thread waits for the
 * turn; what it holds may be asked by all.
 */
final class QueueEntry {

	/**
	 * How often an entry that waits is looked up besides the watch, which does not reveal
	 * that its own key was deleted.
	 */
	private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(10);

	private final EtcdSession session;

	private final ByteSequence queue;

	private final ByteSequence key;

	private volatile CompletableFuture<Void> wake = new CompletableFuture<>();

	private @Nullable CompletableFuture<TxnResponse> entering;

	private boolean doubtful;

	private volatile long revision;

	@GuardedBy("this")
	private SessionLease lease;

	@GuardedBy("this")
	private Runnable leaseEnd;

	@GuardedBy("this")
	private @Nullable Runnable onLoss;

	@GuardedBy("this")
	private boolean over;

	QueueEntry(EtcdSession session, String queue, SessionLease lease) {
		this.session = session;
		this.queue = bytes(queue);
		this.key = bytes(queue + Long.toHexString(lease.getId()) + "-" + session.nextEntry());
		this.lease = lease;
		this.leaseEnd = () -> leaseEnded(lease);
	}

	private static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

	/**
	 * Return the revision at which etcd created the key, greater than those of all turns
	 * before.
	 */
	long getRevision() {
		return this.revision;
	}

	/**
	 * Enter the queue and wait for the turn.
	 * @param first makes the call that enters
	 * @param patience how long to wait
	 * @param mayWait whether to wait if it is not the first
	 * @param listener told that it waits
	 * @return whether it is the first
	 * @throws EntryLostException if the lease ended meanwhile
	 * @throws EtcdCallException if etcd could not be asked
	 * @throws InterruptedException if the thread was interrupted
	 */
	boolean reach(RepeatedCalls first, Patience patience, boolean mayWait, EntryListener listener)
			throws EntryLostException, EtcdCallException, InterruptedException {
		if (!getLease().addHolder(getLeaseEnd())) {
			throw lost();
		}
		TxnResponse entered = enter(first);
		if (entered == null) {
			return false;
		}
		if (entered.isSucceeded()) {
			this.revision = entered.getHeader().getRevision();
			List<KeyValue> place = entered.getGetResponses().get(0).getKvs();
			if (isFirst(place)) {
				return true;
			}
			if (!mayWait) {
				return false;
			}
			listener.waiting();
			return waitForTurn(place, entered.getHeader().getRevision(), patience);
		}
		// Created by an attempt whose answer was lost
		this.revision = entered.getGetResponses().get(0).getKvs().get(0).getCreateRevision();
		return waitForTurn(null, 0, mayWait ? patience : Patience.limited(0));
	}

	private @Nullable TxnResponse enter(RepeatedCalls calls)
			throws EntryLostException, EtcdCallException, InterruptedException {
		PutOption put = PutOption.builder().withLeaseId(getLease().getId()).build();
		try {
			return calls.make(() -> {
				this.doubtful = this.entering != null;
				CompletableFuture<TxnResponse> future = this.session.getKv()
					.txn()
					.If(new Cmp(this.key, Cmp.Op.EQUAL, CmpTarget.createRevision(0)))
					.Then(Op.put(this.key, ByteSequence.EMPTY, put), Op.get(this.queue, last().build()))
					.Else(Op.get(this.key, GetOption.builder().withKeysOnly(true).build()))
					.commit();
				this.entering = future;
				return future;
			});
		}
		catch (EtcdCallException ex) {
			if (ex.isNotFound()) {
				getLease().end();
				throw lost();
			}
			throw ex;
		}
	}

	private static GetOption.Builder last() {
		return GetOption.builder()
			.isPrefix(true)
			.withSortField(GetOption.SortTarget.CREATE)
			.withSortOrder(GetOption.SortOrder.DESCEND)
			.withLimit(2)
			.withKeysOnly(true);
	}

	private boolean waitForTurn(@Nullable List<KeyValue> known, long knownAt, Patience patience)
			throws EntryLostException, EtcdCallException, InterruptedException {
		List<KeyValue> place = known;
		long at = knownAt;
		RepeatedCalls looks = new RepeatedCalls(patience, Long.MAX_VALUE);
		CallFailures watches = new CallFailures();
		Watch.Watcher watcher = null;
		ByteSequence watched = null;
		try {
			while (true) {
				if (place != null) {
					if (isFirst(place)) {
						return true;
					}
					ByteSequence previous = place.get(1).getKey();
					CompletableFuture<Void> signal = this.wake;
					if (!previous.equals(watched) || signal.isDone()) {
						if (watcher != null) {
							watcher.close();
						}
						signal = new CompletableFuture<>();
						this.wake = signal;
						watched = previous;
						watcher = watch(previous, at + 1, signal);
					}
					if (getLease().isValid()) {
						patience.await(signal, LOOK_NANOS);
					}
					if (signal.isCompletedExceptionally()) {
						patience.pause(watches.next());
					}
					else {
						watches.reset();
					}
				}
				if (!getLease().isValid()) {
					throw lost();
				}
				if (patience.isOver() && place != null) {
					return false;
				}
				GetResponse look = looks.make(this::look);
				if (look == null) {
					return false;
				}
				place = look.getKvs();
				at = look.getHeader().getRevision();
			}
		}
		finally {
			if (watcher != null) {
				watcher.close();
			}
		}
	}

	private CompletableFuture<GetResponse> look() {
		return this.session.getKv().get(this.queue, last().withMaxCreateRevision(this.revision).build());
	}

	private boolean isFirst(List<KeyValue> ownAndPrevious) throws EntryLostException {
		if (ownAndPrevious.isEmpty() || ownAndPrevious.get(0).getCreateRevision() != this.revision) {
			throw lost();
		}
		return ownAndPrevious.size() == 1;
	}

	private Watch.Watcher watch(ByteSequence previous, long startRevision, CompletableFuture<Void> signal) {
		WatchOption option = WatchOption.builder().withRevision(startRevision).withNoPut(true).build();
		return this.session.getWatch().watch(previous, option, Watch.listener((response) -> {
			if (!response.getEvents().isEmpty()) {
				signal.complete(null);
			}
		}, signal::completeExceptionally, () -> signal.cancel(false)));
	}

	/**
	 * Hold the turn.
	 * @param listener told at once if it is lost, must not block
	 * @return whether it is held, otherwise the lease has ended
	 */
	synchronized boolean hold(Runnable listener) {
		if (this.over || !this.lease.isValid()) {
			return false;
		}
		this.onLoss = listener;
		return true;
	}

	/**
	 * Return whether the turn is neither lost nor over, by the clock.
	 */
	synchronized boolean isHeld() {
		return !this.over && this.lease.isValid();
	}

	/**
	 * Wait while the turn is held, which is lost when its key is deleted by someone else.
	 * @param end done when the turn is given up or lost
	 * @param patience how long to wait
	 * @throws InterruptedException if the thread was interrupted
	 */
	void watchUntil(CompletableFuture<Void> end, Patience patience) throws InterruptedException {
		CallFailures failures = new CallFailures();
		long from = this.revision + 1;
		while (!end.isDone()) {
			CompletableFuture<Void> deleted = new CompletableFuture<>();
			Watch.Watcher watcher = null;
			try {
				watcher = watch(this.key, from, deleted);
				patience.await(CompletableFuture.anyOf(end, deleted), Long.MAX_VALUE);
			}
			catch (RuntimeException ex) {
				deleted.completeExceptionally(ex);
			}
			finally {
				if (watcher != null) {
					watcher.close();
				}
			}
			if (end.isDone()) {
				return;
			}
			if (!deleted.isCompletedExceptionally()) {
				lose();
				return;
			}
			patience.await(end, failures.next());
			// What was not watched meanwhile may be compacted
			from = lookAtKey(from, end, patience);
		}
	}

	/**
	 * Look whether the key is there, and lose the turn if it is not.
	 * @return the revision after the look, or the given one if etcd could not be asked
	 */
	private long lookAtKey(long from, CompletableFuture<Void> end, Patience patience) throws InterruptedException {
		CompletableFuture<GetResponse> look;
		try {
			look = this.session.getKv().get(this.key, GetOption.builder().withKeysOnly(true).build());
		}
		catch (RuntimeException ex) {
			return from;
		}
		patience.await(CompletableFuture.anyOf(end, look), Long.MAX_VALUE);
		if (!look.isDone() || look.isCompletedExceptionally()) {
			return from;
		}
		GetResponse found = look.join();
		if (found.getKvs().isEmpty() || found.getKvs().get(0).getCreateRevision() != this.revision) {
			lose();
		}
		return found.getHeader().getRevision() + 1;
	}

	private void leaseEnded(SessionLease ended) {
		if (getLease() == ended) {
			lose();
		}
	}

	/**
	 * Lose the turn, as its key is gone or may be.
	 */
	void lose() {
		Runnable listener;
		synchronized (this) {
			if (this.over) {
				return;
			}
			this.over = true;
			listener = this.onLoss;
		}
		this.wake.complete(null);
		if (listener != null) {
			listener.run();
		}
	}

	/**
	 * Attach the key to another lease.
	 * @param calls makes the call
	 * @param other the lease
	 * @return whether it is held with that lease
	 */
	boolean attach(RepeatedCalls calls, SessionLease other) throws EtcdCallException, InterruptedException {
		PutOption put = PutOption.builder().withLeaseId(other.getId()).build();
		TxnResponse response = calls.make(() -> this.session.getKv()
			.txn()
			.If(new Cmp(this.key, Cmp.Op.EQUAL, CmpTarget.createRevision(this.revision)))
			.Then(Op.put(this.key, ByteSequence.EMPTY, put))
			.commit());
		if (response == null || !response.isSucceeded()) {
			return false;
		}
		SessionLease previous;
		Runnable previousEnd;
		Runnable end = () -> leaseEnded(other);
		synchronized (this) {
			previous = this.lease;
			previousEnd = this.leaseEnd;
			if (!isHeld() || !other.addHolder(end)) {
				return false;
			}
			this.lease = other;
			this.leaseEnd = end;
		}
		previous.removeHolder(previousEnd);
		return true;
	}

	synchronized SessionLease getLease() {
		return this.lease;
	}

	private synchronized Runnable getLeaseEnd() {
		return this.leaseEnd;
	}

	/**
	 * Leave the queue: delete the key, in the background until that is certain.
	 * @return whether there was a key to delete; fails if that is not known
	 */
	CompletableFuture<Boolean> leave() {
		SessionLease held;
		Runnable end;
		synchronized (this) {
			this.over = true;
			held = this.lease;
			end = this.leaseEnd;
		}
		KeyDeletion deletion = new KeyDeletion(this.session, this.key, held);
		CompletableFuture<TxnResponse> open = this.entering;
		if (this.doubtful || (open != null && (!open.isDone() || open.isCompletedExceptionally()))) {
			// An attempt without an answer may still create the key
			deletion.repeat();
			if (open != null) {
				open.whenComplete((response, failure) -> deletion.begin());
			}
		}
		CompletableFuture<Boolean> deleted = deletion.begin();
		return deleted.whenComplete((result, failure) -> held.removeHolder(end));
	}

	private EntryLostException lost() {
		return new EntryLostException(this.key.toString(StandardCharsets.UTF_8));
	}

}
