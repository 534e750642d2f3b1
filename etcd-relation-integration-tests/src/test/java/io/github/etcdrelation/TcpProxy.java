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
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Passes bytes to another port of this machine, so that connections can be cut without
 * the peers' doing.
 */
final class TcpProxy implements AutoCloseable {

	private final ServerSocket server;

	private volatile InetSocketAddress target;

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	/**
	 * Those whose bytes are lost from now on.
	 */
	private final Set<Socket> swallowing = ConcurrentHashMap.newKeySet();

	private final AtomicInteger connections = new AtomicInteger();

	private final AtomicLong sent = new AtomicLong();

	private volatile boolean silent;

	TcpProxy(String targetHost, int targetPort) {
		this("127.0.0.1", 0, targetHost, targetPort);
	}

	/**
	 * Create a proxy.
	 * @param host the literal address to listen on
	 * @param port the port to listen on, 0 for any
	 * @param targetHost the literal address to pass bytes to
	 * @param targetPort the port to pass bytes to
	 */
	TcpProxy(String host, int port, String targetHost, int targetPort) {
		this.target = new InetSocketAddress(targetHost, targetPort);
		try {
			this.server = new ServerSocket(port, 50, InetAddress.getByName(host));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		start("accept", this::accept);
	}

	int getPort() {
		return this.server.getLocalPort();
	}

	/**
	 * Return how many connections were accepted so far.
	 */
	int getConnections() {
		return this.connections.get();
	}

	/**
	 * Return how many bytes clients have sent so far.
	 */
	long getSent() {
		return this.sent.get();
	}

	/**
	 * Return how many sockets are open, two for each connection.
	 */
	int getOpenSockets() {
		return this.sockets.size();
	}

	private void accept() {
		while (!this.server.isClosed()) {
			try {
				Socket client = this.server.accept();
				this.connections.incrementAndGet();
				if (this.silent) {
					this.sockets.add(client);
					continue;
				}
				Socket upstream = new Socket();
				this.sockets.add(client);
				this.sockets.add(upstream);
				try {
					upstream.connect(this.target);
				}
				catch (IOException ex) {
					reset(client);
					continue;
				}
				start("up", () -> pump(client, upstream, this.sent));
				start("down", () -> pump(upstream, client, new AtomicLong()));
			}
			catch (IOException ex) {
				// closed
			}
		}
	}

	private void pump(Socket from, Socket to, AtomicLong counter) {
		try (from; to) {
			InputStream in = from.getInputStream();
			OutputStream out = to.getOutputStream();
			byte[] buffer = new byte[16384];
			for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
				counter.addAndGet(count);
				if (!this.swallowing.contains(from)) {
					out.write(buffer, 0, count);
				}
			}
		}
		catch (IOException ex) {
			// one of the two is gone
		}
		finally {
			this.sockets.remove(from);
			this.sockets.remove(to);
			this.swallowing.remove(from);
		}
	}

	/**
	 * Pass on the connections that are accepted from now on to another port.
	 */
	void setTarget(String targetHost, int targetPort) {
		this.target = new InetSocketAddress(targetHost, targetPort);
	}

	/**
	 * Accept connections from now on without ever saying anything on them, or pass them
	 * on again. Those that are open are as they were.
	 */
	void setSilent(boolean silent) {
		this.silent = silent;
	}

	/**
	 * Lose all bytes of the connections that are open, in both directions and without a
	 * sign, as a load balancer does that has forgotten them.
	 */
	void swallow() {
		this.swallowing.addAll(this.sockets);
	}

	/**
	 * Close all connections in order: the peers read to an end.
	 */
	void finish() {
		this.sockets.forEach(TcpProxy::finish);
	}

	private static void finish(Socket socket) {
		try {
			socket.shutdownOutput();
		}
		catch (IOException ex) {
			// closed already
		}
	}

	/**
	 * Break all connections as a crash would: the peers get a reset.
	 */
	void reset() {
		this.sockets.forEach(TcpProxy::reset);
	}

	private static void reset(Socket socket) {
		try {
			socket.setSoLinger(true, 0);
			socket.close();
		}
		catch (IOException ex) {
			// closed already
		}
	}

	private static void start(String name, Runnable task) {
		Thread thread = new Thread(task, "tcp-proxy-" + name);
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() {
		try {
			this.server.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		reset();
	}

}
