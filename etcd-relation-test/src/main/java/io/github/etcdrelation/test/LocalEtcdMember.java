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

package io.github.etcdrelation.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * A member of a {@link LocalEtcd}. Its address and its data are kept when it is stopped
 * and started again. Thread-safe.
 *
 * @since 0.1.0
 */
public final class LocalEtcdMember {

	private static final Duration START_LIMIT = Duration.ofMinutes(1);

	// Below the ephemeral ports of outgoing connections, which could otherwise take the
	// port of a stopped member
	private static final int FIRST_PORT = 20_000;

	private static final int LAST_PORT = 32_000;

	private final LocalEtcd etcd;

	private final String name;

	private final String host;

	private final @Nullable String networkNamespace;

	private final Path directory;

	private final List<Socket> reservations = new ArrayList<>();

	private final int port;

	private final int adminPort;

	private final int peerPort;

	private volatile @Nullable EtcdProcess process;

	private volatile boolean paused;

	LocalEtcdMember(LocalEtcd etcd, String name, String host, @Nullable String networkNamespace) {
		this.etcd = etcd;
		this.name = name;
		this.host = host;
		this.networkNamespace = networkNamespace;
		this.directory = etcd.getDirectory().resolve(name);
		try {
			Files.createDirectory(this.directory);
			this.port = reservePort();
			// Plain text whatever clients use, so that it works with any certificates
			this.adminPort = etcd.isTls() ? reservePort() : this.port;
			this.peerPort = reservePort();
		}
		catch (IOException ex) {
			releasePorts();
			throw new UncheckedIOException("Could not prepare " + name + " on " + host, ex);
		}
		if (etcd.isTls()) {
			replaceServerCertificate(etcd.getCertificateAuthority().issueServer(host, "localhost"));
		}
		if (etcd.isMutualTls()) {
			setTrustedCa(etcd.getCertificateAuthority().caPem());
		}
	}

	/**
	 * Return the name, unique within the cluster.
	 * @return the name
	 */
	public String getName() {
		return this.name;
	}

	/**
	 * Return the URL for clients.
	 * @return the URL, such as {@code https://127.0.0.1:23790}
	 */
	public String getEndpoint() {
		return url(this.etcd.isTls() ? "https" : "http", this.port);
	}

	/**
	 * Return the address for clients.
	 * @return a literal IP address, IPv6 without brackets
	 */
	public String getHost() {
		return this.host;
	}

	/**
	 * Return the port for clients.
	 * @return the port
	 */
	public int getPort() {
		return this.port;
	}

	/**
	 * Return the directory that etcd keeps its data in.
	 * @return the directory, absent before the first start
	 */
	public Path getDataDirectory() {
		return this.directory.resolve("data");
	}

	/**
	 * Return whether the process exists, paused or not.
	 * @return whether the member is running
	 */
	public boolean isRunning() {
		EtcdProcess process = this.process;
		return process != null && process.isAlive();
	}

	/**
	 * Start the member and wait until it serves. As long as too few members of the
	 * cluster run for a majority, wait only until it is up. Does nothing when it is
	 * running.
	 * @throws IllegalStateException with its last output if it does not serve in a minute
	 */
	public void start() {
		launch(this.etcd.initialCluster(), false);
		awaitServing();
		this.etcd.createUsers();
	}

	/**
	 * Stop the member gracefully (SIGTERM) and wait until it is gone. Does nothing when
	 * it is not running.
	 */
	public synchronized void stop() {
		EtcdProcess process = this.process;
		if (process != null) {
			process.terminate();
		}
	}

	/**
	 * Kill the member (SIGKILL) and wait until it is gone. Does nothing if not running.
	 */
	public synchronized void kill() {
		EtcdProcess process = this.process;
		if (process != null) {
			process.kill();
		}
	}

	/**
	 * Pause the member (SIGSTOP): its connections stay open, nothing is answered.
	 */
	public synchronized void pause() {
		EtcdProcess process = this.process;
		if (process != null) {
			process.pause();
			this.paused = true;
		}
	}

	/**
	 * Resume a paused member (SIGCONT).
	 */
	public synchronized void resume() {
		EtcdProcess process = this.process;
		if (process != null) {
			process.resume();
			this.paused = false;
		}
	}

	/**
	 * Stop the member and start it again.
	 * @throws IllegalStateException with its last output if it does not serve in a minute
	 */
	public void restart() {
		stop();
		start();
	}

	/**
	 * Replace certificate and key of the server atomically; new connections use them.
	 * @param certificate the new certificate, issued by any authority
	 * @throws IllegalStateException if the member speaks plain text
	 */
	public synchronized void replaceServerCertificate(ServerCertificate certificate) {
		Assert.state(this.etcd.isTls(), "The member speaks plain text");
		// Both in one file, as two cannot be replaced atomically
		replace(serverFile(), certificate.certificate() + "\n" + certificate.key());
	}

	/**
	 * Replace the authorities that clients are verified with, from the next start on.
	 * @param pem one or more certificates as PEM text
	 * @throws IllegalStateException if the member does not require client certificates
	 */
	public synchronized void setTrustedCa(String pem) {
		Assert.state(this.etcd.isMutualTls(), "The member does not demand client certificates");
		replace(trustedCaFile(), pem);
	}

	@Override
	public String toString() {
		return "LocalEtcdMember[%s, %s]".formatted(this.name, getEndpoint());
	}

