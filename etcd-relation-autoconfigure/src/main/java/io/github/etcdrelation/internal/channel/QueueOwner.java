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

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.ResponseHeader;
import io.grpc.Status;

/**
 * Notified once of the outcome of a place in a queue, unless it is abandoned.
 */
interface QueueOwner {

	/**
	 * The place is the first in the queue.
	 */
	void reached(ResponseHeader header, ByteString key, long createRevision);

	/**
	 * The place is lost or was never taken.
	 */
	void lost(Status status);

	/**
	 * etcd does not permit the steps that take a place.
	 */
	void refused();

}
