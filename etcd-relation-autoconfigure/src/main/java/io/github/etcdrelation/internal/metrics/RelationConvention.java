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

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.binder.grpc.DefaultGrpcClientObservationConvention;
import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationContext;
import io.micrometer.core.instrument.binder.grpc.GrpcObservationDocumentation.LowCardinalityKeyNames;

/**
 * Micrometer's convention with the name of the relation. The member is not chosen yet
 * when a call is observed, so it names none. A call that is running has no status yet.
 */
final class RelationConvention extends DefaultGrpcClientObservationConvention {

	private static final KeyValue NO_STATUS = LowCardinalityKeyNames.STATUS_CODE.withValue(KeyValue.NONE_VALUE);

	private final KeyValues relation;

	RelationConvention(String relationName) {
		this.relation = KeyValues.of(KeyValue.of(EtcdRelationMetrics.RELATION, relationName),
				LowCardinalityKeyNames.PEER_NAME.withValue(KeyValue.NONE_VALUE),
				LowCardinalityKeyNames.PEER_PORT.withValue(KeyValue.NONE_VALUE));
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(GrpcClientObservationContext context) {
		KeyValues keyValues = super.getLowCardinalityKeyValues(context).and(this.relation);
		// The default is UNKNOWN, which is a status of calls that failed
		return (context.getStatusCode() != null) ? keyValues : keyValues.and(NO_STATUS);
	}

}
