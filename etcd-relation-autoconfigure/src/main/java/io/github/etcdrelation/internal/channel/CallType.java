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

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.etcd.jetcd.api.AlarmRequest;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.ClusterGrpc;
import io.etcd.jetcd.api.ElectionGrpc;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.lock.LockGrpc;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * The types of unary calls: whether a call may be retried and whether it has a deadline
 * once it was sent.
 */
enum CallType {

	/**
	 * Only reads: may be retried at any time.
	 */
	READ,

	/**
	 * Only reads the member's own state: served without a leader.
	 */
	SERIALIZABLE_READ,

	/**
	 * Writes: never retried once it was sent.
	 */
	WRITE,

	/**
	 * Writes and may take any time.
	 */
	LONG_WRITE,

	/**
	 * Only reads and may take any time.
	 */
	LONG_READ,

	/**
	 * Is queued, and answered only as long as its connection lives: a retry would adopt
	 * the key of the first attempt, which etcd then deletes.
	 */
	TURN;

	private static final Map<String, CallType> TYPES = new HashMap<>();

	static {
		put(READ, KVGrpc.getRangeMethod(), LeaseGrpc.getLeaseTimeToLiveMethod(), ClusterGrpc.getMemberListMethod(),
				MaintenanceGrpc.getStatusMethod(), ElectionGrpc.getLeaderMethod(), AuthGrpc.getAuthenticateMethod(),
				AuthGrpc.getUserGetMethod(), AuthGrpc.getUserListMethod(), AuthGrpc.getRoleGetMethod(),
				AuthGrpc.getRoleListMethod());
		put(LONG_READ, MaintenanceGrpc.getHashMethod(), MaintenanceGrpc.getHashKVMethod());
		put(LONG_WRITE, KVGrpc.getCompactMethod(), MaintenanceGrpc.getDefragmentMethod());
		put(TURN, LockGrpc.getLockMethod(), ElectionGrpc.getCampaignMethod());
	}

	private static void put(CallType type, MethodDescriptor<?, ?>... methods) {
		for (MethodDescriptor<?, ?> method : methods) {
			TYPES.put(method.getFullMethodName(), type);
		}
	}

	static CallType of(MethodDescriptor<?, ?> method, @Nullable Object request) {
		if (request instanceof RangeRequest range) {
			return range.getSerializable() ? SERIALIZABLE_READ : READ;
		}
		if (request instanceof TxnRequest txn) {
			return of(txn);
		}
		if (request instanceof AlarmRequest alarm) {
			return (alarm.getAction() == AlarmRequest.AlarmAction.GET) ? READ : WRITE;
		}
		return TYPES.getOrDefault(method.getFullMethodName(), WRITE);
	}

	/**
	 * As in etcd, a transaction whose operations all read is not proposed to raft.
	 */
	private static CallType of(TxnRequest txn) {
		CallType success = of(txn.getSuccessList());
		CallType failure = of(txn.getFailureList());
		if (success == WRITE || failure == WRITE) {
			return WRITE;
		}
		return (success == READ || failure == READ) ? READ : SERIALIZABLE_READ;
	}

	private static CallType of(List<RequestOp> operations) {
		CallType type = SERIALIZABLE_READ;
		for (RequestOp operation : operations) {
			CallType other = switch (operation.getRequestCase()) {
				case REQUEST_RANGE -> operation.getRequestRange().getSerializable() ? SERIALIZABLE_READ : READ;
				// etcd proposes these to raft, so they need a leader
				case REQUEST_TXN -> (of(operation.getRequestTxn()) == WRITE) ? WRITE : READ;
				default -> WRITE;
			};
			if (other == WRITE) {
				return WRITE;
			}
			type = (other == READ) ? READ : type;
		}
		return type;
	}

	boolean isReadOnly() {
		return this == READ || this == SERIALIZABLE_READ || this == LONG_READ;
	}

	/**
	 * Return whether a call that was sent has a deadline, and whether its member is
	 * suspect while the response is overdue.
	 */
	boolean isAnsweredSoon() {
		return this == READ || this == SERIALIZABLE_READ || this == WRITE;
	}

}
