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

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * A user of etcd.
 *
 * @param name the name
 * @param password the password
 * @param source where both were given, for messages
 */
public record EtcdUser(String name, String password, String source) {

	private static final String PROPERTIES = "client.user, client.password";

	/**
	 * Create a user that is given by properties.
	 * @param name the name
	 * @param password the password
	 */
	public EtcdUser(String name, String password) {
		this(name, password, PROPERTIES);
	}

	/**
	 * Return a user that is given by properties if there is a name and a password.
	 * @param name the name or {@code null}
	 * @param password the password or {@code null}
	 * @return the user, {@code null} if either is missing
	 */
	public static @Nullable EtcdUser of(@Nullable String name, @Nullable String password) {
		return (name != null && password != null) ? new EtcdUser(name, password) : null;
	}

	/**
	 * Return the same user, given elsewhere.
	 * @param place where both were given, for messages
	 * @return the user
	 */
	public EtcdUser givenIn(String place) {
		return new EtcdUser(this.name, this.password, place);
	}

	/**
	 * Return whether another user has the same name and password, wherever they were
	 * given.
	 */
	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof EtcdUser user && this.name.equals(user.name) && this.password.equals(user.password);
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.name, this.password);
	}

	/**
	 * Omits the password.
	 */
	@Override
	public String toString() {
		return "EtcdUser[name=%s]".formatted(this.name);
	}

}
