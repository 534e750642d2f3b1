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

package io.github.etcdrelation.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the property that chose a load balancing policy.
 */
@ExtendWith(OutputCaptureExtension.class)
class LoadBalancingPolicyTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(EtcdRelationAutoConfiguration.class))
		.withPropertyValues("etcd.relation.connection-string=http://127.0.0.1:2379");

	@Test
	void policyHasNoEffectAndTheLogSaysSoAtStart(CapturedOutput output) {
		this.runner.withPropertyValues("etcd.relation.client.load-balancing-policy=round_robin").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).contains("WARN")
				.contains("Property 'etcd.relation.client.load-balancing-policy' has no effect and can be removed");
		});
	}

	@Test
	void nothingIsSaidWithoutPolicy(CapturedOutput output) {
		this.runner.run((context) -> assertThat(output).doesNotContain("load-balancing-policy"));
	}

}
