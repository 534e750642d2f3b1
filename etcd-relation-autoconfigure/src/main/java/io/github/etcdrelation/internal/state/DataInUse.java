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

import java.util.List;

import io.github.etcdrelation.internal.tls.CertificateInfo;
import org.jspecify.annotations.Nullable;

/**
 * What the calls of a relation use. Its text has no secrets.
 *
 * @param endpoints the URLs of the members
 * @param user the name of the etcd user, {@code null} if there is none
 * @param userIdentity equal for the same user with the same password
 * @param tls whether connections use TLS
 * @param clientCertificates the client certificate and its chain
 * @param authorities the certificate authorities of the servers
 */
public record DataInUse(List<String> endpoints, @Nullable String user, @Nullable Object userIdentity, boolean tls,
		List<CertificateInfo> clientCertificates, List<CertificateInfo> authorities) {

}
