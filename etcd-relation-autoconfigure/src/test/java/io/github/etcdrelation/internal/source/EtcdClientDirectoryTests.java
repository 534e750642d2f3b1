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

package io.github.etcdrelation.internal.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;

import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.RelationState;
import io.github.etcdrelation.RelationView;
import io.github.etcdrelation.autoconfigure.EtcdClientPem;
import io.github.etcdrelation.autoconfigure.TestPem;
import io.github.etcdrelation.internal.state.RelationSnapshot;
import io.github.etcdrelation.internal.tls.ExposedFiles;
import io.github.etcdrelation.internal.tls.SslBundleCache;
import net.minidev.json.JSONObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests what a directory of the interface {@code etcd_client} shows while its files
 * change. Nothing looks at the directory but what the watcher notices and what the source
 * itself asks for.
 */
class EtcdClientDirectoryTests extends DirectorySourceFixture {

	private static final String APPLICATION = "etcd-client:1/etcd.json";

	private static final String SECRETS = "etcd-client:1/secrets/";

	EtcdClientDirectoryTests() {
		super(new DirectoryWatcher());
	}

	@ParameterizedTest
	@ValueSource(strings = { "v0", "v1", "v1-to-v0" })
	void capturedDatabagIsRead(String captured) throws Exception {
		Path databags = Path.of(getClass().getResource("/etcd-client-databags/" + captured).toURI());
		for (Path file : TestFiles.files(databags)) {
			TestFiles.write(directory().resolve("etcd-client:1").resolve(databags.relativize(file).toString()),
					Files.readString(file));
		}
		write("client_cert", EtcdClientPem.CERT);
		write("client_key", EtcdClientPem.KEY);
		write("prefix", "/my/app/");
		DirectoryRelationSource created = create();
		RelationSnapshot data = RelationSnapshot.derive(created.read(), null);
		assertThat(data.states()).isEmpty();
		// What was captured of the authority is no certificate
		await().until(() -> !created.read().equals(RelationView.empty()));
		data = RelationSnapshot.derive(created.read(), null);
		assertThat(data.relationInterface()).isEqualTo(RelationInterface.ETCD_CLIENT);
		assertThat(data.states()).containsExactly(RelationState.values());
		assertThat(data.connectionString()).isEqualTo("https://10.0.0.2:2379,https://10.0.0.1:2379");
		assertThat(data.version()).isEqualTo("3.6.13");
		assertThat(data.account().username()).isEqualTo("client");
		assertThat(data.account().prefix()).isEqualTo("/my/app/");
		assertThat(data.credentials().clientCa()).isEqualTo("-----BEGIN CERTIFICATE-----");
		assertThat(data.credentials().clientCert()).isEqualTo(EtcdClientPem.CERT);
		assertThat(created.describeMissing()).isNull();
	}

	@Test
	void secretsThatAppearLaterAreNoticed() {
		replace(APPLICATION, referring("u1", "t1"));
		start();
		assertThat(data().states()).containsExactly(RelationState.CONNECTED);
		awaitNoLooks();
		secret("u1", user("https://a:2379"));
		await().until(() -> data().is(RelationState.AVAILABLE));
		assertThat(this.source.describeMissing()).contains("t1.json does not exist");
		awaitNoLooks();
		secret("t1", tls(TestPem.CA));
		await().until(() -> data().is(RelationState.TLS_AVAILABLE));
		assertThat(this.source.describeMissing()).isNull();
	}

	@Test
	void secretThatIsRevisedIsTaken() {
		replace(APPLICATION, referring("u1", "t1"));
		secret("u1", user("https://a:2379"));
		secret("t1", tls(TestPem.CA));
		start();
		awaitNoLooks();
		secret("u1", user("https://b:2379"));
		awaitConnectionString("https://b:2379");
		assertThat(this.views).hasSize(2);
	}

	@Test
	void secretThatIsAwayForMomentIsKept() {
		replace(APPLICATION, referring("u1", "t1"));
		secret("u1", user("https://a:2379"));
		secret("t1", tls(TestPem.CA));
		start();
		TestFiles.delete(directory().resolve(SECRETS));
		awaitLooks();
		secret("u1", user("https://b:2379"));
		secret("t1", tls(TestPem.CA));
		awaitConnectionString("https://b:2379");
		assertThat(this.views).hasSize(2);
		awaitNoLooks();
		secret("u1", user("https://c:2379"));
		awaitConnectionString("https://c:2379");
	}

