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

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.etcd.jetcd.api.AlarmRequest;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.ClusterGrpc;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.ElectionGrpc;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.lock.LockGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CallType}.
 */
class CallTypeTests {

	private static final RequestOp PUT = RequestOp.newBuilder().setRequestPut(PutRequest.getDefaultInstance()).build();

	private static final RequestOp DELETE = RequestOp.newBuilder()
		.setRequestDeleteRange(DeleteRangeRequest.getDefaultInstance())
		.build();

	private static final RequestOp READ = range(false);

	private static final RequestOp SERIALIZABLE_READ = range(true);

	@Test
	void eachUnaryMethodOfEtcdHasItsType() {
		Map<String, CallType> types = new TreeMap<>();
		unaryMethods().forEach((method) -> types.put(method.getFullMethodName().replaceFirst("^.*\\.", ""),
				CallType.of(method, emptyRequest(method))));
		Map<String, CallType> expected = new TreeMap<>();
		put(expected, CallType.READ, "KV/Range", "Lease/LeaseTimeToLive", "Cluster/MemberList", "Maintenance/Alarm",
				"Maintenance/Status", "Election/Leader", "Auth/Authenticate", "Auth/UserGet", "Auth/UserList",
				"Auth/RoleGet", "Auth/RoleList");
		put(expected, CallType.SERIALIZABLE_READ, "KV/Txn");
		put(expected, CallType.WRITE, "KV/Put", "KV/DeleteRange", "Lease/LeaseGrant", "Lease/LeaseRevoke",
				"Cluster/MemberAdd", "Cluster/MemberRemove", "Cluster/MemberUpdate", "Cluster/MemberPromote",
				"Maintenance/MoveLeader", "Auth/AuthEnable", "Auth/AuthDisable", "Auth/UserAdd", "Auth/UserDelete",
				"Auth/UserChangePassword", "Auth/UserGrantRole", "Auth/UserRevokeRole", "Auth/RoleAdd",
				"Auth/RoleDelete", "Auth/RoleGrantPermission", "Auth/RoleRevokePermission", "Lock/Unlock",
				"Election/Proclaim", "Election/Resign");
		put(expected, CallType.LONG_WRITE, "KV/Compact", "Maintenance/Defragment");
		put(expected, CallType.LONG_READ, "Maintenance/Hash", "Maintenance/HashKV");
		put(expected, CallType.TURN, "Lock/Lock", "Election/Campaign");
		assertThat(types).isEqualTo(expected);
	}

	private static Stream<MethodDescriptor<?, ?>> unaryMethods() {
		return Stream
			.of(KVGrpc.getServiceDescriptor(), LeaseGrpc.getServiceDescriptor(), ClusterGrpc.getServiceDescriptor(),
					MaintenanceGrpc.getServiceDescriptor(), AuthGrpc.getServiceDescriptor(),
					LockGrpc.getServiceDescriptor(), ElectionGrpc.getServiceDescriptor())
			.<MethodDescriptor<?, ?>>flatMap((service) -> service.getMethods().stream())
			.filter((method) -> method.getType() == MethodType.UNARY);
	}

	private static Object emptyRequest(MethodDescriptor<?, ?> method) {
		return ((PrototypeMarshaller<?>) method.getRequestMarshaller()).getMessagePrototype();
	}

	private static void put(Map<String, CallType> types, CallType type, String... methods) {
		for (String method : methods) {
			types.put(method, type);
		}
	}

	@Test
	void unknownMethodIsWrite() {
		MethodDescriptor<?, ?> unknown = KVGrpc.getPutMethod().toBuilder().setFullMethodName("other/Method").build();
		assertThat(CallType.of(unknown, null)).isEqualTo(CallType.WRITE);
	}

	@Test
	void serializableRangeNeedsNoLeader() {
		RangeRequest request = RangeRequest.newBuilder().setSerializable(true).build();
		assertThat(CallType.of(KVGrpc.getRangeMethod(), request)).isEqualTo(CallType.SERIALIZABLE_READ);
	}

