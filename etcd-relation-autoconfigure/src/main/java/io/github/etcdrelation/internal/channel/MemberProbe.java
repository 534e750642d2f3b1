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

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.etcd.jetcd.api.StatusResponse;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Asks the members of a relation for their status, on connections of its own, one to each
 * member: working ones are kept for the next time and closed when they were not used for
 * a while. It neither waits for the relation nor logs anything.
 */
public final class MemberProbe {

	/**
	 * How many members are asked at most.
	 */
	public static final int MAX_MEMBERS = 7;

	private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(1);

	private final RelationChannel channel;

	private @Nullable Asked asked;

	private @Nullable ChannelTarget target;

	private @Nullable Cancellable idle;

	/**
	 * Create a probe; it opens connections on demand.
	 * @param channel the channel of the relation
	 */
	public MemberProbe(RelationChannel channel) {
		this.channel = channel;
	}

	/**
	 * Ask all members concurrently.
	 * @param target the target of the channel
	 * @param timeout how long to wait for an answer
	 * @return their status, in the order of the endpoints
	 */
	public List<MemberStatus> ask(ChannelTarget target, Duration timeout) {
		// Opening connections is part of the timeout
		long begin = System.nanoTime();
		long deadline = begin + timeout.toNanos();
		Asked begun = begin(target);
		boolean works = false;
		try {
			List<MemberStatus> results = ask(begun.members, begin, deadline, timeout);
			works = !results.isEmpty() && results.stream().allMatch((result) -> result.problem() == null);
			if (works) {
				this.channel.reconnect();
			}
			return results;
		}
		finally {
			end(begun, works);
		}
	}

	private List<MemberStatus> ask(Members asked, long begin, long deadline, Duration timeout) {
		Map<Member, CompletableFuture<MemberStatus>> answers = new LinkedHashMap<>();
		do {
			boolean waiting = true;
			while (waiting) {
				CompletableFuture<Void> change = asked.connect();
				waiting = !ask(asked.getMembers(), answers, begin) && isPending(asked) && await(change, deadline);
			}
			await(CompletableFuture.allOf(answers.values().toArray(CompletableFuture[]::new)), deadline);
		}
		while (answers.values().removeIf(CompletableFuture::isCancelled) && System.nanoTime() - deadline < 0);
		return results(asked, answers, timeout);
	}

	/**
	 * Ask the connected members that were not asked yet.
	 * @return whether there are no others to wait for
	 */
	private boolean ask(List<Member> members, Map<Member, CompletableFuture<MemberStatus>> answers, long begin) {
		boolean complete = !members.isEmpty();
		for (Member member : members) {
			Connection connection = member.getUnary();
			boolean done = answers.containsKey(member) || answers.size() == MAX_MEMBERS;
			MemberAnswer opening = member.getState().getLastAnswer();
			Connection served = this.channel.getServedConnection(member);
			if (!done && served != null) {
				answers.put(member, askServed(member, served));
			}
			else if (!done && opening != null && opening.time() - begin >= 0) {
				answers.put(member, CompletableFuture.completedFuture(status(member, opening)));
			}
			else if (!done && connection != null && connection.isOpen()) {
				answers.put(member, ask(member, connection));
			}
			else if (!done && member.getState().getFailureTime() - begin < 0) {
				complete = false;
			}
		}
		return complete;
	}

	/**
	 * Return whether any endpoint may still be connected.
	 */
	private static boolean isPending(Members asked) {
		return !asked.getMembers().isEmpty() || asked.getAvailability().getEndpointProblems().isEmpty();
	}

	private Asked begin(ChannelTarget asked) {
		Members abandoned = null;
		Asked next;
		synchronized (this) {
			Asked former = this.asked;
			boolean same = former != null && Objects.equals(asked, this.target);
			next = (former != null && same) ? former : new Asked(this.channel.getDedicatedMembers().open(asked));
			if (former != null && former != next && former.asking == 0) {
				abandoned = former.members;
			}
			next.asking++;
			this.asked = next;
			this.target = asked;
			cancelIdle();
		}
		if (abandoned != null) {
			this.channel.getDedicatedMembers().close(abandoned);
		}
		return next;
	}

	/**
	 * Keep working connections for the next time, for a while; others are closed, so that
	 * the next result is not outdated. Concurrent probes may still use them.
	 */
	private void end(Asked ended, boolean works) {
		synchronized (this) {
			ended.asking--;
			if (this.asked == ended && !works) {
				this.asked = null;
			}
			if (ended.asking > 0) {
				return;
			}
			if (this.asked == ended) {
				cancelIdle();
				this.idle = this.channel.schedule(() -> expire(ended), IDLE_TIMEOUT.toNanos());
				return;
			}
		}
		this.channel.getDedicatedMembers().close(ended.members);
	}

