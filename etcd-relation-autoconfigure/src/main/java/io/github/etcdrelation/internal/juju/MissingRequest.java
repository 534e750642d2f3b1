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

package io.github.etcdrelation.internal.juju;

import java.util.Map;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RemoteApplication;
import io.github.etcdrelation.internal.databag.EtcdClientDatabag;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * Finds out, as the leader, whether nobody requests anything: neither the own side nor
 * its charm.
 */
final class MissingRequest {

	private static final Log logger = LogFactory.getLog(MissingRequest.class);

	private final JujuEndpoint endpoint;

	MissingRequest(JujuEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/**
	 * Return whether no relation has a request or an answer to one.
	 * @param applications the remote applications by relation id
	 * @return whether that is known to be so
	 */
	boolean isFound(Map<String, RemoteApplication> applications) {
		if (applications.values().stream().anyMatch(OwnRequests::isAnswered)) {
			return false;
		}
		try {
			return this.endpoint.getTools().isLeader() && applications.keySet().stream().noneMatch(this::isRequested);
		}
		catch (InvalidRelationDataException ex) {
			logger.debug(LogMessage.format("It is not known whether the charm requests anything: %s", ex.getReason()));
			return false;
		}
	}

	private boolean isRequested(String relationId) {
		Map<String, String> databag = this.endpoint.getTools()
			.applicationGet(relationId, this.endpoint.getApplication());
		return databag.containsKey(EtcdClientDatabag.REQUESTS) || databag.containsKey(EtcdClientDatabag.MTLS_CERT)
				|| databag.containsKey(EtcdClientDatabag.SECRET_MTLS);
	}

}
