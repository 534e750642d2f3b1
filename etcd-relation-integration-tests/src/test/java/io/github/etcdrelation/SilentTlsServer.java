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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

import io.github.etcdrelation.test.ServerCertificate;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/**
 * Agrees on TLS and HTTP/2 and then says nothing, as a server that hangs.
 */
final class SilentTlsServer implements AutoCloseable {

	private final SSLServerSocket server;

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	SilentTlsServer(ServerCertificate certificate) {
		SslBundle bundle = SslBundle.of(new PemSslStoreBundle(
				PemSslStoreDetails.forCertificates(certificate.certificate()).withPrivateKey(certificate.key()), null));
		try {
			this.server = (SSLServerSocket) bundle.createSslContext()
				.getServerSocketFactory()
				.createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		start(this::accept);
	}

	int getPort() {
		return this.server.getLocalPort();
	}

	private void accept() {
		while (!this.server.isClosed()) {
			try {
				SSLSocket socket = (SSLSocket) this.server.accept();
				this.sockets.add(socket);
				start(() -> shakeHands(socket));
			}
			catch (IOException ex) {
				// closed
			}
		}
	}

	private void shakeHands(SSLSocket socket) {
		try (socket) {
			SSLParameters parameters = socket.getSSLParameters();
			parameters.setApplicationProtocols(new String[] { "h2" });
			socket.setSSLParameters(parameters);
			socket.startHandshake();
			// Reads until the peer gives up
			socket.getInputStream().readAllBytes();
		}
		catch (IOException ex) {
			// the peer is gone
		}
		finally {
			this.sockets.remove(socket);
		}
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "silent-tls-server");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() {
		try {
			this.server.close();
			for (Socket socket : this.sockets) {
				socket.close();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
