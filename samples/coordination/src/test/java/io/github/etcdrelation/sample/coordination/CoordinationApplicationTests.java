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

package io.github.etcdrelation.sample.coordination;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CoordinationApplication} and its launcher.
 */
@ExtendWith(OutputCaptureExtension.class)
class CoordinationApplicationTests {

	private static final Pattern WROTE = Pattern.compile("wrote    invoice (\\d+) by (\\w+) with token (\\d+)");

	@Test
	void secondInstanceGoesOnWhereTheFirstEnded(CapturedOutput output) throws Exception {
		// No leadership is lost on a machine that is slow, and none has to time out
		TestCoordinationApplication
			.main(new String[] { "--coordination.interval=100ms", "--etcd.integration.time-to-live=30s" });
		assertThat(output.getOut()).containsSubsequence("granted  first leads", "wrote    invoice 1 by first",
				"wrote    invoice 3 by first", "revoked  first does not lead any more", "granted  second leads",
				" by second with token ", "refused  Token ");
		List<MatchResult> written = WROTE.matcher(output.getOut()).results().toList();
		assertThat(written).extracting((invoice) -> Long.parseLong(invoice.group(1)))
			.containsExactlyElementsOf(LongStream.rangeClosed(1, written.size()).boxed().toList());
		assertThat(written).extracting((invoice) -> Long.parseLong(invoice.group(3)))
			.isSorted()
			.doesNotHaveDuplicates();
		assertThat(written.stream().map((invoice) -> invoice.group(2)).distinct()).containsExactly("first", "second");
	}

}
