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

package io.github.etcdrelation.test;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * The users of a {@link LocalEtcd}, created once its members serve for the first time.
 */
final class EtcdUsers {

	private static final String ROOT = "root";

	private final List<User> users;

	private final User root;

	private boolean created;

	EtcdUsers(List<User> users) {
		this.users = List.copyOf(users);
		this.root = users.stream()
			.filter((user) -> user.name().equals(ROOT) && user.password() != null)
			.findFirst()
			.orElseGet(() -> new User(ROOT, UUID.randomUUID().toString(), List.of()));
	}

	/**
	 * Return the user of the application.
	 * @return the first user or {@code null} if etcd demands no authentication
	 */
	@Nullable User first() {
		return this.users.isEmpty() ? null : this.users.get(0);
	}

	/**
	 * Create the users and their roles, and enable authentication. Does nothing if there
	 * are none or that is done.
	 */
	void create(EtcdAdmin admin) {
		if (this.users.isEmpty() || this.created) {
			return;
		}
		add(admin, this.root);
		admin.post("auth/role/add", Map.of("name", ROOT));
		admin.post("auth/user/grant", Map.of("user", ROOT, "role", ROOT));
		this.users.stream().filter((user) -> !user.name().equals(ROOT)).forEach((user) -> {
			add(admin, user);
			admin.post("auth/role/add", Map.of("name", user.name()));
			user.prefixes().forEach((prefix) -> grant(admin, user.name(), prefix));
			admin.post("auth/user/grant", Map.of("user", user.name(), "role", user.name()));
		});
		admin.post("auth/enable", Map.of());
		this.created = true;
	}

	/**
	 * Authenticate as the administrator, if that is needed.
	 */
	void authenticate(EtcdAdmin admin) {
		if (this.created) {
			admin.authenticate(ROOT, String.valueOf(this.root.password()));
		}
	}

	private static void add(EtcdAdmin admin, User user) {
		admin.post("auth/user/add", (user.password() != null) ? Map.of("name", user.name(), "password", user.password())
				: Map.of("name", user.name(), "options", Map.of("no_password", true)));
	}

	private static void grant(EtcdAdmin admin, String role, String prefix) {
		byte[] key = prefix.isEmpty() ? new byte[1] : prefix.getBytes(StandardCharsets.UTF_8);
		admin.post("auth/role/grant", Map.of("name", role, "perm",
				Map.of("permType", "READWRITE", "key", base64(key), "range_end", base64(rangeEnd(prefix)))));
	}

	private static byte[] rangeEnd(String prefix) {
		if (prefix.isEmpty()) {
			return new byte[1];
		}
		byte[] end = prefix.getBytes(StandardCharsets.UTF_8);
		// No byte of UTF-8 is the highest one
		end[end.length - 1]++;
		return end;
	}

	private static String base64(byte[] bytes) {
		return Base64.getEncoder().encodeToString(bytes);
	}

	/**
	 * A user.
	 *
	 * @param name the name, also that of its role
	 * @param password the password or {@code null} for a user by common name
	 * @param prefixes what the user may read and write
	 */
	record User(String name, @Nullable String password, List<String> prefixes) {

		User {
			Assert.hasText(name, "'name' must not be empty");
			prefixes = List.copyOf(prefixes);
		}

		@Override
		public String toString() {
			return "User[" + this.name + "]";
		}

	}

}