	@ParameterizedTest
	@EnumSource(names = { "GET", "UNRECOGNIZED" }, mode = Mode.EXCLUDE)
	void changeOfAlarmsIsWrite(AlarmRequest.AlarmAction action) {
		AlarmRequest request = AlarmRequest.newBuilder().setAction(action).build();
		assertThat(CallType.of(MaintenanceGrpc.getAlarmMethod(), request)).isEqualTo(CallType.WRITE);
	}

	@ParameterizedTest
	@MethodSource("transactions")
	void transactionIsWhatItsOperationsAre(TxnRequest request, CallType type) {
		assertThat(CallType.of(KVGrpc.getTxnMethod(), request)).isEqualTo(type);
	}

	static Stream<Arguments> transactions() {
		return Stream.of(Arguments.of(then(READ), CallType.READ),
				Arguments.of(then(SERIALIZABLE_READ), CallType.SERIALIZABLE_READ),
				Arguments.of(then(SERIALIZABLE_READ, SERIALIZABLE_READ), CallType.SERIALIZABLE_READ),
				Arguments.of(then(SERIALIZABLE_READ, READ), CallType.READ),
				Arguments.of(then(READ, SERIALIZABLE_READ), CallType.READ), Arguments.of(then(PUT), CallType.WRITE),
				Arguments.of(then(DELETE), CallType.WRITE), Arguments.of(then(READ, PUT), CallType.WRITE),
				Arguments.of(then(DELETE, READ), CallType.WRITE),
				Arguments.of(then(RequestOp.getDefaultInstance()), CallType.WRITE),
				Arguments.of(orElse(READ), CallType.READ),
				Arguments.of(orElse(SERIALIZABLE_READ), CallType.SERIALIZABLE_READ),
				Arguments.of(orElse(PUT), CallType.WRITE),
				Arguments.of(then(SERIALIZABLE_READ).toBuilder().addFailure(READ).build(), CallType.READ),
				Arguments.of(then(READ).toBuilder().addFailure(DELETE).build(), CallType.WRITE));
	}

	@ParameterizedTest
	@MethodSource("nestedTransactions")
	void nestedTransactionIsWriteOrElseNeedsLeader(TxnRequest nested, CallType type) {
		assertThat(CallType.of(KVGrpc.getTxnMethod(), then(nested(nested)))).isEqualTo(type);
		assertThat(CallType.of(KVGrpc.getTxnMethod(), orElse(nested(nested)))).isEqualTo(type);
		assertThat(CallType.of(KVGrpc.getTxnMethod(), then(SERIALIZABLE_READ, nested(then(nested(nested))))))
			.isEqualTo(type);
	}

	static Stream<Arguments> nestedTransactions() {
		return Stream.of(Arguments.of(then(READ), CallType.READ), Arguments.of(then(SERIALIZABLE_READ), CallType.READ),
				Arguments.of(TxnRequest.getDefaultInstance(), CallType.READ), Arguments.of(then(PUT), CallType.WRITE),
				Arguments.of(orElse(DELETE), CallType.WRITE),
				Arguments.of(then(READ, READ).toBuilder().addFailure(PUT).build(), CallType.WRITE));
	}

	@ParameterizedTest
	@EnumSource
	void onlyReadsAreSentAgain(CallType type) {
		assertThat(type.isReadOnly()).isEqualTo(type.name().endsWith("READ"));
	}

	@ParameterizedTest
	@EnumSource
	void whatTakesLongOrWaitsForItsTurnIsNotAnsweredSoon(CallType type) {
		assertThat(type.isAnsweredSoon()).isNotEqualTo(type.name().matches("LONG_.*|TURN"));
	}

	private static RequestOp range(boolean serializable) {
		return RequestOp.newBuilder().setRequestRange(RangeRequest.newBuilder().setSerializable(serializable)).build();
	}

	private static RequestOp nested(TxnRequest transaction) {
		return RequestOp.newBuilder().setRequestTxn(transaction).build();
	}

	private static TxnRequest then(RequestOp... operations) {
		TxnRequest.Builder builder = TxnRequest.newBuilder();
		Stream.of(operations).forEach(builder::addSuccess);
		return builder.build();
	}

	private static TxnRequest orElse(RequestOp... operations) {
		TxnRequest.Builder builder = TxnRequest.newBuilder();
		Stream.of(operations).forEach(builder::addFailure);
		return builder.build();
	}

}
