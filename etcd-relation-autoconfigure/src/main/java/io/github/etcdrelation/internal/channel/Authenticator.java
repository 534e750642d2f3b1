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

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.etcd.jetcd.api.AuthGrpc;
import io.github.etcdrelation.internal.text.Printable;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Obtains the token of a user: one request at a time, which all calls without a token
 * wait for. A new user is proven before it replaces the former one.
 */
final class Authenticator {

	private static final String AUTHENTICATE = AuthGrpc.getAuthenticateMethod().getFullMethodName();

	private static final String NOT_ENABLED = "etcdserver: authentication is not enabled";

	/**
	 * The token where etcd has no authentication.
	 */
	private static final String NONE = "";

	private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

	private static final long PROVE_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(2);

	private final String relation;

	private final ChannelExecutors executors;

	private final ServiceProblems problems;

	private final PendingCalls waiting;

	private volatile @Nullable EtcdUser user;

	private volatile @Nullable String token;

	private volatile @Nullable Channel channel;

	@GuardedBy("this")
	private @Nullable EtcdUser next;

	@GuardedBy("this")
	private @Nullable CompletableFuture<Void> proof;

	@GuardedBy("this")
	private boolean asking;

	// A user that etcd refused is proposed again after a delay
	@GuardedBy("this")
	private boolean proofDelayed;

	// Why etcd refused the user in use lately: calls need not wait to hear it again
	@GuardedBy("this")
	private @Nullable Status refusal;

	@GuardedBy("this")
	private @Nullable Status closed;

	Authenticator(String relation, ChannelExecutors executors, ServiceProblems problems) {
		this.relation = relation;
		this.problems = problems;
		this.executors = executors;
		this.waiting = new PendingCalls(executors);
	}

	static boolean isAuthenticate(MethodDescriptor<?, ?> method) {
		return AUTHENTICATE.equals(method.getFullMethodName());
	}

	/**
	 * Set the channel on which tokens are requested.
	 */
	void setChannel(Channel channel) {
		this.channel = channel;
	}

	/**
	 * Set the user. A user in use stays in use until etcd has accepted the new one.
	 * @param proposed the user or {@code null} for none
	 * @return completed when the user is in use, exceptionally when etcd refuses it; it
	 * is proposed again then
	 */
	CompletableFuture<Void> setUser(@Nullable EtcdUser proposed) {
		CompletableFuture<Void> result = CompletableFuture.completedFuture(null);
		CompletableFuture<Void> abandoned;
		boolean replaced = false;
		synchronized (this) {
			EtcdUser current = this.user;
			abandoned = this.proof;
			this.next = null;
			this.proof = null;
			this.proofDelayed = false;
			if (proposed == null || current == null) {
				replaced = true;
				this.user = proposed;
				this.token = null;
				this.refusal = null;
			}
			else if (!proposed.equals(current)) {
				this.next = proposed;
				result = new CompletableFuture<>();
				this.proof = result;
			}
		}
		if (abandoned != null) {
			refuse(abandoned, this.relation + ": other data of the relation came before etcd had accepted the user");
		}
		if (replaced) {
			this.problems.userAccepted();
			resumeAll();
		}
		askIfNeeded();
		return result;
	}

	/**
	 * Return the user in use, {@code null} if there is none.
	 */
	@Nullable EtcdUser getUser() {
		return this.user;
	}

	/**
	 * Request a token unless there is one, so that a refusal is known before a call.
	 */
	void prepare() {
		EtcdUser current = this.user;
		synchronized (this) {
			if (this.token != null || this.asking || this.refusal != null || current == null || this.closed != null) {
				return;
			}
			this.asking = true;
		}
		ask(current);
	}

	/**
	 * Return whether calls need a token.
	 */
	boolean isActive() {
		return this.user != null;
	}

	/**
	 * Return the token, empty where etcd has no authentication, {@code null} if a call
	 * has to wait for one.
	 */
	@Nullable String getToken() {
		return this.token;
	}

	/**
	 * Queue a call until there is a token; it is resumed on another thread.
	 */
	void enqueue(PendingCall call) {
		this.waiting.add(call);
		Status end;
		synchronized (this) {
			end = (this.closed != null) ? this.closed : this.refusal;
		}
		if (end != null) {
			this.waiting.close(end);
		}
		else if (this.token != null || !isActive()) {
			resumeAll();
		}
		askIfNeeded();
	}

	/**
	 * Remove a call that has ended.
	 */
	void forget(PendingCall call) {
		this.waiting.remove(call);
	}

	/**
	 * End the queued calls, and those queued from now on.
	 * @param status the status they end with
	 */
	void close(Status status) {
		synchronized (this) {
			this.closed = status;
		}
		this.waiting.close(status);
	}

