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

package io.github.etcdrelation.config;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.ExecutionException;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.common.exception.ErrorCode;
import io.etcd.jetcd.common.exception.EtcdException;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;

/**
 * Reads locations, each in one request.
 */
final class ConfigReader {

	private ConfigReader() {
	}

	/**
	 * Read a location and wait for that.
	 * @param client the client
	 * @param relation the name of the relation for messages
	 * @param location the location
	 * @param revision the revision to read, 0 for the latest, which is also read if this
	 * one was compacted
	 * @throws EtcdConfigException if etcd cannot be read
	 */
	static ConfigSnapshot read(Client client, String relation, EtcdConfigLocation location, long revision) {
		try {
			GetResponse response = client.getKVClient().get(key(location), option(location, revision)).get();
			return ConfigSnapshot.of(response, (revision > 0) ? revision : response.getHeader().getRevision());
		}
		catch (ExecutionException ex) {
			Throwable failure = Objects.requireNonNull(ex.getCause());
			if (revision > 0 && isCompacted(failure)) {
				return read(client, relation, location, 0);
			}
			throw EtcdConfigException.unavailable(location.toString(),
					"cannot be read over relation '%s': %s".formatted(relation, failure.getMessage()),
					"Correct what the description names, or make etcd serve; to start without etcd, begin the location with 'optional:' or keep copies in etcd.config.cache.directory",
					failure);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw EtcdConfigException.unavailable(location.toString(), "is not read: the thread was interrupted",
					"Start again", ex);
		}
	}

	static GetOption option(EtcdConfigLocation location, long revision) {
		return GetOption.builder().isPrefix(location.isPrefix()).withRevision(revision).build();
	}

	static ByteSequence key(EtcdConfigLocation location) {
		return ByteSequence.from(location.key(), StandardCharsets.UTF_8);
	}

	private static boolean isCompacted(Throwable failure) {
		return failure instanceof EtcdException etcd && etcd.getErrorCode() == ErrorCode.OUT_OF_RANGE;
	}

}