	@Test
	void secretThatStaysAwayIsGone() {
		replace(APPLICATION, referring("u1", "t1"));
		secret("u1", user("https://a:2379"));
		secret("t1", tls(TestPem.CA));
		start();
		TestFiles.delete(directory().resolve(SECRETS + "t1.json"));
		await().until(() -> data().credentials().clientCa() == null);
		assertThat(data().states()).containsExactly(RelationState.CONNECTED, RelationState.AVAILABLE);
		assertThat(this.views).hasSize(2);
	}

	@Test
	void applicationWaitsForSecretsThatItRefersToAnew() {
		replace(APPLICATION, referring("u1", "t1"));
		secret("u1", user("https://a:2379"));
		secret("t1", tls(TestPem.CA));
		start();
		replace(APPLICATION, referring("u2", "t2"));
		awaitLooks();
		secret("t2", tls(EtcdClientPem.CERT));
		awaitLooks();
		secret("u2", user("https://b:2379"));
		awaitConnectionString("https://b:2379");
		assertThat(data().credentials().clientCa()).isEqualTo(EtcdClientPem.CERT);
		assertThat(this.views).hasSize(2);
	}

	@Test
	void authorityThatIsTruncatedForMomentIsNotTaken() {
		writeFiles("https://a:2379", EtcdClientPem.CERT, EtcdClientPem.KEY);
		start();
		write("tls-ca", TestPem.CA.substring(0, 200));
		awaitLooks();
		write("tls-ca", EtcdClientPem.CERT);
		write("uris", "https://b:2379");
		awaitConnectionString("https://b:2379");
		assertThat(this.views).hasSize(2);
	}

	@Test
	void ownPairThatIsWrittenOneByOneIsNotMixed() {
		writeFiles("https://a:2379", EtcdClientPem.CERT, EtcdClientPem.KEY);
		start();
		write("client_cert", EtcdClientPem.RENEWED_CERT);
		awaitLooks();
		write("client_key", EtcdClientPem.RENEWED_KEY);
		await().until(() -> EtcdClientPem.RENEWED_KEY.equals(data().credentials().clientKey()));
		assertThat(data().credentials().clientCert()).isEqualTo(EtcdClientPem.RENEWED_CERT);
		assertThat(this.views).hasSize(2);
	}

	@Test
	void ownPairBesideSpoolComesTogether() {
		replace(APPLICATION, "{}");
		start();
		write("client_key", EtcdClientPem.KEY);
		awaitLooks();
		write("client_cert", EtcdClientPem.CERT);
		await().until(() -> EtcdClientPem.CERT.equals(data().credentials().clientCert()));
		assertThat(data().states()).containsExactly(RelationState.CONNECTED);
		assertThat(data().credentials().clientKey()).isEqualTo(EtcdClientPem.KEY);
		assertThat(this.views).hasSize(2);
	}

	@Test
	void ownPairBesideSpoolThatIsWrittenOneByOneIsNotMixed() {
		replace(APPLICATION, "{}");
		write("client_cert", EtcdClientPem.CERT);
		write("client_key", EtcdClientPem.KEY);
		start();
		write("client_key", EtcdClientPem.RENEWED_KEY);
		awaitLooks();
		// Although the authority of etcd is not known yet
		write("client_cert", EtcdClientPem.RENEWED_CERT);
		await().until(() -> EtcdClientPem.RENEWED_CERT.equals(data().credentials().clientCert()));
		assertThat(data().credentials().clientKey()).isEqualTo(EtcdClientPem.RENEWED_KEY);
		assertThat(this.views).hasSize(2);
	}

	@Test
	void fileThatIsAwayForMomentIsKept() {
		writeFiles("https://a:2379", EtcdClientPem.CERT, EtcdClientPem.KEY);
		start();
		for (String name : List.of("username", "tls-ca", "uris", "client_key")) {
			TestFiles.delete(directory().resolve(name));
			awaitLooks();
		}
		writeFiles("https://b:2379", EtcdClientPem.CERT, EtcdClientPem.KEY);
		awaitConnectionString("https://b:2379");
		assertThat(this.views).hasSize(2);
	}

