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

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.HandlerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Passes gRPC calls to a plain text etcd, so that streams can be ended in ways that an
 * etcd does not end them on demand.
 */
final class GrpcProxy implements AutoCloseable {

	/**
	 * Not a way in which a stream ends: the connection is broken instead, a little after
	 * the response has gone out and with no other following it.
	 */
	static final Status RESET = Status.ABORTED.withDescription("reset");

	/**
	 * Not a way in which a call ends: it is never answered.
	 */
	static final Status SILENCE = Status.ABORTED.withDescription("silence");

	private static final Metadata.Key<String> HAS_LEADER = Metadata.Key.of("hasleader",
			Metadata.ASCII_STRING_MARSHALLER);

	private static final long RESET_DELAY_MILLIS = 20;

	private final Server server;

	private final ManagedChannel upstream;

	private final Set<ProxiedCall> streams = ConcurrentHashMap.newKeySet();

	private final Map<String, List<Metadata>> calls = new ConcurrentHashMap<>();

	private final AtomicInteger cuts = new AtomicInteger();

	private volatile Runnable resetAction = () -> {
	};

	private volatile BiFunction<String, byte[], @Nullable Status> cut = (method, message) -> null;

	private volatile BiFunction<String, Metadata, @Nullable Status> refusal = (method, headers) -> null;

	private volatile BiFunction<String, Metadata, Duration> delay = (method, headers) -> Duration.ZERO;

	private volatile Rewriting rewriting = (method, call, message) -> List.of(message);

	GrpcProxy(String targetHost, int targetPort) {
		this.upstream = NettyChannelBuilder.forAddress(targetHost, targetPort)
			.usePlaintext()
			.maxInboundMessageSize(Integer.MAX_VALUE)
			.build();
		try {
			this.server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
				.fallbackHandlerRegistry(new Registry())
				.build()
				.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	int getPort() {
		return this.server.getPort();
	}

	String getConnectionString() {
		return "http://127.0.0.1:" + getPort();
	}

	void setResetAction(Runnable resetAction) {
		this.resetAction = resetAction;
	}

	/**
	 * End streams after responses of theirs.
	 * @param method the end of the full name of their method
	 * @param times how often
	 * @param status how they end, or {@link #RESET}
	 * @param when decides after each response
	 */
	void cut(String method, int times, Status status, BooleanSupplier when) {
		cut(method, times, status, (message) -> when.getAsBoolean());
	}

	/**
	 * End streams after responses of theirs.
	 * @param method the end of the full name of their method
	 * @param times how often
	 * @param status how they end, or {@link #RESET}
	 * @param when decides after each response, by what it is
	 */
	void cut(String method, int times, Status status, Predicate<byte[]> when) {
		AtomicInteger remaining = new AtomicInteger(times);
		this.cut = (fullMethod, message) -> {
			boolean cuts = fullMethod.endsWith(method) && when.test(message) && remaining.getAndDecrement() > 0;
			return cuts ? status : null;
		};
	}

	/**
	 * Answer calls in place of etcd, which never sees them.
	 * @param refusal returns how a call of a method with certain headers ends,
	 * {@link #SILENCE}, or {@code null} for those that are passed on
	 */
	void refuse(BiFunction<String, Metadata, @Nullable Status> refusal) {
		this.refusal = refusal;
	}

	/**
	 * Pass on the requests of calls later.
	 * @param delay returns by how much, by method and headers
	 */
	void delay(BiFunction<String, Metadata, Duration> delay) {
		this.delay = delay;
	}

	/**
	 * Pass on other responses than those of etcd.
	 * @param rewriting makes the responses
	 */
	void rewrite(Rewriting rewriting) {
		this.rewriting = rewriting;
	}

	/**
	 * Return the headers of the calls so far.
	 * @param method the end of the full name of their method
	 */
	List<Metadata> getCalls(String method) {
		return this.calls.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().endsWith(method))
			.flatMap((entry) -> entry.getValue().stream())
			.toList();
	}

	/**
	 * Return how many calls are under way.
	 * @param method the end of the full name of their method
	 */
	int getOpenCalls(String method) {
		return (int) this.streams.stream().filter((stream) -> stream.method.endsWith(method)).count();
	}

	int getCuts() {
		return this.cuts.get();
	}

	/**
	 * End all streams that are open.
	 */
	void end(Status status) {
		this.streams.forEach((stream) -> stream.end(status));
	}

	/**
	 * Do what a member does that has lost its leader: end and refuse the calls that want
	 * to know, and let the others wait.
	 */
	void loseLeader() {
		Status noLeader = Status.UNAVAILABLE.withDescription("etcdserver: no leader");
		refuse((method, headers) -> headers.containsKey(HAS_LEADER) ? noLeader : SILENCE);
		rewrite((method, call, message) -> List.of());
		this.streams.stream()
			.filter((stream) -> stream.headers.containsKey(HAS_LEADER))
			.forEach((stream) -> stream.end(noLeader));
	}

	@Override
	public void close() throws InterruptedException {
		this.server.shutdownNow();
		this.upstream.shutdownNow();
		this.server.awaitTermination(5, TimeUnit.SECONDS);
		this.upstream.awaitTermination(5, TimeUnit.SECONDS);
	}

	private final class Registry extends HandlerRegistry {

		@Override
		public ServerMethodDefinition<?, ?> lookupMethod(String methodName, String authority) {
			MethodDescriptor<byte[], byte[]> method = MethodDescriptor.<byte[], byte[]>newBuilder()
				.setType(MethodDescriptor.MethodType.BIDI_STREAMING)
				.setFullMethodName(methodName)
				.setRequestMarshaller(new Bytes())
				.setResponseMarshaller(new Bytes())
				.build();
			ServerCallHandler<byte[], byte[]> handler = (call, headers) -> {
				List<Metadata> calls = GrpcProxy.this.calls.computeIfAbsent(methodName,
						(name) -> new CopyOnWriteArrayList<>());
				// What passes through is changed on its way
				Metadata received = new Metadata();
				received.merge(headers);
				calls.add(received);
				Status refusal = GrpcProxy.this.refusal.apply(methodName, received);
				if (refusal != null) {
					if (refusal != SILENCE) {
						call.close(refusal, new Metadata());
					}
					return new ServerCall.Listener<>() {
					};
				}
				ProxiedCall proxied = new ProxiedCall(methodName, calls.size(), received, call,
						GrpcProxy.this.upstream.newCall(method, CallOptions.DEFAULT.withWaitForReady()));
				proxied.start(headers);
				Duration delay = GrpcProxy.this.delay.apply(methodName, received);
				return proxied.new Requests(CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS),
						!delay.isZero());
			};
			return ServerMethodDefinition.create(method, handler);
		}

	}

