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

import java.util.List;
import java.util.Map;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.RemoteApplication;
import io.github.etcdrelation.internal.juju.MemoryJuju.Relation;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests {@link JujuRelationSource} as requirer of {@code etcd_client} with executables.
 */
@DisabledOnOs(OS.WINDOWS)
@ExtendWith(OutputCaptureExtension.class)
class JujuRelationSourceTests extends JujuSourceFixture {

	private static final String USER = "secret:n3g1nxe0d6eguexwzhqe";

	private static final String TLS = "secret:1ivy6g2hd1kzzrzebcw1";

	private static final Map<String, String> USER_CONTENT = Map.of("username", "client", "uris",
			"https://10.0.0.2:2379,https://10.0.0.1:2379");

	private static final Map<String, String> TLS_CONTENT = Map.of("tls", "True", "tls-ca", "the authority");

	private static final String ENDPOINTS = "10.0.0.2:2379,10.0.0.1:2379";

	private static final String READ_APPLICATION = "relation-get --format=json -r etcd-client:1 --app - etcd";

	private static RelationSnapshot derive(RelationView view) {
		return RelationSnapshot.derive(view, null);
	}

	@Test
	void readsAnswerOfFirstVersion() {
		answer(this.juju.relate(ID, "etcd", "etcd/0"));
		bring();
		RelationSnapshot snapshot = derive(read());
		assertThat(snapshot.states()).containsExactlyInAnyOrder(RelationState.values());
		assertThat(snapshot.connectionString()).isEqualTo(USER_CONTENT.get("uris"));
		assertThat(snapshot.version()).isEqualTo("3.6.13");
		assertThat(snapshot.account().username()).isEqualTo("client");
		assertThat(snapshot.account().prefix()).isEqualTo("/my/app/");
		assertThat(snapshot.credentials().clientCa()).isEqualTo("the authority");
		assertThat(this.source.describeMissing()).isNull();
		assertThat(this.juju.getCalls()).filteredOn((call) -> call.arguments.get(0).equals("secret-get"))
			.extracting((call) -> call.arguments.subList(2, 6))
			.containsExactlyInAnyOrder(List.of(USER, "--label", "etcd-client.1.user.secret", "--refresh"),
					List.of(TLS, "--label", "etcd-client.1.tls.secret", "--refresh"));
	}

	@Test
	void readsAnswerOfSecondVersion() {
		Relation relation = this.juju.relate(ID, "etcd", "etcd/0");
		relation.remote.put("version", "v1");
		relation.remote.put("data", "{\"388a6e97e53625e6\": {\"secret-mtls\": \"secret:r8boczx8xq3fb5bs63bn\"}}");
		relation.remote.put("requests",
				"[{\"resource\": \"/my/app/\", \"request-id\": \"388a6e97e53625e6\", \"endpoints\": \"" + ENDPOINTS
						+ "\", \"read-only-endpoints\": null, \"secret-mtls\": \"secret:r8boczx8xq3fb5bs63bn\", "
						+ "\"secret-user\": \"" + USER + "\", \"secret-tls\": \"" + TLS
						+ "\", \"secret-extra\": null, \"version\": \"3.6.13\"}]");
		this.juju.setSecret(USER, USER_CONTENT);
		this.juju.setSecret(TLS, Map.of("tls", "true", "tls-ca", "the authority"));
		bring();
		RelationSnapshot snapshot = derive(read());
		assertThat(snapshot.states()).containsExactlyInAnyOrder(RelationState.values());
		assertThat(snapshot.account().username()).isEqualTo("client");
		assertThat(call("secret-get").arguments).containsExactly("secret-get", "--format=json", USER, "--label",
				"etcd-client.1.388a6e97e53625e6.user.secret", "--refresh");
	}

	@Test
	void readsPartialSecretsAndTheirLatestRevisions() {
		answer(this.juju.relate(ID, "etcd", "etcd/0"));
		this.juju.setSecret(USER, Map.of("username", "client"));
		this.juju.setSecret(TLS, Map.of("tls", "True"));
		bring();
		assertThat(derive(read()).states()).containsExactlyInAnyOrder(RelationState.CONNECTED, RelationState.AVAILABLE);
		this.juju.setSecret(USER, USER_CONTENT);
		this.juju.setSecret(TLS, TLS_CONTENT);
		assertThat(derive(read()).is(RelationState.TLS_AVAILABLE)).isTrue();
		this.juju.setSecret(TLS, Map.of("tls", "True", "tls-ca", "the next authority"));
		assertThat(derive(read()).credentials().clientCa()).isEqualTo("the next authority");
	}

