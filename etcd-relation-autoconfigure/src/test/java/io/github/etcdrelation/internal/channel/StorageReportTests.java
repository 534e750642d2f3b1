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

import com.google.protobuf.UnknownFieldSet;
import io.etcd.jetcd.api.StatusResponse;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

/**
 * Tests for {@link StorageReport}.
 */
class StorageReportTests {

	@Test
	void alarmsAreAmongTheErrors() {
		StatusResponse response = StatusResponse.newBuilder()
			.addErrors("etcdserver: no leader")
			.addErrors("memberID:10276657743932975437 alarm:NOSPACE ")
			.addErrors("memberID:10276657743932975437  alarm:CORRUPT")
			.addErrors("memberID:7 alarm:NOSPACE ")
			.build();
		assertThat(StorageReport.getAlarms(response)).containsExactly(entry("7", "NOSPACE"),
				entry("8e9e05c52164694d", "NOSPACE, CORRUPT"));
		assertThat(StorageReport.getAlarms(StatusResponse.getDefaultInstance())).isEmpty();
	}

	@Test
	void idsThatNoMemberHasDoNoHarm() {
		StatusResponse response = StatusResponse.newBuilder()
			.addErrors("memberID:99999999999999999999 alarm:NOSPACE")
			.addErrors("memberID:" + "9".repeat(1000) + " alarm:NOSPACE")
			.build();
		assertThat(StorageReport.getAlarms(response)).containsExactly(entry("6bc75e2d630fffff", "NOSPACE"));
	}

	@Test
	void quotaIsAnUnknownField() {
		assertThat(StorageReport.getQuota(StatusResponse.getDefaultInstance())).isNull();
		UnknownFieldSet fields = UnknownFieldSet.newBuilder()
			.addField(12, UnknownFieldSet.Field.newBuilder().addVarint(2147483648L).build())
			.build();
		assertThat(StorageReport.getQuota(StatusResponse.newBuilder().setUnknownFields(fields).build()))
			.isEqualTo(2147483648L);
	}

}
