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

package io.github.etcdrelation.internal.client;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.WatchGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;
import org.slf4j.MDC;

import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ContextPropagation} and {@link ContextInterceptor}.
 */
class ContextPropagationTests {

	@AfterEach
	void clear() {
		MDC.clear();
	}

	@Test
	void withoutTheLibraryNothingIsAdded() throws Exception {
		// Neither context-propagation nor what uses it could be loaded
		URL[] libraries = Stream.of(ContextPropagation.class, ClassUtils.class, ClientInterceptor.class)
			.map((type) -> type.getProtectionDomain().getCodeSource().getLocation())
			.toArray(URL[]::new);
		try (URLClassLoader loader = new URLClassLoader(libraries, ClassLoader.getPlatformClassLoader())) {
			Class<?> type = loader.loadClass(ContextPropagation.class.getName());
			List<Object> interceptors = new ArrayList<>();
			var addTo = type.getDeclaredMethod("addTo", List.class);
			addTo.setAccessible(true);
			addTo.invoke(null, interceptors);
			assertThat(interceptors).isEmpty();
			var wrap = type.getDeclaredMethod("wrap", Runnable.class);
			wrap.setAccessible(true);
			Runnable task = () -> {
			};
			assertThat(wrap.invoke(null, task)).isSameAs(task);
		}
	}

	@Test
	void interceptorOfTheContextIsTheOutermost() {
		List<ClientInterceptor> interceptors = new ArrayList<>();
		interceptors.add(Mockito.mock(ClientInterceptor.class));
		ContextPropagation.addTo(interceptors);
		assertThat(interceptors).hasSize(2).last().isInstanceOf(ContextInterceptor.class);
	}

	@Test
	void callWithoutContextIsNotWrapped() {
		assertWrapped(KVGrpc.getPutMethod(), false);
		assertWrapped(WatchGrpc.getWatchMethod(), false);
		assertWrapped(LeaseGrpc.getLeaseKeepAliveMethod(), false);
		// Logback has a map from now on, which is empty
		MDC.put("key", "value");
		MDC.remove("key");
		assertWrapped(KVGrpc.getPutMethod(), false);
	}

	@Test
	void callWithContextIsWrapped() {
		MDC.put("key", "value");
		assertWrapped(KVGrpc.getPutMethod(), true);
		assertWrapped(WatchGrpc.getWatchMethod(), true);
		assertWrapped(LeaseGrpc.getLeaseKeepAliveMethod(), true);
	}

	@Test
	void threadHasItsOwnContextAfterCallback() {
		MDC.put("key", "caller");
		Runnable task = ContextPropagation.wrap(() -> {
			assertThat(MDC.getCopyOfContextMap()).containsExactly(Map.entry("key", "caller"));
			MDC.put("stray", "callback");
			throw new IllegalStateException("Thrown by the callback");
		});
		MDC.clear();
		MDC.put("other", "thread");
		try {
			task.run();
		}
		catch (IllegalStateException ex) {
			assertThat(ex).hasMessage("Thrown by the callback");
		}
		assertThat(MDC.getCopyOfContextMap()).containsExactly(Map.entry("other", "thread"));
	}

	private static <ReqT, RespT> void assertWrapped(MethodDescriptor<ReqT, RespT> method, boolean wrapped) {
		@SuppressWarnings("unchecked")
		ClientCall<ReqT, RespT> call = Mockito.mock(ClientCall.class);
		Channel channel = Mockito.mock(Channel.class);
		Mockito.when(channel.newCall(method, CallOptions.DEFAULT)).thenReturn(call);
		ClientCall<ReqT, RespT> intercepted = new ContextInterceptor().interceptCall(method, CallOptions.DEFAULT,
				channel);
		assertThat(intercepted != call).isEqualTo(wrapped);
	}

}
