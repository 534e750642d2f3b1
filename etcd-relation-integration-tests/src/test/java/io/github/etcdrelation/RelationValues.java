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

/**
 * What a relation hands over and, with {@code etcd_client}, what the own side brings.
 *
 * @param uris the URLs, separated by commas
 * @param credentials certificate and key of the client with the authority of the servers
 * @param username the user, named as the certificate
 * @param prefix the prefix that the user may access
 * @param version the version of etcd
 */
public record RelationValues(String uris, ClientCredentials credentials, String username, String prefix,
		String version) {

	String endpoints() {
		return this.uris.replace("https://", "");
	}

	public RelationValues withCredentials(ClientCredentials changed) {
		return new RelationValues(this.uris, changed, this.username, this.prefix, this.version);
	}

}
