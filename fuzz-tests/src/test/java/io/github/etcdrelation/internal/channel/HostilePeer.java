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

package io.github.etcdrelation.internal.channel;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.etcd.jetcd.api.StatusResponse;

/**
 * A server that accepts connections, reads the frames of HTTP/2 and answers each request
 * with what a program says. When that is at its end, requests are refused.
 */
final class HostilePeer implements AutoCloseable {

	private static final int PREFACE = 24;

	private static final int DATA = 0;

	private static final int HEADERS = 1;

	private static final int SETTINGS = 4;

	private static final int PING = 6;

	private static final int END_STREAM = 1;

	private static final int END_HEADERS = 4;

	private static final int MAX_STEPS = 40;

	private static final int MAX_REPETITIONS = 5000;

	private final ServerSocket socket;

	private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

	private volatile Program program = new Program(new byte[0]);

	private volatile int statusAnswers;

	HostilePeer() throws IOException {
		this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		start(this::accept);
	}

	int getPort() {
		return this.socket.getLocalPort();
	}

	/**
	 * Play a program.
	 * @param latest the program
	 * @param answers how many requests are answered as etcd does before
	 */
	void play(Program latest, int answers) {
		this.program = latest;
		this.statusAnswers = answers;
	}

	void disconnect() {
		this.connections.forEach(HostilePeer::close);
		this.connections.clear();
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "hostile-peer");
		thread.setDaemon(true);
		thread.start();
	}

	private void accept() {
		while (!this.socket.isClosed()) {
			try {
				Socket connection = this.socket.accept();
				this.connections.add(connection);
				start(() -> serve(connection));
			}
			catch (IOException ex) {
				// Closed
			}
		}
	}

	private void serve(Socket connection) {
		try (connection) {
			DataInputStream in = new DataInputStream(connection.getInputStream());
			OutputStream out = connection.getOutputStream();
			in.readFully(new byte[PREFACE]);
			out.write(frame(SETTINGS, 0, 0, new byte[0]));
			while (true) {
				int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
				int type = in.readUnsignedByte();
				int flags = in.readUnsignedByte();
				int stream = in.readInt();
				byte[] payload = new byte[length];
				in.readFully(payload);
				if (type == SETTINGS && (flags & 1) == 0) {
					out.write(frame(SETTINGS, 1, 0, new byte[0]));
				}
				else if (type == PING && (flags & 1) == 0) {
					out.write(frame(PING, 1, 0, payload));
				}
				else if (type == HEADERS) {
					answer(out, stream);
				}
			}
		}
		catch (IOException ex) {
			// Closed by one of both
		}
		finally {
			this.connections.remove(connection);
		}
	}

	private void answer(OutputStream out, int stream) throws IOException {
		if (this.statusAnswers-- > 0) {
			out.write(headers(stream, 0));
			out.write(frame(DATA, 0, stream,
					message(StatusResponse.newBuilder().setLeader(1).setVersion("3.5.17").build().toByteArray())));
			out.write(trailers(stream, "0"));
			return;
		}
		Program steps = this.program;
		if (!steps.hasNext()) {
			out.write(ended(stream));
			return;
		}
		byte[] last = frame(PING, 0, 0, new byte[8]);
		for (int i = 0; i < MAX_STEPS && steps.hasNext(); i++) {
			int step = steps.next() % 12;
			if (step == 10) {
				return;
			}
			if (step == 11) {
				throw new IOException("The program ends the connection");
			}
			if (step == 8) {
				for (int n = steps.next() * (MAX_REPETITIONS / 255); n > 0; n--) {
					out.write(last);
				}
			}
			else {
				last = bytes(step, steps, stream);
				out.write(last);
			}
		}
	}

	private static byte[] bytes(int step, Program steps, int stream) {
		return switch (step) {
			case 0 -> headers(stream, 0);
			case 1 -> frame(DATA, 0, stream, message(steps.bytes(steps.next())));
			case 2 -> trailers(stream, String.valueOf(steps.next() % 20));
			case 3 -> frame(steps.next() % 12, steps.next(), stream(steps, stream), steps.bytes(steps.next()));
			case 4 -> steps.bytes(steps.next());
			case 5 -> frame(DATA, 0, stream, ByteBuffer.allocate(5).putInt(1, (int) steps.number()).array());
			case 6 -> frame(3 + steps.next() % 7, steps.next() % 2, stream(steps, stream),
					ByteBuffer.allocate(8).putLong(steps.number()).array());
			case 7 -> frame(SETTINGS, 0, 0,
					ByteBuffer.allocate(6).putShort((short) (steps.next() % 8)).putInt((int) steps.number()).array());
			default -> frame(HEADERS, steps.next(), stream, steps.bytes(steps.next()));
		};
	}

	private static int stream(Program steps, int stream) {
		return switch (steps.next() % 5) {
			case 0 -> 0;
			case 1 -> stream + 2;
			case 2 -> 2;
			case 3 -> Integer.MAX_VALUE;
			default -> stream;
		};
	}

	private static byte[] headers(int stream, int flags) {
		ByteArrayOutputStream block = new ByteArrayOutputStream();
		// :status 200 of HPACK's static table
		block.write(0x88);
		field(block, "content-type", "application/grpc");
		return frame(HEADERS, END_HEADERS | flags, stream, block.toByteArray());
	}

	private static byte[] ended(int stream) {
		ByteArrayOutputStream block = new ByteArrayOutputStream();
		block.write(0x88);
		field(block, "content-type", "application/grpc");
		field(block, "grpc-status", "13");
		return frame(HEADERS, END_HEADERS | END_STREAM, stream, block.toByteArray());
	}

	private static byte[] trailers(int stream, String status) {
		ByteArrayOutputStream block = new ByteArrayOutputStream();
		field(block, "grpc-status", status);
		return frame(HEADERS, END_HEADERS | END_STREAM, stream, block.toByteArray());
	}

	private static void field(ByteArrayOutputStream block, String name, String value) {
		block.write(0);
		for (String text : new String[] { name, value }) {
			block.write(text.length());
			block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
		}
	}

	private static byte[] message(byte[] content) {
		return ByteBuffer.allocate(5 + content.length).put((byte) 0).putInt(content.length).put(content).array();
	}

	private static byte[] frame(int type, int flags, int stream, byte[] payload) {
		return ByteBuffer.allocate(9 + payload.length)
			.put((byte) (payload.length >> 16))
			.putShort((short) payload.length)
			.put((byte) type)
			.put((byte) flags)
			.putInt(stream)
			.put(payload)
			.array();
	}

	private static void close(Socket socket) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			// Closed all the same
		}
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
		disconnect();
	}

}
