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

package io.github.etcdrelation.sample.configuration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConfigurationApplication} and its launcher.
 */
@ExtendWith(OutputCaptureExtension.class)
class ConfigurationApplicationTests {

	@Test
	void pricesFollowEtcd(CapturedOutput output) {
		TestConfigurationApplication.main(new String[0]);
		assertThat(output.getOut()).containsSubsequence(
				"start    pricing.currency = EUR from etcd key \"/config/orders/pricing.yaml\" at revision 2",
				"start    pricing.discount = 5 from etcd key \"/config/orders/pricing.yaml\" at revision 2",
				"changed  pricing.discount = 10 from etcd key \"/config/orders/pricing/discount\" at revision 3",
				"changed  pricing.currency = SEK from etcd key \"/config/orders/pricing.yaml\" at revision 4",
				"changed  pricing.discount = 20 from etcd key \"/config/orders/pricing/discount\" at revision 4",
				"refused  revision 5, Pricing[currency=SEK, discount=20] stays: ",
				"changed  pricing.discount = 5 from etcd key \"/config/orders/pricing.yaml\" at revision 4");
	}

}
