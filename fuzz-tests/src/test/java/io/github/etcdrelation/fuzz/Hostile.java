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

package io.github.etcdrelation.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

import io.github.etcdrelation.InvalidRelationDataException;
import org.jspecify.annotations.Nullable;

/**
 * What all targets have in common: how input becomes text, which errors it may cause and
 * what they must not show.
 */
public final class Hostile {

	/**
	 * Looks like the content of a key, and stands for whatever must not be shown.
	 */
	public static final String SECRET = "c2VjcmV0bWFya2VydGhhdG5vYm9keW1heXNlZTEy";

	private static final String SEPARATOR = "\n%%\n";

	private Hostile() {
	}

	/**
	 * Return the text of an input, in which the secret is only where it is put later.
	 */
	public static String text(byte[] input) {
		String text = new String(input, StandardCharsets.UTF_8);
		while (text.contains(SECRET)) {
			text = text.replace(SECRET, "");
		}
		return text;
	}

	/**
	 * Return the parts of an input, which lines of two percent signs separate.
	 */
	public static List<String> parts(byte[] input) {
		return List.of(text(input).split(SEPARATOR, -1));
	}

	/**
	 * Return the text with the secret somewhere within it, always at the same place.
	 */
	public static String withSecret(String text) {
		int at = Math.floorMod(text.hashCode(), text.length() + 1);
		return text.substring(0, at) + SECRET + text.substring(at);
	}

	/**
	 * Use hostile input.
	 * @param use what to do with it
	 * @param secrets what else must not be shown
	 * @return whether it was accepted, not refused as documented
	 */
	public static boolean accepts(Use use, String... secrets) {
		try {
			use.run();
			return true;
		}
		catch (InvalidRelationDataException ex) {
			requireSilent(ex, secrets);
			return false;
		}
		catch (RuntimeException | Error ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new AssertionError("No error that is documented", ex);
		}
	}

	/**
	 * Fail if an error, its causes or what it suppressed show a secret.
	 */
	public static void requireSilent(Throwable failure, String... secrets) {
		Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		List<Throwable> left = new ArrayList<>(List.of(failure));
		while (!left.isEmpty()) {
			Throwable next = left.remove(left.size() - 1);
			if (seen.add(next)) {
				requireSilent(String.valueOf(next), secrets);
				if (next.getCause() != null) {
					left.add(next.getCause());
				}
				left.addAll(List.of(next.getSuppressed()));
			}
		}
	}

	/**
	 * Fail if a text shows a secret.
	 */
	public static void requireSilent(@Nullable String text, String... secrets) {
		if (text == null) {
			return;
		}
		require(!text.contains(SECRET), "A text shows the secret");
		for (String secret : secrets) {
			require(secret.isEmpty() || !text.contains(secret), "A text shows a secret that was given");
		}
	}

	/**
	 * Fail if a condition is not met.
	 */
	public static void require(boolean condition, String otherwise) {
		if (!condition) {
			throw new AssertionError(otherwise);
		}
	}

	/**
	 * What is done with input.
	 */
	@FunctionalInterface
	public interface Use {

		void run() throws Exception;

	}

}