	/**
	 * Start the process without waiting for it to serve.
	 * @param cluster the peer URLs of the members by name
	 * @param existing whether the member joins a cluster that exists
	 */
	synchronized void launch(Map<String, String> cluster, boolean existing) {
		Assert.state(!this.etcd.isClosed() && Files.isDirectory(this.directory), () -> this.name + " is closed");
		if (isRunning()) {
			return;
		}
		releasePorts();
		this.paused = false;
		this.process = EtcdProcess.start(this.etcd.getDirectory(), this.directory.resolve("etcd.log"),
				command(cluster, existing));
	}

	/**
	 * Wait until the process serves, or is up when there is no majority.
	 */
	void awaitServing() {
		EtcdProcess process = this.process;
		Assert.state(process != null, () -> this.name + " is not started");
		long deadline = System.nanoTime() + START_LIMIT.toNanos();
		while (!isServing()) {
			if (!process.isAlive()) {
				String description = this.name + " did not start: " + process.describe();
				throw description.contains("address already in use") ? new PortInUseException(description)
						: new IllegalStateException(description);
			}
			if (System.nanoTime() > deadline) {
				throw new IllegalStateException("%s does not serve after %d s: %s".formatted(this.name,
						START_LIMIT.toSeconds(), process.describe()));
			}
			try {
				TimeUnit.MILLISECONDS.sleep(20);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new IllegalStateException("Interrupted while waiting for " + this.name, ex);
			}
		}
	}

	/**
	 * Kill the process and delete the data for good.
	 */
	synchronized void discard() {
		kill();
		releasePorts();
		try {
			this.etcd.delete(this.directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not delete " + this.directory, ex);
		}
	}

	boolean isResponsive() {
		return isRunning() && !this.paused;
	}

	String getPeerUrl() {
		return url("http", this.peerPort);
	}

	String getAdminUrl() {
		return url("http", this.adminPort);
	}

	@Nullable EtcdProcess getProcess() {
		return this.process;
	}

	private boolean isServing() {
		if (this.etcd.hasQuorum()) {
			return EtcdAdmin.isHealthy(getAdminUrl());
		}
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(this.host, this.port), 1000);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private List<String> command(Map<String, String> cluster, boolean existing) {
		String clientUrls = getEndpoint();
		List<String> command = new ArrayList<>();
		if (this.networkNamespace != null) {
			// Replaces itself with etcd, so that signals reach it
			command.addAll(List.of("ip", "netns", "exec", this.networkNamespace));
		}
		command.add(this.etcd.getBinary().path().toString());
		command.add("--name=" + this.name);
		command.add("--data-dir=" + getDataDirectory());
		if (this.etcd.isTls()) {
			clientUrls += "," + getAdminUrl();
			command.add("--cert-file=" + serverFile());
			command.add("--key-file=" + serverFile());
		}
		if (this.etcd.isMutualTls()) {
			command.add("--client-cert-auth");
			command.add("--trusted-ca-file=" + trustedCaFile());
		}
		command.add("--listen-client-urls=" + clientUrls);
		command.add("--advertise-client-urls=" + getEndpoint());
		command.add("--listen-peer-urls=" + getPeerUrl());
		command.add("--initial-advertise-peer-urls=" + getPeerUrl());
		command.add("--initial-cluster=" + cluster.entrySet()
			.stream()
			.map((member) -> member.getKey() + "=" + member.getValue())
			.collect(Collectors.joining(",")));
		command.add("--initial-cluster-state=" + (existing ? "existing" : "new"));
		// Keeps members of different clusters on reused ports apart
		command.add("--initial-cluster-token=" + this.etcd.getDirectory().getFileName());
		// Otherwise a cluster refuses changes during its first seconds
		command.add("--strict-reconfig-check=false");
		command.add("--logger=zap");
		if (cluster.size() == 1) {
			// A restarted member waits that long for others, but there are none
			command.add("--heartbeat-interval=25");
			command.add("--election-timeout=250");
		}
		if (this.etcd.getBinary().isAtLeast(3, 5)) {
			command.add("--unsafe-no-fsync");
		}
		command.addAll(this.etcd.getArguments());
		return command;
	}

	private Path serverFile() {
		return this.directory.resolve("server.pem");
	}

	private Path trustedCaFile() {
		return this.directory.resolve("trusted-ca.pem");
	}

	private String url(String scheme, int port) {
		return scheme + "://" + ((this.host.indexOf(':') >= 0) ? "[" + this.host + "]" : this.host) + ":" + port;
	}

	private int reservePort() throws IOException {
		if (this.networkNamespace != null) {
			// Nothing else runs in there
			return ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
		}
		// Bound without listening: nobody else gets it, connections are refused
		InetAddress address = InetAddress.getByName(this.host);
		IOException failure = new IOException("No port is free on " + this.host);
		for (int attempt = 0; attempt < 100; attempt++) {
			int candidate = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
			Socket socket = new Socket();
			try {
				socket.setReuseAddress(false);
				socket.bind(new InetSocketAddress(address, candidate));
				this.reservations.add(socket);
				return candidate;
			}
			catch (IOException ex) {
				socket.close();
				failure.addSuppressed(ex);
			}
		}
		throw failure;
	}

	private void releasePorts() {
		for (Socket reservation : this.reservations) {
			try {
				reservation.close();
			}
			catch (IOException ex) {
				throw new UncheckedIOException("Could not release a port", ex);
			}
		}
		this.reservations.clear();
	}

	private static void replace(Path file, String content) {
		Path temporary = file.resolveSibling(file.getFileName() + ".new");
		try {
			Files.writeString(temporary, content);
			Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not write " + file, ex);
		}
	}

}
