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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Observers;
import io.github.etcdrelation.client.EtcdClientBuilderCustomizer;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.WithLocalEtcd;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.failure;
import static io.github.etcdrelation.RelationTester.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Callbacks of the application that block or throw.
 */
@WithLocalEtcd
@Execution(ExecutionMode.CONCURRENT)
class CallbackTests {

	private static final int BLOCKING = 16;

	private final LocalEtcd etcd;

	CallbackTests(LocalEtcd etcd) {
		this.etcd = etcd;
	}

	@Test
	void listenersThatBlockDelayNobodyElse() throws Exception {
		try (GrpcProxy proxy = new GrpcProxy(this.etcd.getMember(0).getHost(), this.etcd.getMember(0).getPort())) {
			CountDownLatch blocked = new CountDownLatch(BLOCKING);
			CountDownLatch release = new CountDownLatch(1);
			RelationTester.runner()
				.withPropertyValues("etcd.relation.connection-string=" + proxy.getConnectionString(),
						"etcd.relation.client.request-timeout=8s")
				.run((context) -> {
					Client client = context.getBean(Client.class);
					KV kv = client.getKVClient();
					try {
						for (int i = 0; i < BLOCKING; i++) {
							watch(client, "blocking", Watch.listener((response) -> {
								blocked.countDown();
								await(release);
							}));
						}
						RecordingListener listener = new RecordingListener();
						watch(client, "blocking", listener);
						long revision = put(kv, "blocking");
						assertThat(blocked.await(10, TimeUnit.SECONDS)).as("all listeners run").isTrue();
						listener.assertSaw(List.of(revision));
						get(kv.get(bytes("blocking")));
						// Deadlines are kept as well
						proxy.refuse((method, headers) -> method.endsWith("KV/Put") ? GrpcProxy.SILENCE : null);
						assertThat(Status.fromThrowable(failure(kv.put(bytes("blocking"), bytes("")))).getCode())
							.isEqualTo(Status.Code.DEADLINE_EXCEEDED);
						assertThat(release.getCount()).isOne();
					}
					finally {
						release.countDown();
					}
				});
		}
	}

	@Test
	void callsThatCallbacksWaitForSucceed() {
		RelationTester.runner(this.etcd).run((context) -> {
			KV kv = context.getBean(Client.class).getKVClient();
			List<CompletableFuture<GetResponse>> nested = new ArrayList<>();
			for (int i = 0; i < 1000; i++) {
				nested.add(kv.get(bytes("key")).thenApply((response) -> kv.get(bytes("key")).join()));
			}
			List<Throwable> failures = new ArrayList<>();
			for (CompletableFuture<GetResponse> outer : nested) {
				try {
					get(outer);
				}
				catch (Exception ex) {
					failures.add(ex);
				}
			}
			assertThat(failures).isEmpty();
		});
	}

	@ParameterizedTest
	@EnumSource(Callback.class)
	void interceptorThatThrowsFailsItsCallAlone(Callback callback) {
		ThrowingInterceptor interceptor = new ThrowingInterceptor(callback);
		RelationTester.runner(this.etcd)
			.withBean(EtcdClientBuilderCustomizer.class, () -> (builder) -> builder.interceptor(interceptor))
			.run((context) -> {
				Client client = context.getBean(Client.class);
				KV kv = client.getKVClient();
				RecordingListener listener = new RecordingListener();
				watch(client, "thrown", listener);
				List<Long> revisions = new ArrayList<>();
				revisions.add(put(kv, "thrown"));
				listener.assertSaw(revisions);
				interceptor.throwing = true;
				CompletableFuture<GetResponse> read = kv.get(bytes("thrown"));
				// However it ends, as long as it does
				get(read.handle((response, failure) -> true));
				interceptor.throwing = false;
				revisions.add(put(kv, "thrown"));
				listener.assertSaw(revisions);
			});
	}

	@Test
	void leaseObserverThatThrowsHarmsItselfAlone() {
		RelationTester.runner(this.etcd).run((context) -> {
			Client client = context.getBean(Client.class);
			long first = get(client.getLeaseClient().grant(3)).getID();
			long second = get(client.getLeaseClient().grant(3)).getID();
			AtomicInteger thrown = new AtomicInteger();
			List<LeaseKeepAliveResponse> renewals = new CopyOnWriteArrayList<>();
			List<Object> ends = new CopyOnWriteArrayList<>();
			try (CloseableClient throwing = client.getLeaseClient()
				.keepAlive(first, Observers.<LeaseKeepAliveResponse>builder().onNext((response) -> {
					thrown.incrementAndGet();
					throw new IllegalStateException("thrown by the observer");
				}).build());
					CloseableClient keepAlive = client.getLeaseClient()
						.keepAlive(second,
								Observers.<LeaseKeepAliveResponse>builder()
									.onNext(renewals::add)
									.onError(ends::add)
									.onCompleted(() -> ends.add("completed"))
									.build())) {
				Awaitility.await()
					.dontCatchUncaughtExceptions()
					.atMost(Duration.ofSeconds(15))
					.until(() -> (thrown.get() > 0 && renewals.size() > 4) || !ends.isEmpty());
				assertThat(ends).isEmpty();
			}
		});
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await(60, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static void watch(Client client, String key, Watch.Listener listener) throws Exception {
		long revision = get(client.getKVClient().get(bytes(key))).getHeader().getRevision();
		client.getWatchClient().watch(bytes(key), WatchOption.builder().withRevision(revision + 1).build(), listener);
	}

	private static long put(KV kv, String key) throws Exception {
		return get(kv.put(bytes(key), bytes("value"))).getHeader().getRevision();
	}

	/**
	 * What throws.
	 */
	enum Callback {

		START, HEADERS, MESSAGE, CLOSE

	}

	/**
	 * Throws in a callback of the calls for one response that begin while it is to.
	 */
	private static final class ThrowingInterceptor implements ClientInterceptor {

		private final Callback callback;

		private volatile boolean throwing;

		private ThrowingInterceptor(Callback callback) {
			this.callback = callback;
		}

		@Override
		public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(MethodDescriptor<ReqT, RespT> method,
				CallOptions options, Channel next) {
			ClientCall<ReqT, RespT> call = next.newCall(method, options);
			return this.throwing ? new ThrowingCall<>(call) : call;
		}

		private void run(Callback callback) {
			if (callback == this.callback) {
				throw new IllegalStateException("thrown by the interceptor");
			}
		}

		private final class ThrowingCall<ReqT, RespT> extends SimpleForwardingClientCall<ReqT, RespT> {

			private ThrowingCall(ClientCall<ReqT, RespT> delegate) {
				super(delegate);
			}

			@Override
			public void start(Listener<RespT> listener, Metadata headers) {
				run(Callback.START);
				super.start(new SimpleForwardingClientCallListener<>(listener) {

					@Override
					public void onHeaders(Metadata headers) {
						run(Callback.HEADERS);
						super.onHeaders(headers);
					}

					@Override
					public void onMessage(RespT message) {
						run(Callback.MESSAGE);
						super.onMessage(message);
					}

					@Override
					public void onClose(Status status, @Nullable Metadata trailers) {
						super.onClose(status, trailers);
						run(Callback.CLOSE);
					}

				}, headers);
			}

		}

	}

}
