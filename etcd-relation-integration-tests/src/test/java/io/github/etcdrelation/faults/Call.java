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

package io.github.etcdrelation.faults;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * One call and its outcome. Times are those of {@link System#nanoTime()}.
 */
public final class Call {

	private final Kind kind;

	private final List<String> keys;

	private final long begin;

	private @Nullable String value;

	private long end;

	private long revision;

	private long modRevision;

	private @Nullable String failure;

	private Call(Kind kind, List<String> keys, @Nullable String value, long begin) {
		this.kind = kind;
		this.keys = keys;
		this.value = value;
		this.begin = begin;
	}

	static Call get(String key, long begin) {
		return new Call(Kind.GET, List.of(key), null, begin);
	}

	/**
	 * A put or, with more than one key, a transaction that gives all keys the same value.
	 * No value may be written twice.
	 */
	static Call put(List<String> keys, String value, long begin) {
		return new Call(Kind.PUT, keys, value, begin);
	}

	/**
	 * End a put.
	 * @param revision the revision that it made
	 */
	Call written(long revision, long end) {
		this.revision = revision;
		this.modRevision = revision;
		this.end = end;
		return this;
	}

	/**
	 * End a get.
	 * @param revision the revision that it was answered at
	 * @param modRevision the revision that wrote the key, 0 if there is none
	 * @param value the value, {@code null} if there is none
	 */
	Call read(long revision, long modRevision, @Nullable String value, long end) {
		this.revision = revision;
		this.modRevision = modRevision;
		this.value = value;
		this.end = end;
		return this;
	}

	/**
	 * End a call without an answer: a put may have been carried out, or still be.
	 */
	Call failed(Throwable failure, long end) {
		this.failure = Texts.of(failure);
		this.end = end;
		return this;
	}

	public boolean isGet() {
		return this.kind == Kind.GET;
	}

	public boolean isPut() {
		return this.kind == Kind.PUT;
	}

	public boolean isSuccessful() {
		return this.failure == null;
	}

	List<String> keys() {
		return this.keys;
	}

	@Nullable String value() {
		return this.value;
	}

	public long begin() {
		return this.begin;
	}

	public long end() {
		return this.end;
	}

	public long revision() {
		return this.revision;
	}

	long modRevision() {
		return this.modRevision;
	}

	public @Nullable String failure() {
		return this.failure;
	}

	@Override
	public String toString() {
		return "%s %s=%s at revision %d (written at %d)".formatted(this.kind, String.join("+", this.keys), this.value,
				this.revision, this.modRevision);
	}

	private enum Kind {

		GET, PUT

	}

}
