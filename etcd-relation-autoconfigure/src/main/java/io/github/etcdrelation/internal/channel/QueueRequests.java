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
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchRequest;

/**
 * The requests of a place in a queue, on the keys that etcd itself and its Go client use:
 * a key for each lease below the name, in the order of their creation.
 */
final class QueueRequests {

	private final ByteString prefix;

	private final ByteString prefixEnd;

	private final ByteString key;

	private final long lease;

	private final ByteString value;

	QueueRequests(ByteString name, long lease, ByteString value) {
		this.prefix = name.concat(ByteString.copyFromUtf8("/"));
		this.prefixEnd = name.concat(ByteString.copyFromUtf8("0"));
		// A sign, if any, as in Go
		this.key = this.prefix.concat(ByteString.copyFromUtf8(Long.toString(lease, 16)));
		this.lease = lease;
		this.value = value;
	}

	ByteString getKey() {
		return this.key;
	}

	/**
	 * Write the key. If it exists, the lease is queued already and keeps its place; the
	 * key is written anyway, so that no earlier writer deletes it. The second response
	 * has the key's place: after success it and the one before it, otherwise it alone.
	 */
	TxnRequest enter() {
		return TxnRequest.newBuilder()
			.addCompare(Compare.newBuilder()
				.setKey(this.key)
				.setTarget(Compare.CompareTarget.CREATE)
				.setResult(Compare.CompareResult.EQUAL)
				.setCreateRevision(0))
			.addSuccess(put())
			.addSuccess(RequestOp.newBuilder().setRequestRange(last()))
			.addFailure(put())
			.addFailure(RequestOp.newBuilder()
				.setRequestRange(RangeRequest.newBuilder().setKey(this.key).setKeysOnly(true)))
			.build();
	}

	private RequestOp.Builder put() {
		return RequestOp.newBuilder()
			.setRequestPut(PutRequest.newBuilder().setKey(this.key).setValue(this.value).setLease(this.lease));
	}

	private RangeRequest.Builder last() {
		return RangeRequest.newBuilder()
			.setKey(this.prefix)
			.setRangeEnd(this.prefixEnd)
			.setSortTarget(RangeRequest.SortTarget.CREATE)
			.setSortOrder(RangeRequest.SortOrder.DESCEND)
			.setLimit(2)
			.setKeysOnly(true);
	}

	/**
	 * Read the key and the one before it, at the same revision.
	 */
	RangeRequest look(long createRevision) {
		return last().setMaxCreateRevision(createRevision).build();
	}

	/**
	 * Watch for the deletion of the key before.
	 */
	WatchRequest watch(ByteString predecessor, long startRevision) {
		return WatchRequest.newBuilder()
			.setCreateRequest(WatchCreateRequest.newBuilder()
				.setKey(predecessor)
				.setStartRevision(startRevision)
				.addFilters(WatchCreateRequest.FilterType.NOPUT))
			.build();
	}

	/**
	 * Delete the key unless it was written again.
	 */
	TxnRequest delete(long modRevision) {
		return TxnRequest.newBuilder()
			.addCompare(Compare.newBuilder()
				.setKey(this.key)
				.setTarget(Compare.CompareTarget.MOD)
				.setResult(Compare.CompareResult.EQUAL)
				.setModRevision(modRevision))
			.addSuccess(RequestOp.newBuilder().setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(this.key)))
			.build();
	}

}