	private void expire(Asked expired) {
		synchronized (this) {
			if (this.asked != expired || expired.asking > 0) {
				return;
			}
			this.asked = null;
		}
		this.channel.getDedicatedMembers().close(expired.members);
	}

	private void cancelIdle() {
		if (this.idle != null) {
			this.idle.cancel();
			this.idle = null;
		}
	}

	private static List<MemberStatus> results(Members asked, Map<Member, CompletableFuture<MemberStatus>> answers,
			Duration timeout) {
		List<MemberStatus> results = new ArrayList<>();
		for (Member member : asked.getMembers()) {
			CompletableFuture<MemberStatus> answer = answers.get(member);
			String problem = member.getState().getProblem();
			if (answer != null) {
				results.add(answer.getNow(MemberStatus.failed(member.toString(), noAnswer(timeout, "answer"))));
			}
			else if (results.size() < MAX_MEMBERS) {
				results.add(MemberStatus.failed(member.toString(),
						(problem != null) ? problem : noAnswer(timeout, "connection")));
			}
		}
		asked.getAvailability()
			.getEndpointProblems()
			.forEach((url, problem) -> results.add(MemberStatus.failed(url, problem)));
		return results;
	}

	/**
	 * Ask on a connection of calls, which ends when the member accepts new credentials:
	 * the result is canceled then, for the member to be asked again.
	 */
	private CompletableFuture<MemberStatus> askServed(Member member, Connection connection) {
		CompletableFuture<MemberStatus> answer = ask(member, connection);
		CompletableFuture<MemberStatus> result = new CompletableFuture<>();
		answer.thenAccept((status) -> {
			if (status.serving() || this.channel.getServedConnection(member) == connection) {
				result.complete(status);
			}
			else {
				result.cancel(false);
			}
		});
		return result;
	}

	private static CompletableFuture<MemberStatus> ask(Member member, Connection connection) {
		CompletableFuture<MemberStatus> answer = new CompletableFuture<>();
		new MemberQuestion(System.nanoTime(),
				(question, response,
						status) -> answer.complete(status(member,
								new MemberAnswer(question.getTime(), response, status, question.getRoundTrip()))))
			.ask(connection);
		return answer;
	}

	private static MemberStatus status(Member member, MemberAnswer answer) {
		StatusResponse response = answer.response();
		return (response != null) ? answered(member, response, answer.roundTrip()) : failed(member, answer.status());
	}

	/**
	 * Return whether a failure means that etcd works and only refuses this user.
	 * @param status the status of a call
	 * @return whether etcd has refused to answer
	 */
	public static boolean isRefusal(Status status) {
		return switch (status.getCode()) {
			case PERMISSION_DENIED, UNAUTHENTICATED -> true;
			case INVALID_ARGUMENT -> String.valueOf(status.getDescription()).startsWith("etcdserver: user name");
			default -> false;
		};
	}

	private static boolean await(CompletableFuture<Void> future, long deadline) {
		try {
			future.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			// The answers received so far are returned
		}
		return false;
	}

	private static MemberStatus answered(Member member, StatusResponse response, Duration roundTrip) {
		long id = response.getHeader().getMemberId();
		boolean hasLeader = response.getLeader() != 0;
		MemberStatus.Report report = new MemberStatus.Report(Long.toHexString(id), response.getVersion(),
				response.getLeader() == id, response.getRaftTerm(), response.getDbSize(), response.getDbSizeInUse(),
				StorageReport.getQuota(response), StorageReport.getAlarms(response), roundTrip);
		return new MemberStatus(member.toString(), hasLeader, report, hasLeader ? null : "etcd has no leader");
	}

	private static MemberStatus failed(Member member, Status status) {
		String reason = FailureReason.of(status);
		if (isRefusal(status)) {
			return new MemberStatus(member.toString(), true, null, reason);
		}
		@Nullable String problem = member.getState().getProblem();
		return MemberStatus.failed(member.toString(), (Refusal.of(status) == Refusal.NO_LEADER) ? "etcd has no leader"
				: ((problem != null) ? problem : reason));
	}

	private static String noAnswer(Duration timeout, String missing) {
		return "no %s within %d ms".formatted(missing, timeout.toMillis());
	}

	/**
	 * Members and the number of probes that use them.
	 */
	private static final class Asked {

		private final Members members;

		private int asking;

		private Asked(Members members) {
			this.members = members;
		}

	}

}
