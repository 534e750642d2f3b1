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

package io.github.etcdrelation.internal.tls;

import java.util.ArrayList;
import java.util.List;

import io.github.etcdrelation.InvalidRelationDataException;

/**
 * Finds the blocks of PEM text, whatever became of its line ends and blanks: they may be
 * missing, or escaped as in JSON. Text around the blocks is ignored. Takes linear time.
 */
final class PemReader {

	private static final String HYPHENS = "-----";

	private static final int MAX_LABEL_LENGTH = 64;

	// All public authorities together are a few hundred, and below one million characters
	private static final int MAX_LENGTH = 4 * 1024 * 1024;

	private static final int MAX_BLOCKS = 2000;

	private final String item;

	private final String text;

	private final List<PemBlock> blocks = new ArrayList<>();

	private PemReader(String item, String text) {
		this.item = item;
		this.text = text;
	}

	/**
	 * Find the blocks of a text; their content is not decoded yet.
	 * @param item what the text is given as, for errors
	 * @param text the text
	 * @return the blocks, at least one
	 * @throws InvalidRelationDataException if the text is no PEM, or one of its blocks
	 * has no end or no begin
	 */
	static List<PemBlock> read(String item, String text) {
		if (text.isBlank()) {
			throw new InvalidRelationDataException(item, "is empty", CredentialFormat.UNKNOWN.getRemedy());
		}
		if (text.length() > MAX_LENGTH) {
			throw new InvalidRelationDataException(item, "is longer than %d characters".formatted(MAX_LENGTH),
					CredentialFormat.UNKNOWN.getRemedy());
		}
		CredentialFormat format = CredentialFormat.of(text);
		if (format != CredentialFormat.PEM) {
			String description = format.getDescription();
			throw new InvalidRelationDataException(item,
					"is not PEM" + ((description != null) ? ", but " + description : ""), format.getRemedy());
		}
		return new PemReader(item, text).read();
	}

	private List<PemBlock> read() {
		int at = this.text.indexOf(HYPHENS);
		while (at >= 0) {
			int word = skipHyphens(at);
			if (this.text.startsWith("BEGIN", word)) {
				word = addBlock(at, word + "BEGIN".length());
			}
			else if (this.text.startsWith("END", word)
					&& PemLabel.of(label(word + "END".length())) != PemLabel.UNKNOWN) {
				throw new InvalidRelationDataException(this.item,
						"has an END in line %d without a BEGIN before it".formatted(line(at)),
						"Give the text from its -----BEGIN on");
			}
			at = this.text.indexOf(HYPHENS, word);
		}
		if (this.blocks.isEmpty()) {
			throw new InvalidRelationDataException(this.item, "is not PEM", CredentialFormat.UNKNOWN.getRemedy());
		}
		return this.blocks;
	}

	private int addBlock(int begin, int afterBegin) {
		int number = this.blocks.size() + 1;
		if (number > MAX_BLOCKS) {
			throw new InvalidRelationDataException(this.item, "has more than %d blocks".formatted(MAX_BLOCKS),
					"Give only the certificates and the key that are needed");
		}
		String label = label(afterBegin);
		int labelEnd = this.text.indexOf('-', afterBegin);
		if (labelEnd < 0 || labelEnd - afterBegin > MAX_LABEL_LENGTH || label.isEmpty()) {
			throw new InvalidRelationDataException(this.item,
					"cannot be read: block %d has a BEGIN in line %d without five hyphens after its label"
						.formatted(number, line(begin)),
					"Copy it anew: each line of BEGIN and END begins and ends with five hyphens (-----)");
		}
		int start = skipHyphens(labelEnd);
		int end = start;
		int word = start;
		do {
			end = this.text.indexOf(HYPHENS, word);
			word = (end >= 0) ? skipHyphens(end) : this.text.length();
		}
		while (end >= 0 && !this.text.startsWith("END", word) && !this.text.startsWith("BEGIN", word));
		PemBlock block = new PemBlock(this.item, this.text, PemLabel.of(label), number, begin, start,
				(end >= 0) ? end : this.text.length());
		if (end < 0 || this.text.startsWith("BEGIN", word)) {
			throw block.refused("has no END", "Give it whole, up to its -----END %s-----"
				.formatted((block.label() != PemLabel.UNKNOWN) ? block.label() : "..."));
		}
		checkLabels(block, label, label(word + "END".length()));
		this.blocks.add(block);
		return word;
	}

	private void checkLabels(PemBlock block, String begin, String end) {
		if (!begin.equals(end)) {
			PemLabel other = PemLabel.of(end);
			throw block.refused(
					"ends with END of %s".formatted((other != PemLabel.UNKNOWN) ? other : "another, unknown label"),
					"Look for lines that are missing between them, and let the labels agree");
		}
		if (block.label() == PemLabel.UNKNOWN && (begin.contains("CERT") || begin.contains("KEY"))) {
			throw block.refused("is neither known as a certificate nor as a key",
					"Use the labels CERTIFICATE, PRIVATE KEY, ENCRYPTED PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY");
		}
	}

	private String label(int start) {
		int limit = Math.min(this.text.length(), start + MAX_LABEL_LENGTH);
		int end = start;
		while (end < limit && this.text.charAt(end) != '-') {
			end++;
		}
		return PemLabel.squeeze(this.text.substring(start, end));
	}

	private int skipHyphens(int start) {
		int end = start;
		while (end < this.text.length() && this.text.charAt(end) == '-') {
			end++;
		}
		return end;
	}

	private int line(int offset) {
		return PemBlock.line(this.text, offset);
	}

}
