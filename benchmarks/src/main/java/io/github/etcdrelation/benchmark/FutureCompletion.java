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

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import org.jspecify.annotations.Nullable;

/**
 * Notifies a {@link Completion} that a future has ended.
 *
 * @param <T> the type of the future's value
 */
final class FutureCompletion<T> implements FutureCallback<T> {

	private final Completion completion;

	private FutureCompletion(Completion completion) {
		this.completion = completion;
	}

	static <T> void add(ListenableFuture<T> future, Completion completion) {
		Futures.addCallback(future, new FutureCompletion<>(completion), MoreExecutors.directExecutor());
	}

	@Override
	public void onSuccess(@Nullable T result) {
		this.completion.complete(null);
	}

	@Override
	public void onFailure(Throwable failure) {
		this.completion.complete(failure);
	}

}
