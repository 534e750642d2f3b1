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

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * Passes HTTP/2 without TLS on frame by frame, so that streams and connections can be
 * ended as load balancers and other servers end them.
 */
final class Http2Proxy implements AutoCloseable {

	private static final int PREFACE_LENGTH = 24;

	private static final int HEADER_LENGTH = 9;

	private static final int DATA = 0;

	private static final int HEADERS = 1;

	private static final int RST_STREAM = 3;

	private static final int GOAWAY = 7;

	private static final int CONTINUATION = 9;

	private static final int END_STREAM = 1;

	private static final int END_HEADERS = 4;

	private final ServerSocket server;

	private final InetSocketAddress target;

	private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

	private final AtomicInteger refusals = new AtomicInteger();

	private final AtomicInteger refused = new AtomicInteger();

	private volatile byte[] refusal = new byte[0];

	Http2Proxy(String targetHost, int targetPort) {
		this.target = new InetSocketAddress(targetHost, targetPort);
		try {
			this.server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		start("accept", this::accept);
	}

	String getConnectionString() {
		return "http://127.0.0.1:" + this.server.getLocalPort();
	}

	/**
	 * Reset the streams that have been answered to and have not ended.
	 * @param code the error code of HTTP/2
	 */
	void resetStreams(int code) {
		this.connections.forEach((connection) -> connection.resetStreams(code));
	}

	/**
	 * Say on each connection that it ends, and end it.
	 * @param code the error code of HTTP/2
	 */
	void goAway(int code) {
		this.connections.forEach((connection) -> connection.goAway(code));
	}

	/**
	 * Break the connections and answer the next streams, in place of etcd, with a page
	 * and no gRPC status.
	 * @param times how many streams
	 * @param httpStatus the status code of HTTP
	 * @param contentType the type of the page, {@code null} to name none
	 */
	void breakAndAnswer(int times, int httpStatus, @Nullable String contentType) {
		ByteArrayOutputStream block = new ByteArrayOutputStream();
		// Literals that stay out of the table that both sides of a connection keep
		block.write(0x08);
		block.write(3);
		block.writeBytes(Integer.toString(httpStatus).getBytes(StandardCharsets.US_ASCII));
		if (contentType != null) {
			block.write(0x0f);
			block.write(0x10);
			block.write(contentType.length());
			block.writeBytes(contentType.getBytes(StandardCharsets.US_ASCII));
		}
		this.refusal = block.toByteArray();
		this.refusals.set(times);
		this.connections.forEach(Connection::close);
	}

	/**
	 * Return how many streams were answered with a page.
	 */
	int getRefused() {
		return this.refused.get();
	}

	private void accept() {
		while (!this.server.isClosed()) {
			try {
				Socket client = this.server.accept();
				Socket upstream = new Socket();
				upstream.connect(this.target);
				Connection connection = new Connection(client, upstream);
				this.connections.add(connection);
				start("up", connection::pumpRequests);
				start("down", connection::pumpResponses);
			}
			catch (IOException ex) {
				// closed
			}
		}
	}

	private static void start(String name, Runnable task) {
		Thread thread = new Thread(task, "http2-proxy-" + name);
		thread.setDaemon(true);
		thread.start();
	}

	private static byte[] frame(int type, int flags, int stream, byte[] payload) {
		return ByteBuffer.allocate(HEADER_LENGTH + payload.length)
			.putInt(payload.length << 8 | type)
			.put((byte) flags)
			.putInt(stream)
			.put(payload)
			.array();
	}

	@Override
	public void close() {
		try {
			this.server.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.connections.forEach(Connection::close);
	}

	private final class Connection {

		private final Socket client;

		private final Socket upstream;

		private final OutputStream toClient;

		private final Set<Integer> answered = ConcurrentHashMap.newKeySet();

		private final Set<Integer> ended = ConcurrentHashMap.newKeySet();

		private volatile int lastStream;

		/**
		 * From the first stream that is refused on etcd does not know what the headers of
		 * this connection refer to.
		 */
		private boolean refusing;

		private Connection(Socket client, Socket upstream) throws IOException {
			this.client = client;
			this.upstream = upstream;
			this.toClient = client.getOutputStream();
		}

		private void pumpRequests() {
			try {
				DataInputStream in = new DataInputStream(this.client.getInputStream());
				OutputStream out = this.upstream.getOutputStream();
				out.write(in.readNBytes(PREFACE_LENGTH));
				while (true) {
					byte[] frame = read(in);
					int type = frame[3];
					int stream = stream(frame);
					if (type == HEADERS) {
						this.lastStream = stream;
						this.refusing |= Http2Proxy.this.refusals.get() > 0;
						if (this.refusing) {
							refuse(stream);
						}
					}
					if (type != CONTINUATION && !this.ended.contains(stream)) {
						out.write(frame);
					}
				}
			}
			catch (IOException ex) {
				close();
			}
		}

		private void refuse(int stream) throws IOException {
			this.ended.add(stream);
			write(frame(HEADERS, END_STREAM | END_HEADERS, stream, Http2Proxy.this.refusal));
			Http2Proxy.this.refused.incrementAndGet();
			if (Http2Proxy.this.refusals.decrementAndGet() <= 0) {
				goAway(0);
			}
		}

		private void pumpResponses() {
			try {
				DataInputStream in = new DataInputStream(this.upstream.getInputStream());
				while (true) {
					byte[] frame = read(in);
					int stream = stream(frame);
					if (frame[3] == HEADERS) {
						if ((frame[4] & END_STREAM) == 0) {
							this.answered.add(stream);
						}
						else {
							this.answered.remove(stream);
						}
					}
					if (frame[3] != DATA || !this.ended.contains(stream)) {
						write(frame);
					}
				}
			}
			catch (IOException ex) {
				close();
			}
		}

		private byte[] read(DataInputStream in) throws IOException {
			byte[] header = new byte[HEADER_LENGTH];
			in.readFully(header);
			int length = (header[0] & 0xff) << 16 | (header[1] & 0xff) << 8 | header[2] & 0xff;
			byte[] frame = new byte[HEADER_LENGTH + length];
			System.arraycopy(header, 0, frame, 0, HEADER_LENGTH);
			in.readFully(frame, HEADER_LENGTH, length);
			return frame;
		}

		private int stream(byte[] frame) {
			return ByteBuffer.wrap(frame).getInt(5) & Integer.MAX_VALUE;
		}

		private void resetStreams(int code) {
			for (Integer stream : this.answered) {
				this.ended.add(stream);
				this.answered.remove(stream);
				writeUnlessClosed(frame(RST_STREAM, 0, stream, ByteBuffer.allocate(4).putInt(code).array()));
			}
		}

		private void goAway(int code) {
			writeUnlessClosed(frame(GOAWAY, 0, 0, ByteBuffer.allocate(8).putInt(this.lastStream).putInt(code).array()));
			try {
				// The peer reads to the end before it notices
				this.client.shutdownOutput();
				this.upstream.close();
			}
			catch (IOException ex) {
				// closed already
			}
		}

		private void writeUnlessClosed(byte[] frame) {
			try {
				write(frame);
			}
			catch (IOException ex) {
				close();
			}
		}

		private synchronized void write(byte[] bytes) throws IOException {
			this.toClient.write(bytes);
		}

		private void close() {
			Http2Proxy.this.connections.remove(this);
			try (this.client; this.upstream) {
				this.client.setSoLinger(true, 0);
			}
			catch (IOException ex) {
				// closed already
			}
		}

	}

}
