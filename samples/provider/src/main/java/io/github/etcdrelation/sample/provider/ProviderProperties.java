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

package io.github.etcdrelation.sample.provider;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.core.io.Resource;

/**
 * What to offer.
 *
 * @param connectionString the client URLs of an etcd that is there already, instead of
 * one that the application starts itself
 * @param version the version of that etcd
 * @param clientCert location of a client certificate for it
 * @param clientKey location of the certificate's key
 * @param clientCa location of the certificate authority of its members
 * @param rotateEvery how often to offer new client credentials, never if unset: newly
 * issued ones, or with a connection string what the files hold then
 */
@ConfigurationProperties("provider")
record ProviderProperties(@Nullable String connectionString, @Nullable String version, @Nullable Resource clientCert,
		@Nullable Resource clientKey, @Nullable Resource clientCa, @Nullable Duration rotateEvery) {
}
