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

package io.github.etcdrelation.internal.provider;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.github.etcdrelation.EtcdClientRequest;
import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RemoteApplication;
import io.github.etcdrelation.event.EtcdClientRequestRemovedEvent;
import io.github.etcdrelation.event.EtcdClientRequestedEvent;
import io.github.etcdrelation.event.EtcdProviderConnectedEvent;
import io.github.etcdrelation.event.EtcdProviderDisconnectedEvent;
import io.github.etcdrelation.internal.databag.DatabagJson;
import io.github.etcdrelation.internal.databag.EtcdClientDatabag;
import io.github.etcdrelation.internal.databag.RequestRefusal;
import io.github.etcdrelation.internal.juju.MemoryJuju;
import io.github.etcdrelation.internal.state.RefreshExecutor;
import io.github.etcdrelation.internal.tls.PemFixtures;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests {@link ManagedClientProvider}.
 */
@ExtendWith(OutputCaptureExtension.class)
class ManagedClientProviderTests {

	private static final String ID = "etcd-client:3";

	private static final String ENDPOINTS = "10.0.0.2:2379,10.0.0.1:2379";

	private static final String URIS = "https://10.0.0.2:2379,https://10.0.0.1:2379";

	private static final String USER = "etcd-client.3.user.secret";

	private static final String TLS = "etcd-client.3.tls.secret";

	private final MemoryJuju juju = new MemoryJuju("etcd", "etcd-client");

	private final BlockingQueue<ApplicationEvent> events = new LinkedBlockingQueue<>();

	private ManagedClientProvider provider = createProvider();

	private ManagedClientProvider createProvider() {
		return new ManagedClientProvider("etcd-client", new JujuClientTarget(this.juju.endpoint(this.juju)),
				(event) -> this.events.add((ApplicationEvent) event), new RefreshExecutor(), Duration.ofMillis(20));
	}

	@AfterEach
	void close() {
		this.provider.close();
	}

	/**
	 * Continue as an application that starts anew.
	 */
	private void restart() {
		this.provider.close();
		this.events.clear();
		this.juju.writes.clear();
		this.provider = createProvider();
		start();
	}

	private void start() {
		this.provider.load();
		this.provider.start();
	}

	private <T extends ApplicationEvent> T next(Class<T> type) throws InterruptedException {
		ApplicationEvent event = this.events.poll(20, TimeUnit.SECONDS);
		assertThat(event).isInstanceOf(type);
		return type.cast(event);
	}

	private EtcdClientRequest nextRequest() throws InterruptedException {
		return next(EtcdClientRequestedEvent.class).getRequest();
	}

	private EtcdClientRequest requestOfVersion0() throws InterruptedException {
		this.juju.relate(ID, "web", "web/0");
		this.juju.request(ID, "/my/app/", Certificates.FIRST);
		start();
		next(EtcdProviderConnectedEvent.class);
		return nextRequest();
	}

	private List<EtcdClientRequest> requestsOfVersion1() throws InterruptedException {
		this.juju.relate(ID, "web", "web/0");
		this.juju.requests(ID,
				List.of(List.of("aa", "/a/", Certificates.FIRST), List.of("bb", "/b/", Certificates.SECOND)));
		start();
		next(EtcdProviderConnectedEvent.class);
		return List.of(nextRequest(), nextRequest());
	}

	private void offer() {
		this.provider.setEndpoints(ENDPOINTS, "3.6.13");
		this.provider.setCa(Certificates.AUTHORITY);
	}

	private List<EtcdClientDatabag.Response> responses() {
		return databag().getResponses(null);
	}

	private List<RequestRefusal> refusals() {
		return databag().getRefusals();
	}

	/**
	 * What the requirer reads, with the secrets that are granted to it.
	 */
	private EtcdClientDatabag databag() {
		Map<String, Map<String, String>> granted = new TreeMap<>();
		this.juju.secrets.forEach((uri, secret) -> {
			if (secret.isOwn() && secret.granted.contains(ID)) {
				granted.put(uri, secret.content);
			}
		});
		return new EtcdClientDatabag(new RemoteApplication(this.juju.relation(ID).own, granted));
	}

	private List<Map<String, String>> answers() {
		return DatabagJson.readObjects(this.juju.relation(ID).own.get("requests")).orElseThrow();
	}

	private Map<String, Object> data() {
		return DatabagJson.readObject(this.juju.relation(ID).own.get("data")).orElseThrow();
	}

