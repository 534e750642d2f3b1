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

package io.github.etcdrelation.internal.source;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

import io.github.etcdrelation.RemoteApplication;
import io.github.etcdrelation.internal.databag.EtcdClientDatabag;
import io.github.etcdrelation.internal.state.RelationSnapshot;

/**
 * Values that stand for themselves, in properties or files of their own, as what the
 * provider of an {@code etcd_client} relation publishes.
 */
public final class EtcdClientValues {

	private static final Map<String, String> KEYS = Map.of(RelationSnapshot.USERNAME, EtcdClientDatabag.USERNAME,
			RelationSnapshot.PASSWORD, RelationSnapshot.PASSWORD, RelationSnapshot.CLIENT_CA, EtcdClientDatabag.TLS_CA,
			RelationSnapshot.PREFIX, EtcdClientDatabag.PREFIX, RelationSnapshot.VERSION, EtcdClientDatabag.VERSION);

	private EtcdClientValues() {
	}

	/**
	 * Return the application that published the values.
	 * @param values the values by the keys of {@link RelationSnapshot}; others are
	 * ignored
	 * @return the application, without secrets
	 */
	public static RemoteApplication toApplication(Map<String, String> values) {
		Map<String, String> databag = new LinkedHashMap<>();
		values.forEach((key, value) -> {
			if (key.equals(RelationSnapshot.CONNECTION_STRING)) {
				String hosts = HostList.separate(value);
				boolean urls = Stream.of(hosts.split(",")).allMatch((host) -> host.contains("://"));
				databag.put(urls ? EtcdClientDatabag.URIS : EtcdClientDatabag.ENDPOINTS, urls ? value : hosts);
			}
			else if (KEYS.containsKey(key)) {
				databag.put(KEYS.get(key), value);
			}
		});
		// In whichever version of the interface they were received
		databag.remove(EtcdClientDatabag.VERSION, EtcdClientDatabag.V1);
		return new RemoteApplication(databag, Collections.emptyMap());
	}

}