	@Test
	void whenSecretIsNotGrantedReadsTheRest(CapturedOutput output) {
		answer(this.juju.relate(ID, "etcd", "etcd/0"));
		this.juju.revoke(TLS);
		bring();
		RelationSnapshot snapshot = derive(read());
		assertThat(snapshot.states()).containsExactlyInAnyOrder(RelationState.CONNECTED, RelationState.AVAILABLE);
		String expected = "it cannot read secret-tls of relation etcd-client:1 (" + TLS
				+ "), a secret that the provider has not granted or has removed (relations to another model are not "
				+ "supported)";
		assertThat(this.source.describeMissing()).isEqualTo(expected);
		assertThat(output).contains("Relation 'etcd-client': " + expected);
		this.juju.setSecret(TLS, TLS_CONTENT);
		assertThat(derive(read()).is(RelationState.TLS_AVAILABLE)).isTrue();
	}

	@Test
	void whenSecretIsRevokedItsValuesAreAbsent() {
		answer(this.juju.relate(ID, "etcd", "etcd/0"));
		bring();
		assertThat(derive(read()).is(RelationState.TLS_AVAILABLE)).isTrue();
		this.juju.revoke(USER);
		assertThat(derive(read()).states()).containsExactly(RelationState.CONNECTED);
	}

	@Test
	void whenToolForSecretsFailsKeepsWhatWasRead() {
		answer(this.juju.relate(ID, "etcd", "etcd/0"));
		RelationView former = read();
		this.juju.fail("secret-get", "ERROR connection refused");
		assertThat(read()).isEqualTo(former);
		assertThat(this.source.describeMissing()).contains("it cannot read secret-user of relation etcd-client:1 ("
				+ USER + "): juju.enabled is true, but the hook tool secret-get failed with exit code 1: "
				+ "ERROR connection refused");
		this.source = source(null);
		assertThat(read().getApplications().get(ID).secrets()).isEmpty();
	}

	@Test
	void whenProviderIsInAnotherModelSaysWhatIsNotSupported() {
		Relation relation = this.juju.relate(ID, "etcd", "etcd/0");
		relation.remote.put("encryption-secret", "secret:encryption");
		bring();
		read();
		assertThat(this.juju.getWrites()).isEmpty();
		assertThat(this.source.describeMissing()).contains("relation etcd-client:1",
				"it is to another model, to which no own certificate can be granted as a secret, and publishing it "
						+ "encrypted is not supported: relate to an etcd of the same model");
	}

	@Test
	void whenApplicationHasNoUnitsIsConnected() {
		this.juju.relate(ID, "etcd");
		bring();
		RelationView view = read();
		assertThat(view.getApplications()).containsOnlyKeys(ID);
		assertThat(derive(view).states()).containsExactly(RelationState.CONNECTED);
		assertThat(this.juju.countCalls()).containsEntry("relation-list", 2L);
		read();
		assertThat(this.juju.countCalls()).containsEntry("relation-list", 1L);
	}

	@Test
	void whenRelationEndsOthersAreKept() {
		answer(this.juju.relate(ID, "etcd"));
		Relation ending = this.juju.relate("etcd-client:2", "old");
		bring();
		this.juju.setVariable("JUJU_HOOK_NAME", "etcd-client-relation-broken");
		this.juju.setVariable("JUJU_RELATION_ID", "etcd-client:2");
		RelationView view = read();
		assertThat(view.getApplications()).containsOnlyKeys(ID);
		assertThat(view.getRelations()).containsOnlyKeys(ID);
		assertThat(ending.own).isEmpty();
		this.juju.remove(ID);
		assertThat(RelationSnapshot.derive(read(), RelationInterface.ETCD_CLIENT).states()).isEmpty();
		assertThat(this.source.describeMissing()).isEqualTo("it is not connected, its source shows no remote unit");
	}

	@Test
	void whenApplicationOfRelationWithoutUnitsCannotBeReadOthersAreKept() {
		answer(this.juju.relate(ID, "etcd", "etcd/0"));
		this.juju.relate("etcd-client:2", "old");
		this.juju.fail("relation-list --format=json --app -r etcd-client:2", "ERROR relation not found");
		RelationView view = read();
		assertThat(view.getApplications()).containsOnlyKeys(ID);
		assertThat(derive(view).is(RelationState.AVAILABLE)).isTrue();
	}

	@Test
	void whenApplicationOfRelationWithUnitsCannotBeReadFails() {
		answer(this.juju.relate(ID, "etcd", "etcd/0"));
		this.source = source(RelationInterface.ETCD_CLIENT);
		this.juju.fail(READ_APPLICATION, "ERROR timeout");
		assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(this::read)
			.withMessageContaining("ERROR timeout");
	}

	@Test
	void whenApplicationCannotBeReadDataOfUnitsCounts(CapturedOutput output) {
		Relation relation = this.juju.relate(ID, "etcd", "etcd/0");
		this.juju.fail(READ_APPLICATION, "ERROR flag provided but not defined");
		RelationView view = read();
		assertThat(view.getApplications()).isEmpty();
		assertThat(derive(view).states()).containsExactly(RelationState.CONNECTED);
		String problem = "it cannot read the databag of the application of relation etcd-client:1: juju.enabled is "
				+ "true, but the hook tool relation-get failed with exit code 1: ERROR flag provided but not defined";
		assertThat(this.source.describeMissing()).isEqualTo(problem);
		read();
		assertThat(output).containsOnlyOnce("Relation 'etcd-client': " + problem);
		relation.units.get("etcd/0").put("connection_string", "https://a:2379");
		assertThat(derive(read()).is(RelationState.AVAILABLE)).isTrue();
	}

