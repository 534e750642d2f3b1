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

package io.github.etcdrelation.faults;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.RelationValues;

/**
 * What stands between the request of an application and what it reads in its directory.
 */
public interface EtcdCharm {

	/**
	 * Publish a request, or a renewed certificate.
	 * @param prefix the prefix that is asked for
	 * @param own certificate and key, of which the certificate alone is published
	 * @return what the provider answers, as soon as the cluster knows the certificate
	 */
	RelationValues request(String prefix, ClientCredentials own) throws Exception;

}
