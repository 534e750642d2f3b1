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

package io.github.etcdrelation;

import java.time.Duration;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Does with calls of a client what jetcd has no means for.
 */
final class CallHandle implements ClientInterceptor {

	private volatile @Nullable Duration deadline;

	private volatile @Nullable ClientCall<?, ?> last;

	@Override
	public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(MethodDescriptor<ReqT, RespT> method,
			CallOptions options, Channel next) {
		Duration deadline = this.deadline;
		ClientCall<ReqT, RespT> call = next.newCall(method,
				(deadline != null) ? options.withDeadlineAfter(deadline) : options);
		this.last = call;
		return call;
	}

	/**
	 * Give the calls that begin from now on a deadline.
	 */
	void setDeadline(Duration deadline) {
		this.deadline = deadline;
	}

	/**
	 * Cancel the last call.
	 */
	void cancel() {
		ClientCall<?, ?> call = this.last;
		if (call != null) {
			call.cancel("by the test", null);
		}
	}

}