	@Test
	void requestOfVersion0IsAnsweredFlat() throws InterruptedException {
		EtcdClientRequest request = requestOfVersion0();
		assertThat(request)
			.isEqualTo(new EtcdClientRequest(ID, null, "/my/app/", Certificates.FIRST, Certificates.FIRST_NAME));
		assertThat(this.provider.getRequests()).containsExactly(request);
		assertThat(this.juju.writes).isEmpty();
		offer();
		assertThat(this.juju.writes).isEmpty();
		this.provider.setUser(request, "client");
		assertThat(this.juju.writes).containsExactly("secret-add " + USER, "secret-grant " + USER + " " + ID,
				"secret-add " + TLS, "secret-grant " + TLS + " " + ID,
				"relation-set " + ID + " [endpoints, prefix, resource, secret-tls, secret-user, version]");
		assertThat(this.juju.relation(ID).own).containsEntry("endpoints", ENDPOINTS)
			.containsEntry("version", "3.6.13")
			.containsEntry("prefix", "/my/app/")
			.containsEntry("resource", "/my/app/");
		assertThat(this.juju.own(USER).content).isEqualTo(Map.of("username", "client", "uris", URIS));
		assertThat(this.juju.own(TLS).content).isEqualTo(Map.of("tls", "true", "tls-ca", Certificates.AUTHORITY));
		assertThat(responses()).singleElement().satisfies((response) -> {
			assertThat(response.isComplete()).isTrue();
			assertThat(response.prefix()).isEqualTo("/my/app/");
			assertThat(response.version()).isEqualTo("3.6.13");
		});
	}

	@Test
	void requestsOfVersion1AreAnsweredOneByOne() throws InterruptedException {
		List<EtcdClientRequest> requests = requestsOfVersion1();
		assertThat(requests).extracting(EtcdClientRequest::requestId).containsExactly("aa", "bb");
		assertThat(requests).extracting(EtcdClientRequest::commonName)
			.containsExactly(Certificates.FIRST_NAME, Certificates.SECOND_NAME);
		offer();
		this.provider.setUser(requests.get(1), "second");
		Map<String, String> databag = this.juju.relation(ID).own;
		assertThat(databag).containsOnlyKeys("version", "requests", "data").containsEntry("version", "v1");
		assertThat(answers()).singleElement()
			.satisfies((answer) -> assertThat(answer)
				.containsOnlyKeys("resource", "request-id", "salt", "endpoints", "secret-user", "secret-tls", "version")
				.containsEntry("request-id", "bb")
				.containsEntry("salt", "salt-of-bb")
				.containsEntry("resource", "/b/")
				.containsEntry("version", "3.6.13"));
		assertThat(data()).containsOnlyKeys("bb");
		this.provider.setUser(requests.get(0), "first");
		assertThat(answers()).extracting((answer) -> answer.get("request-id")).containsExactly("aa", "bb");
		assertThat(data()).containsOnlyKeys("aa", "bb");
		assertThat(data().get("aa")).asInstanceOf(InstanceOfAssertFactories.MAP)
			.containsEntry("resource", "/a/")
			.containsEntry("request-id", "aa")
			.containsKey("secret-mtls");
		assertThat(responses()).extracting(EtcdClientDatabag.Response::username).containsExactly("first", "second");
		assertThat(responses()).allMatch(EtcdClientDatabag.Response::isComplete);
		assertThat(this.juju.ownLabels()).containsExactly("etcd-client.3.aa.tls.secret", "etcd-client.3.aa.user.secret",
				"etcd-client.3.bb.tls.secret", "etcd-client.3.bb.user.secret");
	}

	@Test
	void userIsPublishedOnceThereAreEndpoints() throws InterruptedException {
		EtcdClientRequest request = requestOfVersion0();
		this.provider.setUser(request, "client");
		assertThat(this.juju.writes).isEmpty();
		this.provider.setEndpoints(ENDPOINTS);
		assertThat(this.juju.relation(ID).own).containsOnlyKeys("endpoints", "prefix", "resource", "secret-user");
		this.provider.setCa(Certificates.AUTHORITY);
		assertThat(responses()).allMatch(EtcdClientDatabag.Response::isComplete);
	}

	@Test
	void whatIsThereIsNotWrittenAgain() throws InterruptedException {
		EtcdClientRequest request = requestOfVersion0();
		offer();
		this.provider.setUser(request, "client");
		this.juju.writes.clear();
		offer();
		this.provider.setUser(request, "client");
		this.provider.stop();
		this.provider.start();
		restart();
		next(EtcdProviderConnectedEvent.class);
		offer();
		this.provider.setUser(nextRequest(), "client");
		assertThat(this.juju.writes).isEmpty();
	}

	@Test
	void whenStartedAnewTakesNothingAwayMeanwhile() throws InterruptedException {
		List<EtcdClientRequest> requests = requestsOfVersion1();
		offer();
		this.provider.setUser(requests.get(0), "first");
		this.provider.refuse(requests.get(1), 4001, "Taken", "Choose another");
		Map<String, String> before = Map.copyOf(this.juju.relation(ID).own);
		restart();
		this.provider.setUser(this.provider.getRequests().get(0), "first");
		this.provider.setEndpoints(ENDPOINTS, "3.6.13");
		assertThat(this.juju.relation(ID).own).isEqualTo(before);
		this.provider.setUser(this.provider.getRequests().get(1), "second");
		assertThat(this.juju.relation(ID).own).doesNotContainKey("status");
	}