	/**
	 * Record that etcd has refused a token.
	 * @return whether to try another token
	 */
	synchronized boolean refused(String refused) {
		if (refused.equals(this.token)) {
			this.token = null;
		}
		return true;
	}

	private void askIfNeeded() {
		EtcdUser asked;
		synchronized (this) {
			boolean needed = this.token == null && this.refusal == null && !this.waiting.isEmpty();
			EtcdUser current = needed ? this.user : null;
			asked = (this.next != null && !this.proofDelayed) ? this.next : current;
			if (this.asking || asked == null || this.closed != null) {
				return;
			}
			this.asking = true;
		}
		ask(asked);
	}

	private void ask(EtcdUser asked) {
		Channel used = this.channel;
		if (used == null) {
			throw new IllegalStateException("No channel");
		}
		new TokenRequest(asked, (token, status) -> answered(asked, token, status)).send(used);
	}

	private void answered(EtcdUser asked, @Nullable String received, Status status) {
		String granted = NOT_ENABLED.equals(status.getDescription()) ? NONE : received;
		if (granted != null) {
			granted(asked, granted);
		}
		else if (status.getCode() == Status.Code.FAILED_PRECONDITION && !isOfEtcd(status)) {
			// No member can be reached, and that does not pass by itself
			this.waiting.close(status, (call) -> !call.isStream());
			retry(RETRY_NANOS);
		}
		else if (isTransient(status)) {
			retry(RETRY_NANOS);
		}
		else {
			refused(asked, status);
		}
	}

	private static boolean isOfEtcd(Status status) {
		return String.valueOf(status.getDescription()).startsWith("etcdserver: ");
	}

	private static boolean isTransient(Status status) {
		return switch (status.getCode()) {
			case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, ABORTED, RESOURCE_EXHAUSTED -> true;
			default -> BrokenConnection.is(status);
		};
	}

	private void granted(EtcdUser asked, String granted) {
		CompletableFuture<Void> proven = null;
		synchronized (this) {
			this.asking = false;
			this.refusal = null;
			if (asked.equals(this.next)) {
				this.user = asked;
				this.next = null;
				proven = this.proof;
				this.proof = null;
			}
			if (asked.equals(this.user)) {
				this.token = granted;
			}
		}
		if (proven != null) {
			proven.completeAsync(() -> null, this.executors.callbacks(false));
		}
		this.problems.userAccepted();
		resumeAll();
		askIfNeeded();
	}

	private void retry(long delay) {
		Runnable task = () -> {
			synchronized (this) {
				this.asking = false;
			}
			askIfNeeded();
		};
		if (this.executors.schedule(task, delay) == null) {
			synchronized (this) {
				this.asking = false;
			}
		}
	}

	private void refused(EtcdUser asked, Status status) {
		Status end = status.withDescription("%s: etcd refuses the user '%s' (%s): %s".formatted(this.relation,
				Printable.of(asked.name()), Printable.of(asked.source()), FailureReason.of(status)));
		CompletableFuture<Void> disproven = null;
		boolean proposed;
		boolean outdated;
		synchronized (this) {
			proposed = asked.equals(this.next);
			outdated = !proposed && !asked.equals(this.user);
			if (proposed) {
				disproven = this.proof;
				this.proof = null;
				this.proofDelayed = true;
			}
			this.asking = false;
			if (!proposed && !outdated) {
				this.refusal = end;
			}
		}
		if (!proposed && !outdated) {
			this.problems.userRefused(String.valueOf(end.getDescription()));
		}
		if (disproven != null) {
			refuse(disproven, String.valueOf(end.getDescription()));
		}
		if (proposed) {
			this.executors.schedule(this::proveAgain, PROVE_AGAIN_NANOS);
			askIfNeeded();
		}
		else if (outdated) {
			askIfNeeded();
		}
		else {
			this.waiting.close(end);
			this.executors.schedule(() -> forget(end), PROVE_AGAIN_NANOS);
		}
	}

	/**
	 * Have the next call ask again whether etcd refuses the user.
	 */
	private void forget(Status refused) {
		synchronized (this) {
			if (this.refusal == refused) {
				this.refusal = null;
			}
		}
		askIfNeeded();
	}

	private void proveAgain() {
		synchronized (this) {
			this.proofDelayed = false;
		}
		askIfNeeded();
	}

	private void refuse(CompletableFuture<Void> result, String reason) {
		this.executors.callbacks(false)
			.execute(() -> result.completeExceptionally(new ReplacementRefusedException(reason)));
	}

	private void resumeAll() {
		this.waiting.resume((call) -> true);
	}

}
