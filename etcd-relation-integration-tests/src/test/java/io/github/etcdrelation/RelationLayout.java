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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.boot.json.JsonWriter;

/**
 * The layouts in which a directory holds what a relation of either interface hands over.
 */
public enum RelationLayout {

	/**
	 * One file for each value of the interface {@code etcd}.
	 */
	ETCD_FILES {

		@Override
		public void write(Path directory, RelationValues values) {
			new RelationDirectory(directory).write(values.uris(), values.credentials());
			put(directory, "version", values.version());
		}

	},

	/**
	 * The databag of a unit.
	 */
	ETCD_SPOOL {

		@Override
		public void write(Path directory, RelationValues values) {
			Map<String, Object> databag = new LinkedHashMap<>();
			databag.put("connection_string", values.uris());
			databag.put("version", values.version());
			databag.put("client_cert", values.credentials().clientCert());
			databag.put("client_key", values.credentials().clientKey());
			databag.put("client_ca", values.credentials().clientCa());
			put(directory, "etcd:4/etcd/0.json", json(databag));
		}

	},

	/**
	 * One file for each value of the interface {@code etcd_client}.
	 */
	ETCD_CLIENT_FILES {

		@Override
		public void write(Path directory, RelationValues values) {
			put(directory, "client_cert", values.credentials().clientCert());
			put(directory, "client_key", values.credentials().clientKey());
			put(directory, "tls-ca", values.credentials().clientCa());
			put(directory, "username", values.username());
			put(directory, "prefix", values.prefix());
			put(directory, "version", values.version());
			put(directory, "uris", values.uris());
		}

	},

	/**
	 * The databag of the application with the secrets in it, and the own data beside.
	 */
	ETCD_CLIENT_SPOOL {

		@Override
		public void write(Path directory, RelationValues values) {
			Map<String, Object> databag = new LinkedHashMap<>();
			databag.put("endpoints", values.endpoints());
			databag.put("version", values.version());
			databag.put("prefix", values.prefix());
			databag.put("secret-user", user(values));
			databag.put("secret-tls", tls(values, "True"));
			databag.put("own", own(values));
			put(directory, "etcd-client:4/charmed-etcd.json", json(databag));
		}

	},

	/**
	 * The databag of the application in the second version of the interface, which refers
	 * to files with the secrets.
	 */
	ETCD_CLIENT_V1_SPOOL {

		@Override
		public void write(Path directory, RelationValues values) {
			put(directory, "etcd-client:4/secrets/d3n5gjuv0fpe5gcqbf1g.json", json(user(values)));
			put(directory, "etcd-client:4/secrets/d3n5gjuv0fpe5gcqbf20.json", json(tls(values, "true")));
			Map<String, Object> response = new LinkedHashMap<>();
			response.put("resource", values.prefix());
			response.put("request-id", "388a6e97e53625e6");
			response.put("salt", "ZODIk97Ve7D4zpZe");
			response.put("endpoints", values.endpoints());
			response.put("read-only-endpoints", null);
			response.put("secret-user", "secret:d3n5gjuv0fpe5gcqbf1g");
			response.put("secret-tls", "secret:d3n5gjuv0fpe5gcqbf20");
			response.put("version", values.version());
			Map<String, Object> databag = new LinkedHashMap<>();
			databag.put("version", "v1");
			databag.put("requests", JsonWriter.standard().writeToString(List.of(response)));
			databag.put("own", own(values));
			put(directory, "etcd-client:4/charmed-etcd.json", json(databag));
		}

	};

	/**
	 * Write values, each file in one step.
	 */
	public abstract void write(Path directory, RelationValues values);

	public boolean isEtcdClient() {
		return this != ETCD_FILES && this != ETCD_SPOOL;
	}

	private static Map<String, Object> user(RelationValues values) {
		return Map.of("username", values.username(), "uris", values.uris());
	}

	private static Map<String, Object> tls(RelationValues values, String tls) {
		return Map.of("tls", tls, "tls-ca", values.credentials().clientCa());
	}

	private static Map<String, Object> own(RelationValues values) {
		return Map.of("client_cert", values.credentials().clientCert(), "client_key", values.credentials().clientKey(),
				"prefix", values.prefix());
	}

	private static String json(Map<String, Object> values) {
		return JsonWriter.<Map<String, Object>>standard().writeToString(values);
	}

	private static void put(Path directory, String name, String content) {
		Path file = directory.resolve(name);
		try {
			Files.createDirectories(file.getParent());
			Path temporary = Files.writeString(file.resolveSibling("." + file.getFileName() + ".new"), content);
			Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
