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

package io.github.etcdrelation.internal.channel;

import io.netty.util.NetUtil;

/**
 * Client address of one etcd member.
 *
 * @param host the host name or IP address, an IPv6 address without brackets
 * @param port the TCP port
 */
public record Endpoint(String host, int port) {

	/**
	 * Return the authority of the endpoint, against which its certificate is verified.
	 * @return host and port as in a URL
	 */
	public String authority() {
		return ((this.host.indexOf(':') >= 0) ? "[" + this.host + "]" : this.host) + ":" + this.port;
	}

	boolean isLiteral() {
		return NetUtil.isValidIpV4Address(this.host) || NetUtil.isValidIpV6Address(this.host);
	}

	@Override
	public String toString() {
		return authority();
	}

}
