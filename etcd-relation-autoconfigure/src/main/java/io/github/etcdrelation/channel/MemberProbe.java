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

package io.github.etcdrelation.channel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Asks the members of a relation how they are. The connections are its own, one to each
 * member: it keeps those that work for the next time, and closes them when it was not
 * asked for a while. It neither waits for the relation nor repeats anything, and logs
 * nothing.
 *
 * @since 0.1.0
 */
public final class MemberProbe {

	/**
	 * How many members are asked at most.
	 */
	public static final int MAX_MEMBERS = 7;

	private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(1);

	private static final Duration GRACE = Duration.ofMillis(200);

	private final RelationChannel channel;

	private final Map<Endpoint, Connection> connections = new LinkedHashMap<>();

	private @Nullable ChannelTarget target;

	private @Nullable Timeout idle;

	/**
	 * Create a probe, which opens no connection before it is asked.
	 * @param channel the channel of the relation
	 */
	public MemberProbe(RelationChannel channel) {
		this.channel = channel;
	}

	/**
	 * Ask the members, all at the same time.
	 * @param target what the channel leads to
	 * @param timeout how long to wait for an answer
	 * @return what they answered, in the order of the endpoints
	 */
	public List<MemberStatus> ask(ChannelTarget target, Duration timeout) {
		// What it takes to open connections is part of the time
		Deadline deadline = Deadline.after(timeout.toNanos(), TimeUnit.NANOSECONDS);
		lead(target);
		Map<Endpoint, CompletableFuture<MemberStatus>> answers = new LinkedHashMap<>();
		target.getEndpoints()
			.getMembers()
			.stream()
			.limit(MAX_MEMBERS)
			.forEach((member) -> answers.put(member, ask(target, member, timeout, deadline)));
		closeWhenIdle();
		await(answers, deadline.timeRemaining(TimeUnit.NANOSECONDS) + GRACE.toNanos());
		List<MemberStatus> members = new ArrayList<>();
		answers.forEach((member, answer) -> members
			.add(answer.getNow(MemberStatus.failed(member, noAnswer(timeout, "answer")))));
		return members;
	}

	/**
	 * Return whether a failure means that etcd is there and only does not tell this user.
	 * @param status how a call ended
	 * @return whether etcd has refused to answer
	 */
	public static boolean isRefusal(Status status) {
		return switch (status.getCode()) {
			case PERMISSION_DENIED, UNAUTHENTICATED -> true;
			case INVALID_ARGUMENT -> String.valueOf(status.getDescription()).startsWith("etcdserver: user name");
			default -> false;
		};
	}

	/**
	 * The deadline of each call ends the wait; this is for the case that a thread which
	 * should notice it is held up.
	 */
	private static void await(Map<Endpoint, CompletableFuture<MemberStatus>> answers, long nanos) {
		try {
			CompletableFuture.allOf(answers.values().toArray(CompletableFuture[]::new))
				.get(nanos, TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			// What has come is returned
		}
	}

	private CompletableFuture<MemberStatus> ask(ChannelTarget target, Endpoint member, Duration timeout,
			Deadline deadline) {
		Connection connection = acquire(target, member);
		Question question = new Question(member, connection, timeout);
		ClientCall<StatusRequest, StatusResponse> call = connection.newCall(MaintenanceGrpc.getStatusMethod(),
				CallOptions.DEFAULT.withDeadline(deadline).withStreamTracerFactory(question));
		call.start(question.listener, new Metadata());
		call.sendMessage(StatusRequest.getDefaultInstance());
		call.halfClose();
		call.request(1);
		return question.answer;
	}

	private void lead(ChannelTarget target) {
		List<Connection> old;
		synchronized (this) {
			old = Objects.equals(target, this.target) ? Collections.emptyList() : takeAll();
			this.target = target;
		}
		old.forEach(Connection::retire);
	}

	private synchronized Connection acquire(ChannelTarget target, Endpoint member) {
		boolean latest = Objects.equals(target, this.target);
		Connection connection = latest ? this.connections.get(member) : null;
		if (connection == null || !connection.acquire()) {
			connection = this.channel.openToMember(target, member);
			connection.acquire();
			if (latest) {
				this.connections.put(member, connection);
			}
			else {
				// Another thread was told of a newer target meanwhile
				connection.retire();
			}
		}
		return connection;
	}

	/**
	 * Give a connection up: gRPC would wait longer and longer before it tries again, and
	 * the next answer should tell of then.
	 */
	private void discard(Endpoint member, Connection connection) {
		synchronized (this) {
			this.connections.remove(member, connection);
		}
		connection.retire();
	}

	private synchronized void closeWhenIdle() {
		if (this.idle != null) {
			this.idle.cancel();
		}
		this.idle = this.channel.schedule(() -> takeAll().forEach(Connection::retire), IDLE_TIMEOUT.toNanos());
	}

	private synchronized List<Connection> takeAll() {
		List<Connection> all = new ArrayList<>(this.connections.values());
		this.connections.clear();
		return all;
	}

	private static String noAnswer(Duration timeout, String missing) {
		return "no %s within %d ms".formatted(missing, timeout.toMillis());
	}

	/**
	 * One call to one member.
	 */
	private final class Question extends ClientStreamTracer.Factory {

		private final Endpoint member;

		private final Connection connection;

		private final Duration timeout;

		private final CompletableFuture<MemberStatus> answer = new CompletableFuture<>();

		private final ClientCall.Listener<StatusResponse> listener = new ClientCall.Listener<>() {

			private @Nullable StatusResponse response;

			private long received;

			@Override
			public void onMessage(StatusResponse message) {
				this.response = message;
				this.received = System.nanoTime();
			}

			@Override
			public void onClose(Status status, Metadata trailers) {
				closed((status.isOk()) ? this.response : null, this.received, status);
			}

		};

		private volatile boolean sent;

		private volatile long sentTime;

		private Question(Endpoint member, Connection connection, Duration timeout) {
			this.member = member;
			this.connection = connection;
			this.timeout = timeout;
		}

		@Override
		public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
			return new ClientStreamTracer() {

				@Override
				public void streamCreated(Attributes transportAttributes, Metadata metadata) {
					Question.this.sentTime = System.nanoTime();
					Question.this.sent = true;
				}

			};
		}

		private void closed(@Nullable StatusResponse response, long received, Status status) {
			MemberStatus result = (response != null) ? answered(response, Duration.ofNanos(received - this.sentTime))
					: failed(status);
			this.connection.release();
			if (response == null) {
				discard(this.member, this.connection);
			}
			this.answer.complete(result);
		}

		private MemberStatus answered(StatusResponse response, Duration roundTrip) {
			long id = response.getHeader().getMemberId();
			boolean hasLeader = response.getLeader() != 0;
			MemberStatus.Report report = new MemberStatus.Report(Long.toHexString(id), response.getVersion(),
					response.getLeader() == id, response.getRaftTerm(), response.getDbSize(), roundTrip);
			return new MemberStatus(this.member, hasLeader, report, hasLeader ? null : "etcd has no leader");
		}

		private MemberStatus failed(Status status) {
			if (isRefusal(status)) {
				return new MemberStatus(this.member, true, null, FailureReason.of(status));
			}
			if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
				return MemberStatus.failed(this.member, noAnswer(this.timeout, this.sent ? "answer" : "connection"));
			}
			return MemberStatus.failed(this.member, this.connection.explain(Set.of(FailureReason.of(status))));
		}

	}

}
