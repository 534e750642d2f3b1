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

import io.github.etcdrelation.internal.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when data of a relation cannot be used. Neither the message nor its causes
 * contain key material, and control characters in the message are replaced by their
 * codes.
 *
 * @since 0.1.0
 */
public class InvalidRelationDataException extends RuntimeException {

	private final String item;

	private final String reason;

	private final @Nullable String remedy;

	/**
	 * Create a new instance.
	 * @param item what is invalid, as the name of a property below the prefix of the
	 * relation, for example {@code client-key}
	 * @param reason what is wrong with it, as the end of a sentence about the item
	 * @param remedy what to do about it or {@code null}
	 * @param cause the cause or {@code null}
	 */
	public InvalidRelationDataException(String item, String reason, @Nullable String remedy,
			@Nullable Throwable cause) {
		super(Printable.of(item + " " + reason + ((remedy != null) ? ". " + remedy : "")), cause);
		this.item = Printable.of(item);
		this.reason = Printable.of(reason);
		this.remedy = (remedy != null) ? Printable.of(remedy) : null;
	}

	/**
	 * Create a new instance without a cause.
	 * @param item what is invalid
	 * @param reason what is wrong with it
	 * @param remedy what to do about it or {@code null}
	 */
	public InvalidRelationDataException(String item, String reason, @Nullable String remedy) {
		this(item, reason, remedy, null);
	}

	/**
	 * Return what is invalid.
	 * @return the item, for example {@code client-key}
	 */
	public String getItem() {
		return this.item;
	}

	/**
	 * Return what is wrong with the item.
	 * @return the reason
	 */
	public String getReason() {
		return this.reason;
	}

	/**
	 * Return what to do about it.
	 * @return the remedy or {@code null}
	 */
	public @Nullable String getRemedy() {
		return this.remedy;
	}

}