	@Test
	void filesBecomeThoseOfEtcdClientInOneChange() {
		writeClassicFiles("https://a:2379");
		start();
		write("uris", "https://b:2379");
		write("tls-ca", EtcdClientPem.CERT);
		write("client_cert", EtcdClientPem.CERT);
		awaitLooks();
		write("client_key", EtcdClientPem.KEY);
		write("username", "client");
		awaitLooks();
		TestFiles.delete(directory().resolve("connection_string"));
		awaitLooks();
		TestFiles.delete(directory().resolve("client_ca"));
		awaitConnectionString("https://b:2379");
		assertThat(data().relationInterface()).isEqualTo(RelationInterface.ETCD_CLIENT);
		assertThat(data().credentials().clientCa()).isEqualTo(EtcdClientPem.CERT);
		assertThat(this.views).hasSize(2);
	}

	@Test
	void filesBecomeThoseOfTheClassicInterfaceInOneChange() {
		writeFiles("https://a:2379", EtcdClientPem.CERT, EtcdClientPem.KEY);
		start();
		write("connection_string", "https://b:2379");
		awaitLooks();
		write("client_ca", TestPem.CA);
		write("client_cert", TestPem.CERT);
		awaitLooks();
		write("client_key", TestPem.KEY);
		awaitLooks();
		for (String name : List.of("uris", "tls-ca", "username")) {
			TestFiles.delete(directory().resolve(name));
			awaitLooks();
		}
		awaitConnectionString("https://b:2379");
		assertThat(data().relationInterface()).isEqualTo(RelationInterface.ETCD);
		assertThat(data().credentials().clientCert()).isEqualTo(TestPem.CERT);
		assertThat(this.views).hasSize(2);
	}

	@Test
	void filesBecomeThoseOfTheClassicInterfaceEvenIfOthersStay() {
		writeFiles("https://a:2379", EtcdClientPem.CERT, EtcdClientPem.KEY);
		start();
		write("connection_string", "https://b:2379");
		awaitConnectionString("https://b:2379");
		write("connection_string", "https://c:2379");
		awaitConnectionString("https://c:2379");
		assertThat(data().relationInterface()).isEqualTo(RelationInterface.ETCD);
	}

	@Test
	void ownDataOfRelationWithoutAnswerIsNotUsed() {
		replace("etcd-client:1/etcd.json",
				JSONObject.toJSONString(Map.of("own", Map.of("client_cert", "cert 1", "prefix", "/p/1"))));
		replace("etcd-client:2/etcd.json", complete(2));
		RelationSnapshot data = RelationSnapshot.derive(create().read(), null);
		assertThat(data.connectionString()).isEqualTo("https://h2:2379");
		assertThat(data.account().prefix()).isEqualTo("/p/2");
		assertThat(data.credentials().clientCert()).isEqualTo("cert 2");
		assertThat(data.credentials().clientKey()).isEqualTo("key 2");
	}

	@Test
	void refusalIsNoAnswer() {
		replace("etcd-client:1/etcd.json",
				JSONObject.toJSONString(Map.of("status", "[]", "own", Map.of("prefix", "/p/1"))));
		replace("etcd-client:2/etcd.json", complete(2));
		replace("etcd-client:3/etcd.json", JSONObject.toJSONString(Map.of("own", own(3))));
		RelationSnapshot data = RelationSnapshot.derive(create().read(), null);
		assertThat(data.account().prefix()).isEqualTo("/p/2");
		assertThat(data.credentials().clientKey()).isEqualTo("key 2");
	}

	@Test
	void unitsWithoutNumberThatAreSilentAreUnits() {
		replace("etcd:1/etcd.json", "{\"ingress-address\": \"10.0.0.1\"}");
		replace("etcd:1/other.json", "{\"version\": \"3.4.23\"}");
		DirectoryRelationSource created = create();
		RelationView view = created.read();
		assertThat(view.getRelations().get("etcd:1")).containsOnlyKeys("etcd", "other");
		assertThat(RelationSnapshot.derive(view, null).states()).containsExactly(RelationState.CONNECTED);
		replace("etcd:1/etcd.json", "{\"connection_string\": \"https://a:2379\"}");
		await().until(() -> RelationSnapshot.derive(created.read(), null).is(RelationState.AVAILABLE));
	}

