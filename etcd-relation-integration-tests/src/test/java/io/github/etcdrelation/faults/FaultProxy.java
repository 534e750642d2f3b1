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

package io.github.etcdrelation.faults;

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
import java.util.concurrent.TimeUnit;

/**
 * Passes bytes to a member, and can cut, delay or swallow them.
 */
final class FaultProxy implements AutoCloseable {

	private final ServerSocket server;

	private final InetSocketAddress target;

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	private final Object modeChange = new Object();

	private volatile Mode mode = Mode.PASS;

	FaultProxy(String targetHost, int targetPort) {
		this.target = new InetSocketAddress(targetHost, targetPort);
		try {
			this.server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		start("accept", this::accept);
	}

	/**
	 * Return the URL, by the name that certificates of members hold besides their
	 * address.
	 */
	String endpoint() {
		return "https://localhost:" + this.server.getLocalPort();
	}

	/**
	 * Pass bytes, or keep connections open and pass nothing, or pass them late.
	 */
	void setMode(Mode mode) {
		synchronized (this.modeChange) {
			this.mode = mode;
			this.modeChange.notifyAll();
		}
	}

	/**
	 * End all connections at once with a reset.
	 */
	void reset() {
		this.sockets.forEach(FaultProxy::reset);
	}

	/**
	 * End all connections in order: both peers see the end of the stream.
	 */
	void finish() {
		for (Socket socket : this.sockets) {
			try {
				socket.shutdownOutput();
			}
			catch (IOException ex) {
				// closed already
			}
		}
	}

	private void accept() {
		while (!this.server.isClosed()) {
			try {
				Socket client = this.server.accept();
				this.sockets.add(client);
				start("connect", () -> connect(client));
			}
			catch (IOException ex) {
				// closed
			}
		}
	}

	private void connect(Socket client) {
		Socket upstream = new Socket();
		this.sockets.add(upstream);
		try {
			upstream.connect(this.target, 5000);
			start("up", () -> pump(client, upstream));
			start("down", () -> pump(upstream, client));
		}
		catch (IOException ex) {
			this.sockets.remove(upstream);
			this.sockets.remove(client);
			reset(client);
		}
	}

	private void pump(Socket from, Socket to) {
		try (from; to) {
			InputStream in = from.getInputStream();
			OutputStream out = to.getOutputStream();
			byte[] buffer = new byte[16384];
			for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
				obeyMode();
				out.write(buffer, 0, count);
			}
			to.shutdownOutput();
		}
		catch (IOException ex) {
			// one of the two is gone
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.sockets.remove(from);
			this.sockets.remove(to);
		}
	}

	private void obeyMode() throws InterruptedException {
		if (this.mode == Mode.SLOW) {
			TimeUnit.MILLISECONDS.sleep(100);
		}
		synchronized (this.modeChange) {
			while (this.mode == Mode.SILENT) {
				this.modeChange.wait();
			}
		}
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
		Thread thread = new Thread(task, "fault-proxy-" + name);
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
		setMode(Mode.PASS);
		reset();
	}

	enum Mode {

		PASS, SILENT, SLOW

	}

}
