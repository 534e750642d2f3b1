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

package io.github.etcdrelation.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.github.etcdrelation.test.LocalEtcd;
import org.jspecify.annotations.Nullable;

/**
 * Three members with mutual TLS, each of which can be made bad.
 */
final class Cluster implements AutoCloseable {

	private static final int SIZE = 3;

	private static final long LIMIT_SECONDS = 60;

	private final @Nullable Namespaces namespaces = Namespaces.areSupported() ? new Namespaces(SIZE) : null;

	private final LocalEtcd etcd;

	private final Access access;

	private final MemberQueries queries;

	Cluster(Path directory) throws IOException {
		LocalEtcd.Builder builder = LocalEtcd.builder().members(SIZE).mutualTls();
		if (this.namespaces != null) {
			builder.loopbackAddresses(this.namespaces.addresses()).networkNamespaces(this.namespaces.names());
		}
		try {
			this.etcd = builder.start();
			this.access = Laboratory.write(this.etcd, this.etcd.getClientCredentials(),
					Files.createDirectories(directory));
			this.queries = new MemberQueries(this.access);
		}
		catch (IOException | RuntimeException ex) {
			deleteNamespaces();
			throw ex;
		}
	}

	Access access() {
		return this.access;
	}

	/**
	 * Return how to reach a single member that is not the given one.
	 */
	Access accessBeside(int member) {
		return new Access(endpoint((member + 1) % SIZE), this.access.directory());
	}

	private String endpoint(int member) {
		return this.etcd.getMember(member).getEndpoint();
	}

	boolean canCut() {
		return this.namespaces != null;
	}

	void freeze(int member) {
		this.etcd.getMember(member).pause();
	}

	void thaw(int member) {
		this.etcd.getMember(member).resume();
	}

	void cut(int member) {
		namespaces().cut(member);
	}

	void join(int member) {
		namespaces().join(member);
	}

	private Namespaces namespaces() {
		if (this.namespaces == null) {
			throw new IllegalStateException("No network namespaces");
		}
		return this.namespaces;
	}

	/**
	 * Return how many gets and puts each member has heard of.
	 */
	List<Long> calls() throws IOException {
		Long[] calls = new Long[SIZE];
		for (int i = 0; i < SIZE; i++) {
			calls[i] = this.queries.calls(endpoint(i));
		}
		return List.of(calls);
	}

	/**
	 * Return the member that has had most of the calls since then.
	 */
	int busiestSince(List<Long> before) throws IOException {
		List<Long> now = calls();
		return members().boxed().max(Comparator.comparing((i) -> now.get(i) - before.get(i))).orElseThrow();
	}

	/**
	 * Wait until a member is the leader, or is not, and see to it.
	 */
	void setLeader(int member, boolean leader) throws IOException, InterruptedException {
		int next = leader ? member : (member + 1) % SIZE;
		await("A leader", () -> {
			boolean done = isWhole() && status(member).isLeader() == leader;
			if (isWhole() && !done) {
				int current = members().filter((i) -> status(i).isLeader()).findFirst().orElse(next);
				this.queries.transferLeadership(endpoint(current), status(next).id());
			}
			return done;
		});
	}

	/**
	 * Wait until all members know the leader.
	 */
	void awaitWhole() throws IOException, InterruptedException {
		await("The cluster", this::isWhole);
	}

	private boolean isWhole() {
		return members().mapToObj(this::status).allMatch(MemberQueries.Status::hasLeader);
	}

	private MemberQueries.Status status(int member) {
		return this.queries.status(endpoint(member));
	}

	private static IntStream members() {
		return IntStream.range(0, SIZE);
	}

	private static void await(String what, Condition condition) throws IOException, InterruptedException {
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
		while (!condition.isMet()) {
			if (System.nanoTime() > end) {
				throw new IllegalStateException(what + " is not there after %d s".formatted(LIMIT_SECONDS));
			}
			Thread.sleep(100);
		}
	}

	@Override
	public void close() {
		try {
			this.etcd.close();
		}
		finally {
			deleteNamespaces();
		}
	}

	private void deleteNamespaces() {
		if (this.namespaces != null) {
			this.namespaces.close();
		}
	}

	/**
	 * What to wait for.
	 */
	private interface Condition {

		boolean isMet() throws IOException;

	}

}
