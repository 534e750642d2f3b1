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

package io.github.etcdrelation.docker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.test.CertificateAuthority;
import io.github.etcdrelation.test.ServerCertificate;

/**
 * Certificates and keys of an etcd in a container and of its client, in files.
 */
final class TlsFiles {

	/**
	 * What etcd needs to demand client certificates, with the files in {@code /tls}.
	 */
	static final String[] ARGUMENTS = { "--cert-file", "/tls/server.crt", "--key-file", "/tls/server.key",
			"--trusted-ca-file", "/tls/ca.crt", "--client-cert-auth" };

	private TlsFiles() {
	}

	static Path write(Path directory) {
		CertificateAuthority authority = CertificateAuthority.create();
		ServerCertificate server = authority.issueServer("127.0.0.1", "localhost");
		ClientCredentials client = authority.issueClient("docker");
		try {
			Files.createDirectories(directory);
			Files.writeString(directory.resolve("ca.crt"), authority.caPem());
			Files.writeString(directory.resolve("server.crt"), server.certificate());
			Files.writeString(directory.resolve("server.key"), server.key());
			Files.writeString(directory.resolve("client.crt"), client.clientCert());
			Files.writeString(directory.resolve("client.key"), client.clientKey());
			return directory;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