	@Test
	void changeOfOffersReachesAllThatAreGranted() throws InterruptedException {
		List<EtcdClientRequest> requests = requestsOfVersion1();
		offer();
		requests.forEach((request) -> this.provider.setUser(request, request.commonName()));
		this.juju.writes.clear();
		this.provider.setCa(Certificates.NEXT_AUTHORITY);
		assertThat(this.juju.writes).containsExactly("secret-set etcd-client.3.aa.tls.secret",
				"secret-set etcd-client.3.bb.tls.secret");
		this.juju.writes.clear();
		this.provider.setEndpoints("10.0.0.9:2379", "3.7.0");
		assertThat(this.juju.writes).containsExactly("secret-set etcd-client.3.aa.user.secret",
				"secret-set etcd-client.3.bb.user.secret", "relation-set " + ID + " [requests]");
		assertThat(responses()).allSatisfy((response) -> {
			assertThat(response.endpoints()).isEqualTo("10.0.0.9:2379");
			assertThat(response.uris()).isEqualTo("https://10.0.0.9:2379");
			assertThat(response.version()).isEqualTo("3.7.0");
			assertThat(response.ca()).isEqualTo(Certificates.NEXT_AUTHORITY);
		});
	}

	@Test
	void withdrawnEndpointsTakeUserAwayUntilOfferedAgain() throws InterruptedException {
		EtcdClientRequest request = requestOfVersion0();
		offer();
		this.provider.setUser(request, "client");
		this.provider.setEndpoints(null);
		assertThat(this.juju.relation(ID).own).isEmpty();
		this.provider.setCa(null);
		this.provider.setEndpoints(ENDPOINTS);
		assertThat(responses()).singleElement().satisfies((response) -> {
			assertThat(response.username()).isEqualTo("client");
			assertThat(response.ca()).isNull();
		});
	}

	@Test
	void refusalIsPublishedAndGrantingWithdrawsIt() throws InterruptedException {
		EtcdClientRequest request = requestOfVersion0();
		offer();
		this.provider.refuse(request, 4001, "Common name in use", "Use another");
		assertThat(this.juju.relation(ID).own).isEqualTo(Map.of("status",
				"[{\"code\":4001,\"message\":\"Common name in use\",\"resolution\":\"Use another\"}]"));
		this.provider.setUser(request, "client");
		assertThat(this.juju.relation(ID).own).doesNotContainKey("status").containsKey("secret-user");
		this.provider.refuse(request, 5000, "Not now", null);
		assertThat(refusals()).containsExactly(new RequestRefusal(5000, "Not now", null));
		this.provider.refuse(request, 5001, "Not here", "Ask");
		assertThat(this.juju.relation(ID).own).containsOnlyKeys("status");
		assertThat(refusals()).containsExactly(new RequestRefusal(5001, "Not here", "Ask"));
		restart();
		offer();
		this.provider.setUser(this.provider.getRequests().get(0), "client");
		assertThat(refusals()).isEmpty();
		assertThat(responses()).allMatch(EtcdClientDatabag.Response::isComplete);
		assertThat(this.juju.ownLabels()).hasSize(2);
	}

	@Test
	void refusalOfVersion1ComesWithAnswerAndFormerStatus() throws InterruptedException {
		List<EtcdClientRequest> requests = requestsOfVersion1();
		offer();
		this.provider.refuse(requests.get(0), 4001, "First taken", "Use another");
		this.provider.refuse(requests.get(1), 4001, "Second taken", "Use another");
		assertThat(refusals()).containsExactly(new RequestRefusal(4001, "First taken; Second taken", "Use another"));
		assertThat(answers())
			.allSatisfy((answer) -> assertThat(answer).containsOnlyKeys("resource", "request-id", "salt"));
		this.provider.setUser(requests.get(0), "first");
		assertThat(refusals()).extracting(RequestRefusal::message).containsExactly("Second taken");
		this.provider.setUser(requests.get(1), "second");
		assertThat(this.juju.relation(ID).own).doesNotContainKey("status");
		assertThat(data().get("status"))
			.isEqualTo(Map.of("4001", Map.of("code", 4001, "message", "Second taken", "resolution", "Use another")));
		this.juju.writes.clear();
		restart();
		this.provider.setEndpoints(ENDPOINTS, "3.6.13");
		this.provider.setUser(this.provider.getRequests().get(0), "first");
		assertThat(this.juju.writes).isEmpty();
	}

