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

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A call of code of the application on a thread of its own, as it may block for ever.
 * Thread-safe.
 */
final class ApplicationCall {

	private final Thread thread;

	private final CompletableFuture<Void> over = new CompletableFuture<>();

	private final CompletableFuture<Void> returned = new CompletableFuture<>();

	/**
	 * Create a call.
	 * @param thread the name of its thread
	 * @param code what is called
	 */
	ApplicationCall(String thread, Consumer<ApplicationCall> code) {
		this.thread = new Thread(() -> run(code), thread);
		this.thread.setDaemon(true);
	}

	private void run(Consumer<ApplicationCall> code) {
		try {
			code.accept(this);
		}
		finally {
			end();
		}
	}

	private void end() {
		this.over.complete(null);
		this.returned.complete(null);
	}

	/**
	 * Start the call.
	 * @throws OutOfMemoryError if there is no memory for a thread; the call is over then
	 */
	void start() {
		try {
			this.thread.start();
		}
		catch (OutOfMemoryError ex) {
			end();
			throw ex;
		}
	}

	void interrupt() {
		this.thread.interrupt();
	}

	/**
	 * Let nobody wait for the call any longer if this thread makes it, as it waits itself
	 * for those who do.
	 */
	void releaseIfCurrent() {
		if (Thread.currentThread() == this.thread) {
			this.over.complete(null);
		}
	}

	/**
	 * Return what is done when the call has returned or was released.
	 */
	CompletableFuture<Void> getOver() {
		return this.over;
	}

	/**
	 * Return what is done when the call has returned.
	 */
	CompletableFuture<Void> getReturned() {
		return this.returned;
	}

	/**
	 * Return what is logged to show where the call is.
	 */
	Throwable getPlace() {
		Throwable place = new Throwable("Where the thread '%s' is".formatted(this.thread.getName()));
		place.setStackTrace(this.thread.getStackTrace());
		return place;
	}

}
