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

package io.github.etcdrelation;

import java.util.stream.Stream;

import io.etcd.jetcd.Client;
import io.grpc.internal.GrpcUtil;
import io.netty.util.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Makes sure that the libraries are of versions that this project can work with: it
 * builds on parts of them that are not meant to be stable.
 */
class ClassPathTests {

	@ParameterizedTest
	@MethodSource
	void libraryIsOneThatWeWorkWith(Library library) {
		assertThat(library.version())
			.as("%s %s is on the class path, this project works with %s: %s", library.name(), library.version(),
					library.supported(), library.remedy())
			.matches(library.supported().replace(".", "\\.").replace("x", "\\d+.*"));
	}

	static Stream<Library> libraryIsOneThatWeWorkWith() {
		return Stream.of(new Library("jetcd", jetcd(), "0.8.x",
				"requests and responses of its stubs are read by the channel, and other lines need another Netty"),
				new Library("gRPC", GrpcUtil.getGrpcBuildVersion().getImplementationVersion(), "1.x",
						"the channel implements io.grpc.ManagedChannel"),
				new Library("Netty", netty("netty-common"), "4.2.x",
						"Vert.x 5, on which jetcd 0.8 is built, and Spring Boot 4 need 4.2"),
				new Library("protobuf", protobuf(), "4.x",
						"generated classes of jetcd-api need the runtime that they were generated for"));
	}

	@Test
	void partsOfNettyAreOfOneVersion() {
		assertThat(Version.identify().values().stream().map(Version::artifactVersion).distinct())
			.as("versions of Netty on the class path, which Spring Boot manages: %s", Version.identify())
			.hasSize(1);
	}

	private static String jetcd() {
		// Its jar has no manifest that says so
		String jar = Client.class.getProtectionDomain().getCodeSource().getLocation().getPath();
		return jar.replaceAll(".*/jetcd-core-|\\.jar$", "");
	}

	private static String netty(String artifact) {
		return Version.identify().get(artifact).artifactVersion();
	}

	private static String protobuf() {
		return com.google.protobuf.RuntimeVersion.OSS_MAJOR + "." + com.google.protobuf.RuntimeVersion.OSS_MINOR;
	}

	record Library(String name, String version, String supported, String remedy) {

		@Override
		public String toString() {
			return this.name;
		}

	}

}
