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

package io.github.etcdrelation.internal.channel;

import io.github.etcdrelation.internal.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * What the provider of a relation has granted and where that was read, for messages.
 *
 * @param username the name of the etcd user or {@code null}
 * @param prefix the prefix of the keys that the user may access or {@code null}
 * @param source a description of the source, {@code null} for properties, which messages
 * name anyway
 */
public record Grant(@Nullable String username, @Nullable String prefix, @Nullable String source) {

	/**
	 * Nothing that is known.
	 */
	static final Grant NONE = new Grant(null, null, null);

	/**
	 * Describe who sends a request.
	 * @param user the user that etcd has a token of or {@code null}
	 */
	String describe(@Nullable EtcdUser user) {
		String granted = (this.prefix != null)
				? ", which was granted the prefix '%s',".formatted(Printable.of(this.prefix)) : "";
		if (user != null) {
			return "the user '%s'%s".formatted(Printable.of(user.name()), granted);
		}
		return ((this.username != null)
				? "the user '%s' of the client certificate".formatted(Printable.of(this.username))
				: "the user of the client certificate") + granted;
	}

}
