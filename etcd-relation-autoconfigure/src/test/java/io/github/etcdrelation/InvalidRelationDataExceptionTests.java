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

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link InvalidRelationDataException}.
 */
class InvalidRelationDataExceptionTests {

	@Test
	void controlCharactersAreReplaced() {
		InvalidRelationDataException failure = new InvalidRelationDataException("item\u0000", "has a file a\nWARN b",
				"Remove \u001b[31m");
		assertThat(failure).hasMessage("item\\u0000 has a file a\\u000aWARN b. Remove \\u001b[31m");
		assertThat(failure.getItem()).isEqualTo("item\\u0000");
		assertThat(failure.getReason()).isEqualTo("has a file a\\u000aWARN b");
		assertThat(failure.getRemedy()).isEqualTo("Remove \\u001b[31m");
	}

	@Test
	void remedyMayBeMissing() {
		InvalidRelationDataException failure = new InvalidRelationDataException("item", "is wrong", null);
		assertThat(failure).hasMessage("item is wrong");
		assertThat(failure.getRemedy()).isNull();
	}

}