	@Test
	void renewedCertificateIsAnotherEventAndKeepsUser() throws InterruptedException {
		EtcdClientRequest request = requestOfVersion0();
		offer();
		this.provider.setUser(request, "client");
		this.juju.writes.clear();
		secretOfRequirer().revise(Map.of("mtls-cert", Certificates.SECOND));
		EtcdClientRequestedEvent event = next(EtcdClientRequestedEvent.class);
		assertThat(event.getPreviousRequest()).isEqualTo(request);
		assertThat(event.getRequest().commonName()).isEqualTo(Certificates.SECOND_NAME);
		assertThat(event.getProvider()).isSameAs(this.provider);
		this.provider.setEndpoints("10.0.0.9:2379");
		assertThat(responses().get(0).username()).isEqualTo("client");
		// Too late: the request has changed
		this.provider.refuse(request, 4001, "Outdated", "None");
		assertThat(refusals()).isEmpty();
		this.provider.setUser(event.getRequest(), "other");
		assertThat(responses().get(0).username()).isEqualTo("other");
	}

	private MemoryJuju.Secret secretOfRequirer() {
		return this.juju.secrets.get(this.juju.relation(ID).remote.get("secret-mtls"));
	}

	@Test
	void changedPrefixIsNotGrantedBeforeItIsDecided() throws InterruptedException {
		EtcdClientRequest request = requestOfVersion0();
		offer();
		this.provider.setUser(request, "client");
		this.juju.relation(ID).remote.put("prefix", "/other/");
		EtcdClientRequest changed = nextRequest();
		this.provider.setEndpoints("10.0.0.9:2379");
		assertThat(this.juju.relation(ID).own).containsEntry("prefix", "/my/app/")
			.containsEntry("endpoints", ENDPOINTS);
		this.provider.setUser(changed, "client");
		assertThat(this.juju.relation(ID).own).containsEntry("prefix", "/other/")
			.containsEntry("endpoints", "10.0.0.9:2379");
	}

	@Test
	void requestThatGoesIsReportedAndItsAnswerRemoved() throws InterruptedException {
		List<EtcdClientRequest> requests = requestsOfVersion1();
		offer();
		requests.forEach((request) -> this.provider.setUser(request, request.commonName()));
		this.juju.requests(ID, List.of(List.of("bb", "/b/", Certificates.SECOND)));
		assertThat(next(EtcdClientRequestRemovedEvent.class).getRequest()).isEqualTo(requests.get(0));
		Awaitility.await().until(() -> answers().size() == 1);
		assertThat(data()).containsOnlyKeys("bb");
		this.juju.end(ID);
		assertThat(next(EtcdClientRequestRemovedEvent.class).getRequest()).isEqualTo(requests.get(1));
		next(EtcdProviderDisconnectedEvent.class);
		assertThat(this.provider.getRequests()).isEmpty();
	}

	@Test
	void secretsOfWithdrawnAnswersAreRemoved() throws InterruptedException {
		EtcdClientRequest request = requestOfVersion0();
		offer();
		this.provider.setUser(request, "client");
		this.juju.writes.clear();
		this.provider.setCa(null);
		assertThat(this.juju.writes).containsExactly("relation-set " + ID + " [secret-tls]", "secret-remove " + TLS);
		this.provider.setCa(Certificates.AUTHORITY);
		assertThat(this.juju.ownLabels()).containsExactly(TLS, USER);
		this.provider.refuse(request, 4001, "Taken", null);
		assertThat(this.juju.ownLabels()).isEmpty();
		this.provider.setUser(request, "client");
		assertThat(responses()).allMatch(EtcdClientDatabag.Response::isComplete);
		restart();
		this.provider.refuse(this.provider.getRequests().get(0), 4001, "Taken", null);
		assertThat(this.juju.ownLabels()).isEmpty();
	}

	@Test
	void secretsOfRequestThatGoesAndOfRelationThatEndsAreRemoved() throws InterruptedException {
		List<EtcdClientRequest> requests = requestsOfVersion1();
		offer();
		requests.forEach((request) -> this.provider.setUser(request, request.commonName()));
		this.juju.requests(ID, List.of(List.of("bb", "/b/", Certificates.SECOND)));
		next(EtcdClientRequestRemovedEvent.class);
		assertThat(this.juju.ownLabels()).containsExactly("etcd-client.3.bb.tls.secret",
				"etcd-client.3.bb.user.secret");
		this.juju.end(ID);
		next(EtcdClientRequestRemovedEvent.class);
		assertThat(this.juju.ownLabels()).isEmpty();
	}

	@Test
	void secretsThatEarlierProcessPublishedAreRemovedWithTheirRelation() throws InterruptedException {
		requestsOfVersion1();
		offer();
		this.provider.getRequests().forEach((request) -> this.provider.setUser(request, request.commonName()));
		restart();
		this.juju.end(ID);
		Awaitility.await().until(() -> this.juju.ownLabels().isEmpty());
		assertThat(this.juju.writes).hasSize(4).allMatch((write) -> write.startsWith("secret-remove "));
	}