	private final class ProxiedCall extends ClientCall.Listener<byte[]> {

		private final String method;

		private final int number;

		private final Metadata headers;

		private final ServerCall<byte[], byte[]> downstream;

		private final ClientCall<byte[], byte[]> upstreamCall;

		private int responses;

		private boolean ended;

		private ProxiedCall(String method, int number, Metadata headers, ServerCall<byte[], byte[]> downstream,
				ClientCall<byte[], byte[]> upstreamCall) {
			this.method = method;
			this.number = number;
			this.headers = headers;
			this.downstream = downstream;
			this.upstreamCall = upstreamCall;
		}

		private void start(Metadata headers) {
			GrpcProxy.this.streams.add(this);
			this.upstreamCall.start(this, headers);
			this.upstreamCall.request(1);
			this.downstream.request(1);
		}

		private synchronized void end(Status status) {
			if (!this.ended) {
				this.ended = true;
				GrpcProxy.this.streams.remove(this);
				if (this.responses == 0) {
					this.downstream.sendHeaders(new Metadata());
				}
				this.downstream.close(status, new Metadata());
				this.upstreamCall.cancel("cut", null);
			}
		}

		@Override
		public synchronized void onMessage(byte[] message) {
			if (this.ended) {
				return;
			}
			if (this.responses++ == 0) {
				this.downstream.sendHeaders(new Metadata());
			}
			GrpcProxy.this.rewriting.rewrite(this.method, this.number, message).forEach(this.downstream::sendMessage);
			Status status = GrpcProxy.this.cut.apply(this.method, message);
			if (status != null) {
				GrpcProxy.this.cuts.incrementAndGet();
				if (status == RESET) {
					CompletableFuture.delayedExecutor(RESET_DELAY_MILLIS, TimeUnit.MILLISECONDS)
						.execute(GrpcProxy.this.resetAction);
					return;
				}
				end(status);
			}
			this.upstreamCall.request(1);
		}

		@Override
		public synchronized void onClose(Status status, Metadata trailers) {
			GrpcProxy.this.streams.remove(this);
			if (!this.ended) {
				this.ended = true;
				this.downstream.close(status, trailers);
			}
		}

		private final class Requests extends ServerCall.Listener<byte[]> {

			private final Executor later;

			private final boolean delayed;

			private byte @Nullable [] kept;

			private Requests(Executor later, boolean delayed) {
				this.later = later;
				this.delayed = delayed;
			}

			@Override
			public void onMessage(byte[] message) {
				if (this.delayed) {
					this.kept = message;
				}
				else {
					send(() -> ProxiedCall.this.upstreamCall.sendMessage(message));
				}
				ProxiedCall.this.downstream.request(1);
			}

			@Override
			public void onHalfClose() {
				byte[] kept = this.kept;
				if (kept == null) {
					send(ProxiedCall.this.upstreamCall::halfClose);
					return;
				}
				this.later.execute(() -> send(() -> {
					ProxiedCall.this.upstreamCall.sendMessage(kept);
					ProxiedCall.this.upstreamCall.halfClose();
				}));
			}

			private void send(Runnable task) {
				synchronized (ProxiedCall.this) {
					if (!ProxiedCall.this.ended) {
						task.run();
					}
				}
			}

			@Override
			public void onCancel() {
				GrpcProxy.this.streams.remove(ProxiedCall.this);
				synchronized (ProxiedCall.this) {
					ProxiedCall.this.ended = true;
				}
				ProxiedCall.this.upstreamCall.cancel("cancelled", null);
			}

		}

	}

	/**
	 * Makes the responses that are passed on.
	 */
	interface Rewriting {

		/**
		 * Rewrite a response.
		 * @param method the full name of the method
		 * @param call which of the calls of this method it belongs to, from 1
		 * @param message what etcd says
		 * @return what is passed on
		 */
		List<byte[]> rewrite(String method, int call, byte[] message);

	}

	private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

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
				throw new UncheckedIOException(ex);
			}
		}

	}

}
