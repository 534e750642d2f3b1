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

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.github.etcdrelation.internal.text.Printable;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Adds to etcd's own words who was denied a unary request, and which keys it is for.
 */
final class DeniedRequest {

	static final String NO_USER = "etcdserver: user name is empty";

	static final String NO_SPACE = "etcdserver: mvcc: database space exceeded";

	private static final int MAX_LENGTH = 80;

	private static final int MAX_OPERATIONS = 3;

	private DeniedRequest() {
	}

	/**
	 * Return a status that says more, the same one unless a request was denied.
	 * @param status the status of the call
	 * @param relation the name of the relation for messages
	 * @param grant what the provider has granted
	 * @param user the etcd user or {@code null}
	 * @param request the request or {@code null}
	 */
	static Status describe(Status status, String relation, Grant grant, @Nullable EtcdUser user,
			@Nullable Object request) {
		String words = status.getDescription();
		if (words != null && words.startsWith(NO_USER)) {
			return status.withDescription(
					"%s; %s: etcd demands a user, see client.user and client.password".formatted(words, relation));
		}
		if (words != null && words.startsWith(NO_SPACE)) {
			return status.withDescription("%s; %s: the quota of etcd's database is used up, see its alarm NOSPACE"
				.formatted(words, relation));
		}
		if (status.getCode() != Status.Code.PERMISSION_DENIED) {
			return status;
		}
		List<String> operations = new ArrayList<>();
		addOperations(operations, request);
		return status.withDescription("%s; %s: %s has no role for %s".formatted(words, relation, grant.describe(user),
				operations.isEmpty() ? "this request" : String.join(", ", operations)));
	}

	private static void addOperations(List<String> operations, @Nullable Object request) {
		if (operations.size() >= MAX_OPERATIONS) {
			return;
		}
		if (request instanceof RangeRequest read) {
			operations.add("reading " + keys(read.getKey(), read.getRangeEnd()));
		}
		else if (request instanceof PutRequest put) {
			operations.add("writing " + key(put.getKey()));
		}
		else if (request instanceof DeleteRangeRequest delete) {
			operations.add("writing " + keys(delete.getKey(), delete.getRangeEnd()));
		}
		else if (request instanceof TxnRequest transaction) {
			transaction.getCompareList()
				.forEach((compare) -> addOperations(operations,
						RangeRequest.newBuilder().setKey(compare.getKey()).setRangeEnd(compare.getRangeEnd()).build()));
			transaction.getSuccessList().forEach((operation) -> addOperation(operations, operation));
			transaction.getFailureList().forEach((operation) -> addOperation(operations, operation));
		}
	}

	private static void addOperation(List<String> operations, RequestOp operation) {
		switch (operation.getRequestCase()) {
			case REQUEST_RANGE -> addOperations(operations, operation.getRequestRange());
			case REQUEST_PUT -> addOperations(operations, operation.getRequestPut());
			case REQUEST_DELETE_RANGE -> addOperations(operations, operation.getRequestDeleteRange());
			case REQUEST_TXN -> addOperations(operations, operation.getRequestTxn());
			case REQUEST_NOT_SET -> {
				// Nothing to describe
			}
		}
	}

	private static String keys(ByteString key, ByteString end) {
		return end.isEmpty() ? key(key) : "keys from %s to %s".formatted(quote(key), quote(end));
	}

	private static String key(ByteString key) {
		return "key " + quote(key);
	}

	private static String quote(ByteString key) {
		// Each character has at most four bytes
		ByteString beginning = key.substring(0, Math.min(key.size(), 4 * (MAX_LENGTH + 1)));
		return "'" + Printable.of(beginning.toString(StandardCharsets.UTF_8), MAX_LENGTH) + "'";
	}

}
