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

package io.github.etcdrelation.internal.state;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.event.EtcdAvailableEvent;
import io.github.etcdrelation.event.EtcdChangedEvent;
import io.github.etcdrelation.event.EtcdConnectedEvent;
import io.github.etcdrelation.event.EtcdDisconnectedEvent;
import io.github.etcdrelation.event.EtcdRelationEvent;
import io.github.etcdrelation.event.EtcdRequestRefusedEvent;
import io.github.etcdrelation.event.EtcdTlsAvailableEvent;
import io.github.etcdrelation.event.EtcdTlsUnavailableEvent;
import io.github.etcdrelation.event.EtcdUnavailableEvent;
import org.jspecify.annotations.Nullable;

/**
 * Events and values in the words of the expected outcomes.
 */
public final class ScenarioOutcome {

	private static final int MAX_PLAIN_BYTES = 1000;

	private ScenarioOutcome() {
	}

	public static String describe(EtcdRelationEvent event) {
		String relation = event.getRelationName();
		if (event instanceof EtcdChangedEvent) {
			return "~" + relation;
		}
		if (event instanceof EtcdRequestRefusedEvent refused) {
			return "!%s %s %s".formatted(relation, refused.getCode(), refused.getMessage())
					+ ((refused.getResolution() != null) ? " [" + refused.getResolution() + "]" : "");
		}
		Map<Class<?>, String> flags = Map.of(EtcdConnectedEvent.class, "+" + RelationState.CONNECTED.flag(relation),
				EtcdAvailableEvent.class, "+" + RelationState.AVAILABLE.flag(relation), EtcdTlsAvailableEvent.class,
				"+" + RelationState.TLS_AVAILABLE.flag(relation), EtcdDisconnectedEvent.class,
				"-" + RelationState.CONNECTED.flag(relation), EtcdUnavailableEvent.class,
				"-" + RelationState.AVAILABLE.flag(relation), EtcdTlsUnavailableEvent.class,
				"-" + RelationState.TLS_AVAILABLE.flag(relation));
		return flags.get(event.getClass());
	}

	public static Map<String, Object> read(EtcdRelation relation) {
		Map<String, Object> read = new TreeMap<>();
		read.put("connection_string", shorten(relation.getConnectionString()));
		read.put("version", shorten(relation.getVersion()));
		read.put("client_credentials", read(relation.getClientCredentials()));
		return read;
	}

	static Map<String, Object> read(ClientCredentials credentials) {
		Map<String, Object> read = new TreeMap<>();
		read.put("client_cert", shorten(credentials.clientCert()));
		read.put("client_key", shorten(credentials.clientKey()));
		read.put("client_ca", shorten(credentials.clientCa()));
		return read;
	}

	static @Nullable String shorten(@Nullable String value) {
		if (value == null) {
			return null;
		}
		byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
		if (bytes.length <= MAX_PLAIN_BYTES) {
			return value;
		}
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
			return "sha256:%s:%s".formatted(HexFormat.of().formatHex(digest), bytes.length);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