	@Test
	void secretsThatEarlierProcessPublishedAreRemovedInHookForTheEnd() throws InterruptedException {
		List<EtcdClientRequest> requests = requestsOfVersion1();
		offer();
		this.provider.setUser(requests.get(0), "first");
		this.provider.close();
		this.juju.breakUp(ID);
		this.juju.unlist(ID);
		restart();
		assertThat(this.juju.ownLabels()).isEmpty();
		assertThat(this.juju.writes).containsExactlyInAnyOrder("secret-remove etcd-client.3.aa.user.secret",
				"secret-remove etcd-client.3.aa.tls.secret");
	}

	@Test
	void whenDatabagIsGoneInHookForTheEndSecretsAreFoundByTheirLabels() throws InterruptedException {
		EtcdClientRequest request = requestOfVersion0();
		offer();
		this.provider.setUser(request, "client");
		this.provider.close();
		this.juju.breakUp(ID);
		this.juju.end(ID);
		restart();
		assertThat(this.juju.ownLabels()).isEmpty();
	}

	@Test
	void unitThatIsRemovedFromRelationThatLivesOnRemovesNothing() throws InterruptedException {
		List<EtcdClientRequest> requests = requestsOfVersion1();
		offer();
		requests.forEach((request) -> this.provider.setUser(request, request.commonName()));
		Map<String, String> before = Map.copyOf(this.juju.relation(ID).own);
		this.juju.writes.clear();
		this.juju.breakUp(ID);
		Awaitility.await().until(() -> this.provider.getRequests().isEmpty());
		offer();
		restart();
		offer();
		assertThat(this.juju.writes).isEmpty();
		assertThat(this.juju.ownLabels()).hasSize(4);
		assertThat(this.juju.relation(ID).own).isEqualTo(before);
	}

	@Test
	void onlyLeaderRemovesSecretsOfRelationThatEnds() throws InterruptedException {
		EtcdClientRequest request = requestOfVersion0();
		offer();
		this.provider.setUser(request, "client");
		this.juju.leader = false;
		Awaitility.await().until(() -> this.provider.getRequests().isEmpty());
		this.juju.end(ID);
		next(EtcdProviderDisconnectedEvent.class);
		this.juju.leader = true;
		this.provider.stop();
		this.provider.start();
		assertThat(this.juju.ownLabels()).containsExactly(TLS, USER);
	}

	@Test
	void secretThatCannotBeRemovedIsReportedOnceAndHasNoOtherEffect(CapturedOutput output) throws InterruptedException {
		EtcdClientRequest request = requestOfVersion0();
		offer();
		this.provider.setUser(request, "client");
		String uri = this.juju.relation(ID).own.get("secret-tls");
		this.juju.failing = "secret-remove";
		this.provider.setCa(null);
		assertThat(output).containsOnlyOnce("Secret " + uri + ", which is not needed any more, could not be removed. "
				+ "Remove it with secret-remove, or ignore it: juju.enabled words of secret-remove");
		this.provider.setCa(Certificates.NEXT_AUTHORITY);
		assertThat(responses()).allMatch(EtcdClientDatabag.Response::isComplete);
		assertThat(this.juju.own(TLS).content).containsEntry("tls-ca", Certificates.NEXT_AUTHORITY);
		assertThat(output).doesNotContain("this is tried again");
	}

	@Test
	void secretThatCannotBeRemovedIsRemovedLater(CapturedOutput output) throws InterruptedException {
		EtcdClientRequest request = requestOfVersion0();
		offer();
		this.provider.setUser(request, "client");
		this.juju.failing = "secret-remove";
		this.provider.setCa(null);
		this.juju.end(ID);
		next(EtcdClientRequestRemovedEvent.class);
		int before = this.juju.failures.get();
		Awaitility.await().until(() -> this.juju.failures.get() > before + 6);
		assertThat(this.juju.ownLabels()).containsExactly(TLS, USER);
		assertThat(output.getOut().split("could not be removed", -1)).hasSizeLessThanOrEqualTo(4);
		this.juju.failing = "";
		Awaitility.await().until(() -> this.juju.ownLabels().isEmpty());
		int removed = this.juju.writes.size();
		this.provider.stop();
		this.provider.start();
		assertThat(this.juju.writes).hasSize(removed);
	}

	@Test
	void secretThatCouldNotBeRemovedAndIsNeededAgainStays() throws InterruptedException {
		EtcdClientRequest request = requestOfVersion0();
		offer();
		this.provider.setUser(request, "client");
		this.juju.failing = "secret-remove";
		this.provider.setCa(null);
		this.provider.setCa(Certificates.NEXT_AUTHORITY);
		this.juju.failing = "";
		this.provider.stop();
		this.provider.start();
		assertThat(this.juju.own(TLS).content).containsEntry("tls-ca", Certificates.NEXT_AUTHORITY);
		assertThat(responses()).allMatch(EtcdClientDatabag.Response::isComplete);
	}

