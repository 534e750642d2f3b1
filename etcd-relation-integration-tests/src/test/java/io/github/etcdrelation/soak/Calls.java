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

package io.github.etcdrelation.soak;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.etcd.jetcd.common.exception.EtcdException;
import io.github.etcdrelation.faults.Texts;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Waits for calls and counts how they end.
 */
final class Calls {

	private static final long LIMIT_SECONDS = 60;

	private final Counters counters;

	Calls(Counters counters) {
		this.counters = counters;
	}

	/**
	 * Wait for a read, which may not fail.
	 * @return the answer, {@code null} if it failed all the same
	 */
	<T> @Nullable T read(String kind, CompletableFuture<T> call) {
		return await(kind, call, false);
	}

	/**
	 * Wait for a write, whose outcome may stay open.
	 * @return the answer, {@code null} if it failed
	 */
	<T> @Nullable T write(String kind, CompletableFuture<T> call) {
		return await(kind, call, true);
	}

	private <T> @Nullable T await(String kind, CompletableFuture<T> call, boolean write) {
		this.counters.add(Counters.CALLS);
		this.counters.add("calls: " + kind);
		try {
			return call.get(LIMIT_SECONDS, TimeUnit.SECONDS);
		}
		catch (ExecutionException ex) {
			String text = Texts.of(ex);
			boolean open = write && (text.contains("may have been carried out")
					|| text.contains("whether it is held is not known") || isRepeatedRevocation(kind, ex));
			String name = open ? Counters.OPEN : Counters.FAILED;
			this.counters.add(name);
			this.counters.add("%s: %s of %s".formatted(name, code(ex), kind), text);
		}
		catch (TimeoutException ex) {
			call.cancel(true);
			this.counters.add(Counters.ENDLESS, kind);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			call.cancel(true);
		}
		return null;
	}

	/**
	 * Return whether a lease was gone already: jetcd itself revokes it again when the
	 * connection broke before there was an answer.
	 */
	private static boolean isRepeatedRevocation(String kind, Throwable failure) {
		return kind.equals("revoke") && code(failure).equals(Status.Code.NOT_FOUND.name());
	}

	private static String code(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof EtcdException etcd) {
				return etcd.getErrorCode().name();
			}
		}
		return Status.fromThrowable(failure).getCode().name();
	}

}
