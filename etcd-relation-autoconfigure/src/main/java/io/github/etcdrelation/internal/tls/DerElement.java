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

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * An element of DER, just enough of it to tell the forms of keys apart.
 *
 * @param source the bytes that it is part of
 * @param tag its tag
 * @param start where its content begins
 * @param end where it ends, perhaps beyond the bytes
 */
record DerElement(byte[] source, int tag, int start, long end) {

	static final int INTEGER = 0x02;

	static final int OCTET_STRING = 0x04;

	static final int OBJECT_IDENTIFIER = 0x06;

	static final int SEQUENCE = 0x30;

	static final int CONTEXT_0 = 0xA0;

	/**
	 * Read the first element.
	 * @param source the bytes
	 * @return the element, {@code null} if they do not begin with one
	 */
	static @Nullable DerElement of(byte[] source) {
		return at(source, 0);
	}

	/**
	 * Read the first element in this one.
	 * @return the element or {@code null}
	 */
	@Nullable DerElement first() {
		return within(at(this.source, this.start), Long.MAX_VALUE);
	}

	/**
	 * Read the element after this one.
	 * @param parent the element that both are in
	 * @return the element, {@code null} if there is none
	 */
	@Nullable DerElement next(DerElement parent) {
		return (this.end < parent.end) ? within(at(this.source, (int) this.end), parent.end) : null;
	}

	private @Nullable DerElement within(@Nullable DerElement element, long limit) {
		return (element != null && element.end <= Math.min(limit, this.source.length)) ? element : null;
	}

	int length() {
		return (int) (this.end - this.start);
	}

	byte[] content() {
		return Arrays.copyOfRange(this.source, this.start, (int) this.end);
	}

	private static @Nullable DerElement at(byte[] source, int offset) {
		if (offset + 2 > source.length) {
			return null;
		}
		int tag = source[offset] & 0xFF;
		int first = source[offset + 1] & 0xFF;
		int lengthBytes = (first > 0x80) ? first & 0x7F : 0;
		int start = offset + 2 + lengthBytes;
		if (first == 0x80 || lengthBytes > 4 || start > source.length) {
			return null;
		}
		long length = (lengthBytes == 0) ? first : 0;
		for (int i = 0; i < lengthBytes; i++) {
			length = length << 8 | source[offset + 2 + i] & 0xFF;
		}
		return new DerElement(source, tag, start, start + length);
	}

	/**
	 * Encode an element.
	 * @param tag its tag
	 * @param parts its content, less than 64 KiB
	 * @return the element
	 */
	static byte[] encode(int tag, byte[]... parts) {
		int length = Arrays.stream(parts).mapToInt((part) -> part.length).sum();
		byte[] header = (length < 0x80) ? new byte[] { (byte) tag, (byte) length }
				: new byte[] { (byte) tag, (byte) 0x82, (byte) (length >> 8), (byte) length };
		byte[] encoded = Arrays.copyOf(header, header.length + length);
		int at = header.length;
		for (byte[] part : parts) {
			System.arraycopy(part, 0, encoded, at, part.length);
			at += part.length;
		}
		return encoded;
	}

}
