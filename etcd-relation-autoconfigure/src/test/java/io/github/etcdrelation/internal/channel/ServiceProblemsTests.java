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

import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ServiceProblems}.
 */
@ExtendWith(OutputCaptureExtension.class)
class ServiceProblemsTests {

	private final ServiceProblems problems = new ServiceProblems("Relation 'etcd'");

	@Test
	void wordsOfEtcdStayOnTheirLine(CapturedOutput output) {
		this.problems.ended(Status.RESOURCE_EXHAUSTED.withDescription(DeniedRequest.NO_SPACE + "\nERROR \u001b[31m"),
				true);
		assertThat(this.problems.get()).isEqualTo(DeniedRequest.NO_SPACE + "\\u000aERROR \\u001b[31m");
		assertThat(output).contains(this.problems.get()).doesNotContain("\u001b");
		this.problems.userRefused("refused\rERROR");
		assertThat(output).contains("Relation 'etcd': refused\\u000dERROR");
	}

}
