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
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import io.github.etcdrelation.test.ServerCertificate;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/**
 * Hands each connection to a handler, which has it to itself on a thread of its own.
 */
final class SocketServer implements AutoCloseable {

	private final ServerSocket server;

	private final Handler handler;

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	SocketServer(Handler handler) {
		this.handler = handler;
		try {
			this.server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		start(this::accept);
	}

	/**
	 * Create a server that agrees on TLS and HTTP/2 before the handler gets the
	 * connection.
	 * @param certificate its certificate
	 * @param handler the handler
	 * @param protocols the versions of TLS that it accepts, none for the defaults
	 */
	static SocketServer tls(ServerCertificate certificate, TlsHandler handler, String... protocols) {
		SSLContext context = SslBundle
			.of(new PemSslStoreBundle(
					PemSslStoreDetails.forCertificates(certificate.certificate()).withPrivateKey(certificate.key()),
					null))
			.createSslContext();
		return new SocketServer((socket) -> handler.handle(shakeHands(context, socket, protocols)));
	}

	private static SSLSocket shakeHands(SSLContext context, Socket socket, String... protocols) throws IOException {
		SSLSocket tls = (SSLSocket) context.getSocketFactory()
			.createSocket(socket, "127.0.0.1", socket.getPort(), true);
		tls.setUseClientMode(false);
		SSLParameters parameters = tls.getSSLParameters();
		parameters.setApplicationProtocols(new String[] { "h2" });
		if (protocols.length > 0) {
			parameters.setProtocols(protocols);
		}
		tls.setSSLParameters(parameters);
		tls.startHandshake();
		return tls;
	}

	int getPort() {
		return this.server.getLocalPort();
	}

	String getUrl() {
		return "https://127.0.0.1:" + getPort();
	}

	private void accept() {
		while (!this.server.isClosed()) {
			try {
				Socket socket = this.server.accept();
				this.sockets.add(socket);
				start(() -> handle(socket));
			}
			catch (IOException ex) {
				// closed
			}
		}
	}

	private void handle(Socket socket) {
		try (socket) {
			this.handler.handle(socket);
		}
		catch (IOException ex) {
			// the peer is gone
		}
		finally {
			this.sockets.remove(socket);
		}
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "socket-server");
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

	interface Handler {

		void handle(Socket socket) throws IOException;

	}

	interface TlsHandler {

		void handle(SSLSocket socket) throws IOException;

	}

}
