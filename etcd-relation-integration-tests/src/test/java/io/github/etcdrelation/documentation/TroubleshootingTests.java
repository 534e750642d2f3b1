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

package io.github.etcdrelation.documentation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that every text of the starter is explained.
 */
class TroubleshootingTests {

	private static final String PAGE = "docs/troubleshooting.md";

	private static final Map<String, String> AREAS = Map.of("autoconfigure", "Properties", "channel",
			"Endpoints and SSL bundles", "client", "Data that a client cannot use", "config", "Configuration in etcd",
			"juju", "Juju", "provider", "Provider", "source", "Directories", "state", "Relation", "tls",
			"Certificates and keys");

	/**
	 * Classes whose texts nobody looks up, with the reason.
	 */
	private static final Map<String, String> CLASSES = Map.ofEntries(
			Map.entry("PemLabel", "names of PEM blocks, parts of a text"),
			Map.entry("DataDescription", "what is in use, after the words that are explained"),
			Map.entry("EtcdRelationMetrics", "descriptions of meters"),
			Map.entry("OnRelationCondition", "report of conditions"),
			Map.entry("OnProviderCondition", "report of conditions"),
			Map.entry("FurtherRelationsRegistrar", "descriptions of beans"),
			Map.entry("Refusal", "words of etcd that are compared with"),
			Map.entry("StoreRevision", "words of etcd that are compared with"),
			Map.entry("MemberProbe", "words of etcd, and those of Connection and Member"),
			Map.entry("BrokenConnection", "words of gRPC that are compared with"),
			Map.entry("FailureReason", "words of gRPC that are compared with"),
			Map.entry("QueueSteps", "reason that nobody hears"), Map.entry("StreamLife", "reason that nobody hears"),
			Map.entry("ClientScheduler", "wrong use inside the starter"),
			Map.entry("ClientKeyManager", "wrong use inside the starter"),
			Map.entry("ServerTrustManager", "wrong use inside the starter"),
			Map.entry("ChannelTarget", "wrong use inside the starter"),
			Map.entry("PublicKeyMatcher", "words of the JDK that are compared with"),
			Map.entry("CommonName", "cannot happen"), Map.entry("ProviderParts", "names of parts"));

	/**
	 * Texts that nobody looks up, with the reason.
	 */
	private static final Map<String, String> TEXTS = Map.ofEntries(Map.entry("fatal alert: (\\w+)", "is compared with"),
			Map.entry("not SETTINGS. Hex dump for first 5 bytes: (\\w*)", "is compared with"),
			Map.entry("A certificate that was read cannot be digested", "cannot happen"),
			Map.entry("A certificate that was read cannot be encoded", "cannot happen"),
			Map.entry("This Java runtime cannot read X.509 certificates", "cannot happen"),
			Map.entry("Curve not supported", "words of the JDK"), Map.entry("Every JDK has SHA-256", "cannot happen"),
			Map.entry("A stream carries one watch", "use of gRPC"),
			Map.entry("Failed to wait", "name of a failure that has its own text"),
			Map.entry("etcdserver: authentication is not enabled", "words of etcd"),
			Map.entry("etcdserver: mvcc: database space exceeded", "words of etcd"),
			Map.entry("etcdserver: user name is empty", "words of etcd"),
			Map.entry("etcdserver: permission denied", "words of etcd"),
			Map.entry("gRPC message exceeds maximum size", "is compared with"),
			Map.entry("A stream failed", "fault of the starter, with its stack trace"),
			Map.entry("Interrupted while waiting for the refresh", "the thread was interrupted"),
			Map.entry("The application is closed", "the context is closed"),
			Map.entry("A wait was interrupted that cannot be", "cannot happen"),
			Map.entry("A wait without limit has ended", "cannot happen"),
			Map.entry("'session' must not be null", "argument"), Map.entry("'client' must not be null", "argument"),
			Map.entry("'candidate' must not be null", "argument"),
			Map.entry("'timeToLive' must not be null", "argument"), Map.entry("'prefix' must not be empty", "argument"),
			Map.entry("'key' must not be null", "argument"), Map.entry("'cert' must not be null", "argument"),
			Map.entry("'ca' must not be null", "argument"));

	private static final SourceTexts source = new SourceTexts(
			new SourceFiles(SourceFiles.STARTER, SourceFiles.CONFIG, SourceFiles.INTEGRATION));

	@Test
	void tablesOfRefusedData() {
		StringBuilder content = new StringBuilder("\n");
		String area = "";
		for (SourceTexts.Pair pair : source.pairs()) {
			if (!pair.area().equals(area)) {
				area = pair.area();
				assertThat(AREAS).containsKey(area);
				content.append((content.length() > 1) ? "\n" : "")
					.append("### ")
					.append(AREAS.get(area))
					.append("\n\n| Text | What to do |\n|---|---|\n");
			}
			content.append("| `%s` | %s |%n".formatted(cell(pair.reason()), cell(pair.remedy()).replace("<", "\\<")));
		}
		assertThat(source.pairs()).hasSizeGreaterThan(70);
		new GeneratedPart(PAGE, "refused data").verify(content.append('\n').toString());
	}

	private static String cell(String text) {
		return text.replace("|", "\\|").replace("\n", " ");
	}

	@Test
	void allOtherTextsAreExplained() {
		String page = normalize(Markdown.read(PAGE).prose());
		List<String> missing = new ArrayList<>();
		for (SourceTexts.Text text : source.texts()) {
			boolean excluded = CLASSES.containsKey(text.type()) || TEXTS.containsKey(text.text())
					|| isNoSentence(text.text());
			if (!excluded && !text.fragments().stream().allMatch((fragment) -> page.contains(normalize(fragment)))) {
				missing.add(text.type() + ": " + text.text());
			}
		}
		assertThat(source.texts()).hasSizeGreaterThan(200);
		assertThat(missing).as("texts that %s does not explain", PAGE).isEmpty();
	}

	/**
	 * What {@code toString()} of a value object gives, patterns and JSON.
	 */
	private static boolean isNoSentence(String text) {
		return text.matches("(?s)\\w+\\[\\w+=.*|\\[\".*|\\^.*|.*[^ ]\\|[^ ].*");
	}

	@Test
	void exclusionsAreUsed() {
		List<String> types = source.texts().stream().map(SourceTexts.Text::type).distinct().toList();
		List<String> texts = source.texts().stream().map(SourceTexts.Text::text).toList();
		assertThat(CLASSES.keySet()).isSubsetOf(types);
		assertThat(TEXTS.keySet()).isSubsetOf(texts);
	}

	@Test
	void textThatIsNotThereIsFound() {
		SourceTexts.Text text = new SourceTexts.Text("Some", "…: a text that … nobody wrote yet");
		assertThat(text.fragments()).containsExactly("a text that", "nobody wrote yet");
		String page = normalize(Markdown.read(PAGE).prose());
		assertThat(Stream.of("a text that nobody wrote yet").map(TroubleshootingTests::normalize))
			.noneMatch(page::contains);
	}

	private static String normalize(String text) {
		return text.replace("`", "").replaceAll("\\\\([<>|*_])", "$1").replaceAll("\\s+", " ").strip();
	}

}