	@Test
	void whenApplicationCannotBeReadForMomentItStays() {
		answer(this.juju.relate(ID, "etcd", "etcd/0"));
		bring();
		RelationView former = read();
		this.juju.fail(READ_APPLICATION, "ERROR timeout");
		assertThat(read()).isEqualTo(former);
		assertThat(this.source.describeMissing()).contains("ERROR timeout");
	}

	@Test
	void whenInterfaceIsClassicApplicationThatCannotBeReadIsNone(CapturedOutput output) {
		Relation relation = this.juju.relate(ID, "etcd", "etcd/0");
		this.source = source(RelationInterface.ETCD);
		this.juju.fail(READ_APPLICATION, "ERROR flag provided but not defined");
		assertThat(read()).isEqualTo(RelationView.of(ID, "etcd/0", Map.of()));
		assertThat(this.source.describeMissing()).isNull();
		assertThat(output).doesNotContain("WARN");
		relation.units.get("etcd/0").put("connection_string", "https://a:2379");
		assertThat(derive(read()).is(RelationState.AVAILABLE)).isTrue();
	}

	@Test
	void departingUnitDoesNotCount() {
		answer(this.juju.relate(ID, "etcd", "etcd/0"));
		this.juju.setVariable("JUJU_HOOK_NAME", "etcd-client-relation-departed");
		this.juju.setVariable("JUJU_RELATION_ID", ID);
		this.juju.setVariable("JUJU_DEPARTING_UNIT", "etcd/0");
		RelationView view = read();
		assertThat(view.getRelations()).isEqualTo(Map.of(ID, Map.of()));
		assertThat(derive(view).is(RelationState.AVAILABLE)).isTrue();
	}

	@Test
	void classicRelationNeedsNoMoreToolsThanItsUnits() {
		Relation relation = this.juju.relate(ID, "etcd", "etcd/0");
		relation.units.get("etcd/0").put("connection_string", "https://a:2379");
		bring();
		RelationView view = read();
		assertThat(this.juju.countCalls())
			.isEqualTo(Map.of("relation-ids", 1L, "relation-list", 1L, "relation-get", 1L));
		assertThat(derive(view).relationInterface()).isEqualTo(RelationInterface.ETCD);
		assertThat(view.getOwnData()).isEmpty();
	}

	@Test
	void ownDataOfClassicRelationIsNotRead() {
		Relation relation = this.juju.relate(ID, "etcd", "etcd/0");
		relation.units.get("etcd/0").put("connection_string", "https://a:2379");
		JujuRelationSource unreadable = new JujuRelationSource(this.juju.getEndpoint(), null, () -> {
			throw new AssertionError("is not to be read");
		});
		assertThat(derive(this.juju.run(unreadable::read)).is(RelationState.AVAILABLE)).isTrue();
	}

	@Test
	void whenInterfaceIsGivenItDecides() {
		Relation relation = this.juju.relate(ID, "etcd", "etcd/0");
		answer(relation);
		bring();
		this.source = source(RelationInterface.ETCD);
		assertThat(read().getApplications()).isEqualTo(Map.of(ID, new RemoteApplication(relation.remote, Map.of())));
		assertThat(this.juju.countCalls()).doesNotContainKeys("is-leader", "secret-get");
		relation.units.get("etcd/0").put("connection_string", "https://a:2379");
		this.source = source(RelationInterface.ETCD_CLIENT);
		assertThat(read().getApplications().get(ID).secrets()).isEqualTo(Map.of(USER, USER_CONTENT, TLS, TLS_CONTENT));
		assertThat(relation.own).hasSize(4);
	}

	@Test
	void viewHasWhatJujuHas() {
		Relation relation = this.juju.relate(ID, "etcd", "etcd/0");
		answer(relation);
		assertThat(read()).isEqualTo(RelationView.of(ID, "etcd/0", Map.of())
			.withApplications(
					Map.of(ID, new RemoteApplication(relation.remote, Map.of(USER, USER_CONTENT, TLS, TLS_CONTENT)))));
	}

	/**
	 * The answer of a provider as Canonical's library writes it.
	 */
	private void answer(Relation relation) {
		relation.remote.putAll(Map.of("endpoints", ENDPOINTS, "version", "3.6.13", "secret-tls", TLS, "secret-user",
				USER, "prefix", "/my/app/", "resource", "/my/app/", "secret-mtls", "secret:comesback"));
		this.juju.setSecret(USER, USER_CONTENT);
		this.juju.setSecret(TLS, TLS_CONTENT);
	}

}