	@Test
	void silentApplicationIsNoUnitIfTheInterfaceIsGiven() {
		replace(APPLICATION, "{}");
		this.source = new DirectoryRelationSource("etcd", directory(), this.watcher, this.executor,
				new SslBundleCache(null), RelationInterface.ETCD_CLIENT, () -> OwnDataKind.NONE, new ExposedFiles());
		assertThat(this.source.read().getApplications()).containsOnlyKeys("etcd-client:1");
		assertThat(this.source.describeMissing()).contains("etcd.json has no username");
	}

	@Test
	void spoolTurnsFromOneInterfaceToTheOther() {
		String unit = "{\"connection_string\": \"https://a:2379\"}";
		replace("etcd:1/etcd/0.json", unit);
		start();
		replace("etcd-client:2/etcd.json", complete(1));
		await().until(() -> lastView().getApplications().containsKey("etcd-client:2"));
		assertThat(data().connectionString()).isEqualTo("https://a:2379");
		TestFiles.delete(directory().resolve("etcd:1"));
		awaitConnectionString("https://h1:2379");
		assertThat(data().relationInterface()).isEqualTo(RelationInterface.ETCD_CLIENT);
		replace("etcd:3/etcd/0.json", unit);
		awaitConnectionString("https://a:2379");
		assertThat(data().relationInterface()).isEqualTo(RelationInterface.ETCD);
		assertThat(this.views).allSatisfy((view) -> {
			RelationSnapshot data = RelationSnapshot.derive(view, null);
			boolean classic = data.relationInterface() == RelationInterface.ETCD;
			assertThat(data.connectionString()).isEqualTo(classic ? "https://a:2379" : "https://h1:2379");
			assertThat(data.account().username()).isEqualTo(classic ? null : "user 1");
			assertThat(data.credentials().clientCert()).isEqualTo(classic ? null : "cert 1");
		});
	}

	@Test
	void relationThatIsRemovedIsGoneAtOnceWhateverIsBesideIt() {
		replace(APPLICATION, JSONObject.toJSONString(Map.of("username", "client", "uris", "https://a:2379")));
		write("client_cert", EtcdClientPem.CERT);
		write("client_key", EtcdClientPem.KEY);
		DirectoryRelationSource created = create();
		assertThat(RelationSnapshot.derive(created.read(), null).is(RelationState.AVAILABLE)).isTrue();
		TestFiles.delete(directory().resolve("etcd-client:1"));
		assertThat(RelationSnapshot.derive(created.read(), null)).isEqualTo(RelationSnapshot.NONE);
	}

	@Test
	void linksOutOfSpoolAreWatched() throws IOException {
		Path elsewhere = this.parent.resolve("elsewhere/etcd.json");
		TestFiles.write(elsewhere, complete(1));
		Files.createDirectories(directory().resolve("etcd-client:1"));
		Files.createSymbolicLink(directory().resolve(APPLICATION), elsewhere);
		start();
		awaitNoLooks();
		TestFiles.replace(elsewhere, complete(2));
		awaitConnectionString("https://h2:2379");
	}

	@Test
	void fileThatIsExchangedIsNeverMixed() throws InterruptedException {
		replace(APPLICATION, complete(0));
		assertNeverMixed(2000, (i) -> replace(APPLICATION, (i % 2 == 0) ? complete(i) : completeVersion1(i)));
	}

	@Test
	void volumeThatIsSwappedIsNeverMixed() throws InterruptedException {
		KubernetesVolume volume = new KubernetesVolume(directory());
		volume.swap(files(0));
		assertNeverMixed(100, (i) -> volume.swap(files(i)));
	}

