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

package io.github.etcdrelation.internal.metrics;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationConvention;
import io.micrometer.core.instrument.binder.grpc.MetricCollectingClientInterceptor;
import io.micrometer.core.instrument.binder.grpc.ObservationGrpcClientInterceptor;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Measures the calls of one client with Micrometer's interceptors, each call with one of
 * them. Unary calls are observed if there is an observation registry. Streams are only
 * counted: the observation of one would last as long as the application and collect an
 * event for each message.
 */
public final class CallInstrumentation implements ClientInterceptor {

	private final @Nullable ClientInterceptor single;

	private final @Nullable ClientInterceptor streams;

	/**
	 * Create a new instance.
	 * @param relationName the name of the relation, for the tag
	 * @param meters the meter registry or {@code null}
	 * @param observations the observation registry or {@code null}
	 * @param convention names and tags of observations or {@code null} for the default
	 */
	public CallInstrumentation(String relationName, @Nullable MeterRegistry meters,
			@Nullable ObservationRegistry observations, @Nullable GrpcClientObservationConvention convention) {
		this.streams = (meters != null) ? counting(relationName, meters) : null;
		this.single = (observations != null && !observations.isNoop())
				? observing(observations, (convention != null) ? convention : new RelationConvention(relationName))
				: this.streams;
	}

	private static ClientInterceptor counting(String relationName, MeterRegistry meters) {
		return new MetricCollectingClientInterceptor(meters,
				(counter) -> counter.tag(EtcdRelationMetrics.RELATION, relationName),
				(timer) -> timer.tag(EtcdRelationMetrics.RELATION, relationName));
	}

	private static ClientInterceptor observing(ObservationRegistry observations,
			GrpcClientObservationConvention convention) {
		ObservationGrpcClientInterceptor interceptor = new ObservationGrpcClientInterceptor(observations);
		interceptor.setCustomConvention(convention);
		return interceptor;
	}

	@Override
	public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(MethodDescriptor<ReqT, RespT> method,
			CallOptions options, Channel next) {
		ClientInterceptor interceptor = (method.getType() == MethodType.UNARY) ? this.single : this.streams;
		return (interceptor != null) ? interceptor.interceptCall(method, options, next) : next.newCall(method, options);
	}

}