	@Test
	void relationThatEndsInRunningHookHasNoRequests() throws InterruptedException {
		EtcdClientRequest request = requestOfVersion0();
		this.juju.environment.put("JUJU_HOOK_NAME", "etcd-client-relation-broken");
		this.juju.environment.put("JUJU_RELATION_ID", ID);
		assertThat(next(EtcdClientRequestRemovedEvent.class).getRequest()).isEqualTo(request);
	}

	@Test
	void withoutLeadershipReadsAndWritesNothing() throws InterruptedException {
		this.juju.leader = false;
		this.juju.relate(ID, "web", "web/0");
		this.juju.request(ID, "/my/app/", Certificates.FIRST);
		start();
		next(EtcdProviderConnectedEvent.class);
		offer();
		assertThat(this.provider.getRequests()).isEmpty();
		this.juju.leader = true;
		EtcdClientRequest request = nextRequest();
		this.provider.setUser(request, "client");
		assertThat(responses()).allMatch(EtcdClientDatabag.Response::isComplete);
		this.juju.leader = false;
		Awaitility.await().until(() -> this.provider.getRequests().isEmpty());
		this.juju.relation(ID).own.clear();
		this.provider.setUser(request, "client");
		this.provider.setEndpoints("10.0.0.9:2379");
		assertThat(this.juju.relation(ID).own).isEmpty();
		assertThat(this.events).isEmpty();
		this.juju.leader = true;
		assertThat(nextRequest()).isEqualTo(request);
		assertThat(this.juju.relation(ID).own).isEmpty();
	}

	@Test
	void leadershipLostBetweenCheckAndWriteIsReported() throws InterruptedException {
		EtcdClientRequest request = requestOfVersion0();
		offer();
		this.juju.failing = "relation-set " + ID;
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(() -> this.provider.setUser(request, "client"))
			.withMessageContaining("words of relation-set");
		this.juju.failing = "";
		Awaitility.await().until(() -> this.juju.relation(ID).own.containsKey("secret-user"));
		assertThat(this.juju.ownLabels()).hasSize(2);
		assertThat(responses()).allMatch(EtcdClientDatabag.Response::isComplete);
	}

	@Test
	void secretThatWasNotGrantedIsGrantedLater() throws InterruptedException {
		EtcdClientRequest request = requestOfVersion0();
		offer();
		this.juju.failing = "secret-grant";
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(() -> this.provider.setUser(request, "client"));
		assertThat(this.juju.relation(ID).own).isEmpty();
		this.juju.failing = "";
		Awaitility.await().until(() -> this.juju.relation(ID).own.containsKey("secret-user"));
		assertThat(this.juju.own(USER).granted).containsExactly(ID);
	}

	@Test
	void secretThatWasRemovedIsAddedAgain() throws InterruptedException {
		EtcdClientRequest request = requestOfVersion0();
		offer();
		this.provider.setUser(request, "client");
		this.juju.secrets.remove(this.juju.relation(ID).own.get("secret-tls"));
		restart();
		offer();
		this.provider.setUser(this.provider.getRequests().get(0), "client");
		assertThat(this.juju.writes).containsExactly("secret-add " + TLS, "secret-grant " + TLS + " " + ID,
				"relation-set " + ID + " [secret-tls]");
		assertThat(responses()).allMatch(EtcdClientDatabag.Response::isComplete);
	}

	@Test
	void certificateThatIsNotGrantedHidesThisRelationOnly(CapturedOutput output) throws InterruptedException {
		this.juju.relate("etcd-client:1", "other", "other/0");
		String uri = this.juju.request("etcd-client:1", "/other/", Certificates.SECOND);
		this.juju.secrets.get(uri).granted.clear();
		EtcdClientRequest request = requestOfVersion0();
		assertThat(this.provider.getRequests()).containsExactly(request);
		assertThat(output).containsOnlyOnce(uri + " is not granted");
		this.juju.secrets.get(uri).granted.add("etcd-client:1");
		assertThat(nextRequest().prefix()).isEqualTo("/other/");
	}

	@Test
	void requestThatCannotBeReadStaysAndOthersAreRead() throws InterruptedException {
		List<EtcdClientRequest> requests = requestsOfVersion1();
		synchronized (this.juju) {
			this.juju.requests(ID, List.of(List.of("aa", "/a/", Certificates.SECOND),
					List.of("cc", "/c/", Certificates.FIRST), List.of("dd", "/d/", Certificates.FIRST)));
			revoke("aa");
			revoke("cc");
		}
		assertThat(next(EtcdClientRequestRemovedEvent.class).getRequest()).isEqualTo(requests.get(1));
		EtcdClientRequest added = nextRequest();
		assertThat(added.requestId()).isEqualTo("dd");
		assertThat(this.provider.getRequests()).containsExactly(requests.get(0), added);
		assertThat(this.events).isEmpty();
	}