	private void assertNeverMixed(int exchanges, IntConsumer exchange) throws InterruptedException {
		DirectoryRelationSource created = create();
		assertGeneration(created.read());
		Set<RelationView> seen = ConcurrentHashMap.newKeySet();
		Set<Throwable> thrown = ConcurrentHashMap.newKeySet();
		AtomicLong reads = new AtomicLong();
		AtomicBoolean end = new AtomicBoolean();
		Thread reader = new Thread(() -> {
			while (!end.get()) {
				try {
					seen.add(created.read());
					reads.incrementAndGet();
				}
				catch (RuntimeException ex) {
					thrown.add(ex);
				}
			}
		}, "reader");
		reader.start();
		for (int i = 1; i <= exchanges; i++) {
			exchange.accept(i);
		}
		String last = "https://h%s:2379".formatted(exchanges);
		await().until(() -> last.equals(RelationSnapshot.derive(created.read(), null).connectionString()));
		end.set(true);
		reader.join();
		assertThat(thrown).isEmpty();
		assertThat(seen).hasSizeGreaterThan(1).allSatisfy(EtcdClientDirectoryTests::assertGeneration);
	}

	private static void assertGeneration(RelationView view) {
		RelationSnapshot data = RelationSnapshot.derive(view, null);
		assertThat(data.relationInterface()).isEqualTo(RelationInterface.ETCD_CLIENT);
		String generation = data.connectionString().replaceAll("https://h|:2379", "");
		assertThat(data.account().username()).isEqualTo("user " + generation);
		assertThat(data.account().prefix()).isEqualTo("/p/" + generation);
		assertThat(data.credentials().clientCa()).isEqualTo("ca " + generation);
		assertThat(data.credentials().clientCert()).isEqualTo("cert " + generation);
		assertThat(data.credentials().clientKey()).isEqualTo("key " + generation);
	}

	private static Map<String, String> files(int generation) {
		Map<String, String> files = new LinkedHashMap<>();
		files.put("uris", "https://h" + generation + ":2379");
		files.put("username", "user " + generation);
		files.put("prefix", "/p/" + generation);
		files.put("tls-ca", "ca " + generation);
		files.put("client_cert", "cert " + generation);
		files.put("client_key", "key " + generation);
		return files;
	}

	private static String complete(int generation) {
		Map<String, Object> databag = response(generation);
		databag.put("prefix", "/p/" + generation);
		databag.put("own", own(generation));
		return JSONObject.toJSONString(databag);
	}

	private static String completeVersion1(int generation) {
		Map<String, Object> response = response(generation);
		response.put("resource", "/p/" + generation);
		return JSONObject.toJSONString(Map.of("version", "v1", "requests", List.of(response), "own", own(generation)));
	}

	private static Map<String, Object> response(int generation) {
		Map<String, Object> response = new LinkedHashMap<>();
		response.put("secret-user",
				Map.of("username", "user " + generation, "uris", "https://h" + generation + ":2379"));
		response.put("secret-tls", Map.of("tls", "true", "tls-ca", "ca " + generation));
		return response;
	}

	private static Map<String, String> own(int generation) {
		return Map.of("client_cert", "cert " + generation, "client_key", "key " + generation);
	}

	private static String referring(String user, String tls) {
		return JSONObject.toJSONString(Map.of("secret-user", "secret:" + user, "secret-tls", "secret:" + tls, "own",
				Map.of("client_cert", EtcdClientPem.CERT, "client_key", EtcdClientPem.KEY)));
	}

	private static Map<String, String> user(String uris) {
		return Map.of("username", "client", "uris", uris);
	}

	private static Map<String, String> tls(String ca) {
		return Map.of("tls", "True", "tls-ca", ca);
	}

	private DirectoryRelationSource create() {
		this.source = new DirectoryRelationSource("etcd", directory(), this.watcher, this.executor,
				new SslBundleCache(null), null, () -> OwnDataKind.NONE, new ExposedFiles());
		return this.source;
	}

	private void start() {
		start(create());
	}

	@Override
	void awaitConnectionString(String expected) {
		super.awaitConnectionString(expected);
		assertThat(this.failures).isEmpty();
	}

	private void replace(String name, String content) {
		TestFiles.replace(directory().resolve(name), content);
	}

	private void secret(String id, Map<String, String> content) {
		replace(SECRETS + id + ".json", JSONObject.toJSONString(content));
	}

	private void writeFiles(String uris, String cert, String key) {
		write("uris", uris);
		write("tls-ca", TestPem.CA);
		write("client_cert", cert);
		write("client_key", key);
		write("username", "client");
	}

	private void writeClassicFiles(String connectionString) {
		write("client_ca", TestPem.CA);
		write("client_cert", TestPem.CERT);
		write("client_key", TestPem.KEY);
		write("connection_string", connectionString);
	}

}
