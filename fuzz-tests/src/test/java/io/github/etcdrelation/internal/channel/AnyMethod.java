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

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

import io.grpc.HandlerRegistry;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;

/**
 * The methods of a server that knows any, and answers the first message of a call.
 */
final class AnyMethod extends HandlerRegistry {

	private static final MethodDescriptor.Marshaller<byte[]> BYTES = new BytesMarshaller();

	private final Consumer<ServerCall<byte[], byte[]>> answer;

	AnyMethod(Consumer<ServerCall<byte[], byte[]>> answer) {
		this.answer = answer;
	}

	@Override
	public ServerMethodDefinition<?, ?> lookupMethod(String name, String authority) {
		return ServerMethodDefinition.create(MethodDescriptor.<byte[], byte[]>newBuilder()
			.setType(MethodDescriptor.MethodType.BIDI_STREAMING)
			.setFullMethodName(name)
			.setRequestMarshaller(BYTES)
			.setResponseMarshaller(BYTES)
			.build(), (ServerCallHandler<byte[], byte[]>) (call, headers) -> {
				call.request(Integer.MAX_VALUE);
				return new AnswerOnce(call, this.answer);
			});
	}

	private static final class AnswerOnce extends ServerCall.Listener<byte[]> {

		private final ServerCall<byte[], byte[]> call;

		private final Consumer<ServerCall<byte[], byte[]>> answer;

		private boolean answered;

		private AnswerOnce(ServerCall<byte[], byte[]> call, Consumer<ServerCall<byte[], byte[]>> answer) {
			this.call = call;
			this.answer = answer;
		}

		@Override
		public void onMessage(byte[] message) {
			if (!this.answered) {
				this.answered = true;
				this.answer.accept(this.call);
			}
		}

	}

	private static final class BytesMarshaller implements MethodDescriptor.Marshaller<byte[]> {

		@Override
		public InputStream stream(byte[] value) {
			return new ByteArrayInputStream(value);
		}

		@Override
		public byte[] parse(InputStream stream) {
			try {
				return stream.readAllBytes();
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
