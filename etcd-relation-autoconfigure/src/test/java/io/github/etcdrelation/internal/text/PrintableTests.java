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

package io.github.etcdrelation.internal.text;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Printable}.
 */
class PrintableTests {

	@ParameterizedTest
	@CsvSource(textBlock = """
			000A, \\u000a
			000D, \\u000d
			0009, \\u0009
			0000, \\u0000
			001B, \\u001b
			007F, \\u007f
			009B, \\u009b
			0085, \\u0085
			2028, \\u2028
			2029, \\u2029
			202E, \\u202e
			FEFF, \\ufeff
			FFFD, \\ufffd
			E0041, \\ue0041
			""")
	void characterThatCannotBeSeenHasItsCodeInItsPlace(String codePoint, String shown) {
		String character = Character.toString(Integer.parseInt(codePoint, 16));
		assertThat(Printable.of("a" + character + "b")).isEqualTo("a" + shown + "b");
	}

	@Test
	void textThatCanBeSeenIsTheSame() {
		String text = "C:\\etc\\ $1 'é😀', ⚑ \u00a0 100 %";
		assertThat(Printable.of(text)).isEqualTo(text);
		assertThat(Printable.of(Printable.of("a\nb"))).isEqualTo("a\\u000ab");
	}

	@Test
	void pathIsShownAsWell() {
		assertThat(Printable.of(Path.of("a\nb"))).isEqualTo("a\\u000ab");
	}

	@Test
	void longTextEndsWithDots() {
		assertThat(Printable.of("a\nbc", 7)).isEqualTo("a\\u000a...");
		assertThat(Printable.of("a\nb", 8)).isEqualTo("a\\u000ab");
	}

}