	@Test
	void encryptedRequestDoesNotHideOthers(CapturedOutput output) throws InterruptedException {
		this.juju.relate(ID, "web", "web/0");
		this.juju.requests(ID, List.of(List.of("bb", "/b/", Certificates.SECOND)));
		synchronized (this.juju) {
			this.juju.relation(ID).remote.compute("requests",
					(key, value) -> "[{\"resource\":\"/a/\",\"request-id\":\"aa\",\"mtls-cert\":\"gAA\"},"
							+ String.valueOf(value).substring(1));
		}
		start();
		next(EtcdProviderConnectedEvent.class);
		assertThat(nextRequest().requestId()).isEqualTo("bb");
		assertThat(output).containsOnlyOnce("the certificate of relation etcd-client:3 is encrypted");
	}

	@Test
	void whenStartedAnewAnswerToRequestThatCannotBeReadStays() throws InterruptedException {
		List<EtcdClientRequest> requests = requestsOfVersion1();
		offer();
		this.provider.setUser(requests.get(0), "first");
		this.provider.refuse(requests.get(1), 4001, "Taken", null);
		this.provider.stop();
		revoke("aa");
		restart();
		assertThat(this.provider.getRequests()).containsExactly(requests.get(1));
		offer();
		this.provider.setUser(requests.get(1), "second");
		assertThat(responses()).extracting(EtcdClientDatabag.Response::username)
			.containsExactlyInAnyOrder("first", "second");
		assertThat(data()).containsKeys("aa", "bb");
	}

	/**
	 * Take the grant of the certificate of a request away.
	 */
	private void revoke(String requestId) {
		synchronized (this.juju) {
			DatabagJson.readObjects(this.juju.relation(ID).remote.get("requests"))
				.orElseThrow()
				.stream()
				.filter((request) -> requestId.equals(request.get("request-id")))
				.forEach((request) -> this.juju.secrets.get(request.get("secret-mtls")).granted.clear());
		}
	}

	@Test
	void whatCannotBeReadForMomentStays() throws InterruptedException {
		EtcdClientRequest request = requestOfVersion0();
		for (String tool : List.of("secret-get", "relation-get " + ID, "relation-ids", "is-leader")) {
			int before = this.juju.failures.get();
			this.juju.failing = tool;
			Awaitility.await().until(() -> this.juju.failures.get() > before + 2);
			assertThat(this.provider.getRequests()).containsExactly(request);
		}
		assertThat(this.events).isEmpty();
	}

	@Test
	void incompleteRequestsAreNotExposed(CapturedOutput output) throws InterruptedException {
		this.juju.relate(ID, "web", "web/0");
		start();
		next(EtcdProviderConnectedEvent.class);
		Map<String, String> databag = this.juju.relation(ID).remote;
		List<Consumer<Map<String, String>>> incomplete = List.of((bag) -> bag.put("prefix", "/my/app/"),
				(bag) -> bag.put("secret-mtls", "--help"), (bag) -> bag.put("version", "v1"),
				(bag) -> bag.put("requests", "no list"), (bag) -> bag.put("requests", "[{\"resource\":\"/a/\"}]"),
				(bag) -> bag.put("requests",
						"[{\"resource\":\"/a/\",\"request-id\":\"a.b c\",\"secret-mtls\":\"secret:1\"}]"));
		incomplete.forEach((change) -> {
			synchronized (this.juju) {
				change.accept(databag);
			}
			this.provider.stop();
			this.provider.start();
			assertThat(this.provider.getRequests()).isEmpty();
		});
		assertThat(this.events).isEmpty();
		assertThat(output).doesNotContain("this is tried again");
		synchronized (this.juju) {
			databag.clear();
			databag.putAll(Map.of("prefix", "/my/app/", "mtls-cert", "gAAAAAB"));
		}
		Awaitility.await()
			.until(() -> output.getOut().contains("the certificate of relation etcd-client:3 is encrypted"));
	}

	@Test
	void certificateWithoutNameHasNone() throws InterruptedException {
		this.juju.relate(ID, "web", "web/0");
		this.juju.request(ID, "/my/app/", "-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----");
		start();
		next(EtcdProviderConnectedEvent.class);
		EtcdClientRequest request = nextRequest();
		assertThat(request.commonName()).isNull();
		assertThat(request.toString()).doesNotContain("BEGIN");
	}

	@Test
	void newerVersionOfInterfaceReplacesFlatAnswer() throws InterruptedException {
		EtcdClientRequest request = requestOfVersion0();
		offer();
		this.provider.setUser(request, "client");
		synchronized (this.juju) {
			this.juju.relation(ID).remote.clear();
			this.juju.requests(ID, List.of(List.of("aa", "/a/", Certificates.FIRST)));
		}
		next(EtcdClientRequestRemovedEvent.class);
		this.provider.setUser(nextRequest(), "client");
		assertThat(this.juju.relation(ID).own).containsOnlyKeys("version", "requests", "data");
		synchronized (this.juju) {
			this.juju.relation(ID).remote.clear();
			this.juju.request(ID, "/my/app/", Certificates.FIRST);
		}
		next(EtcdClientRequestRemovedEvent.class);
		this.provider.setUser(nextRequest(), "client");
		assertThat(this.juju.relation(ID).own).containsOnlyKeys("endpoints", "prefix", "resource", "secret-tls",
				"secret-user", "version");
	}

	@ParameterizedTest
	@ValueSource(strings = { "10.0.0.1:port", "10.0.0.1:2379,a b", "user:s3cr3t@10.0.0.1:2379", "10.0.0.1:2379/path",
			"under_score:2379", ",", "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQ" })
	void endpointsThatAreNoneAreRefusedAndThoseBeforeStay(String endpoints) throws InterruptedException {
		EtcdClientRequest request = requestOfVersion0();
		offer();
		this.provider.setUser(request, "client");
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(() -> this.provider.setEndpoints(endpoints))
			.satisfies((ex) -> assertThat(ex.getItem()).isEqualTo("endpoints"))
			.withMessageContaining("Give hosts with ports, such as 10.0.0.1:2379,10.0.0.2:2379")
			.withMessageNotContainingAny("s3cr3t", "MIGH");
		assertThat(responses().get(0).endpoints()).isEqualTo(ENDPOINTS);
	}

	@Test
	void endpointsArePublishedAsHostsWithPorts() throws InterruptedException {
		EtcdClientRequest request = requestOfVersion0();
		this.provider.setUser(request, "client");
		this.provider.setEndpoints(" etcd-1.internal, [fd00::1]:2380 ,etcd-1.internal:2379,");
		assertThat(responses().get(0).endpoints()).isEqualTo("etcd-1.internal:2379,[fd00::1]:2380");
		assertThat(responses().get(0).uris()).isEqualTo("https://etcd-1.internal:2379,https://[fd00::1]:2380");
	}

	@Test
	void authorityThatIsNoneIsRefusedAndTheOneBeforeStays() throws InterruptedException {
		EtcdClientRequest request = requestOfVersion0();
		offer();
		this.provider.setUser(request, "client");
		String key = PemFixtures.EC.getPrivateKeyPEM();
		for (String ca : List.of(key, Certificates.AUTHORITY + key, "s3cr3t", Certificates.AUTHORITY.substring(0, 200),
				Certificates.AUTHORITY.replaceFirst("MII", "AAA"))) {
			assertThatExceptionOfType(InvalidRelationDataException.class).isThrownBy(() -> this.provider.setCa(ca))
				.satisfies((ex) -> assertThat(ex.getItem()).isEqualTo("ca"))
				.withMessageNotContainingAny("s3cr3t", key.lines().skip(1).findFirst().orElseThrow());
		}
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(() -> this.provider.setCa(Certificates.AUTHORITY + key))
			.withMessage("ca holds a private key beside certificates, which others would read. Give the certificate of "
					+ "the authority of the etcd servers, or several of them, as PEM text without anything else");
		assertThat(responses().get(0).ca()).isEqualTo(Certificates.AUTHORITY);
		this.provider.setCa(Certificates.NEXT_AUTHORITY);
		assertThat(responses().get(0).ca()).isEqualTo(Certificates.NEXT_AUTHORITY);
	}

	@Test
	void misuseIsRefused() throws InterruptedException {
		EtcdClientRequest request = requestOfVersion0();
		assertThatIllegalArgumentException().isThrownBy(() -> this.provider.setEndpoints("https://10.0.0.1:2379"))
			.withMessageContaining("have a scheme");
		assertThatIllegalArgumentException().isThrownBy(() -> this.provider.setUser(request, " "));
		assertThatIllegalArgumentException().isThrownBy(() -> this.provider.setUser(request, "client\nadmin"))
			.withMessage("The name of the user must not have line breaks or other control characters");
		assertThatIllegalArgumentException().isThrownBy(() -> this.provider.refuse(request, 1001, "", ""));
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> this.provider.setConnectionString("https://10.0.0.1:2379"))
			.withMessageContaining("Call setEndpoints instead");
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> this.provider.setClientCredentials("", "", ""));
		this.juju.environment.clear();
		assertThatExceptionOfType(InvalidRelationDataException.class)
			.isThrownBy(() -> this.provider.setUser(request, "client"))
			.withMessageContaining("JUJU_UNIT_NAME");
	}

}
