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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

import io.github.etcdrelation.ClientCredentials;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;
import org.springframework.util.Assert;
import org.springframework.util.FileSystemUtils;

/**
 * A real etcd, one member or a cluster, on loopback addresses of this machine, with its
 * data in a temporary directory. It ends with {@link #close()} or, at the latest, with
 * the JVM, even a killed one. Needs Linux or macOS.
 * <p>
 * The executable is the one that the system property {@code etcd.binary} or the
 * environment variable {@code ETCD_BINARY} names, or else {@code etcd} on the
 * {@code PATH}, one in the user's cache directory, an official release, or the
 * distribution's package {@code etcd-server}; the last two are downloaded into the cache
 * once.
 * <p>
 * Thread-safe.
 *
 * @since 0.1.0
 */
public final class LocalEtcd implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(LocalEtcd.class);

	private static final int START_ATTEMPTS = 5;

	private final EtcdBinary binary;

	private final Transport transport;

	private final List<String> loopbackAddresses;

	private final List<String> networkNamespaces;

	private final List<String> arguments;

	private final EtcdUsers users;

	private final Path directory;

	private final @Nullable CertificateAuthority certificateAuthority;

	private final ClientCredentials clientCredentials;

	private final List<LocalEtcdMember> members = new CopyOnWriteArrayList<>();

	private final Thread shutdownHook = new Thread(this::deleteAbandoned, "local-etcd-shutdown");

	// On JVM shutdown, close and the hook may run at the same time
	private final Object deletion = new Object();

	private int createdMembers;

	private boolean closed;

	private LocalEtcd(Builder builder, EtcdBinary binary) {
		this.binary = binary;
		this.transport = builder.transport;
		this.loopbackAddresses = List.copyOf(builder.loopbackAddresses);
		this.networkNamespaces = List.copyOf(builder.networkNamespaces);
		this.arguments = List.copyOf(builder.arguments);
		this.users = new EtcdUsers(builder.users);
		this.certificateAuthority = (this.transport != Transport.PLAIN) ? CertificateAuthority.create() : null;
		this.clientCredentials = clientCredentials(builder.keyFormat);
		try {
			this.directory = Files.createTempDirectory("local-etcd");
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not create directory for etcd", ex);
		}
		Runtime.getRuntime().addShutdownHook(this.shutdownHook);
		try {
			for (int i = 0; i < builder.members; i++) {
				this.members.add(createMember());
			}
		}
		catch (RuntimeException ex) {
			close();
			throw ex;
		}
	}

	/**
	 * Return a builder of one plain text member.
	 * @return a new builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Start all members that are not running and wait until the cluster has a leader and
	 * each member serves.
	 * @throws IllegalStateException if a member does not serve within a minute, with its
	 * last output, or if this etcd is closed
	 */
	public synchronized void start() {
		Assert.state(!this.closed, "etcd is closed");
		long begin = System.nanoTime();
		Map<String, String> cluster = initialCluster();
		List<LocalEtcdMember> started = this.members.stream().filter((member) -> !member.isRunning()).toList();
		started.forEach((member) -> member.launch(cluster, false));
		started.forEach(LocalEtcdMember::awaitServing);
		createUsers();
		logger.debug(LogMessage.format("Started etcd %s at %s within %d ms", this.binary.version(),
				getConnectionString(), (System.nanoTime() - begin) / 1_000_000));
	}

	/**
	 * Create the users once there is a leader.
	 */
	synchronized void createUsers() {
		if (hasQuorum()) {
			this.users.create(admin(null));
		}
	}

	/**
	 * Add a member to the running cluster and wait until it serves.
	 * @return the new member
	 * @throws IllegalStateException if no member answers, the cluster refuses the member
	 * or the member does not start
	 */
	public synchronized LocalEtcdMember addMember() {
		Assert.state(!this.closed, "etcd is closed");
		LocalEtcdMember member = createMember();
		try {
			admin(null).addMember(member.getPeerUrl());
		}
		catch (RuntimeException ex) {
			member.discard();
			throw ex;
		}
		this.members.add(member);
		member.launch(initialCluster(), true);
		member.awaitServing();
		return member;
	}

	/**
	 * Remove a member from the running cluster, kill it, delete its data and wait until
	 * the others serve.
	 * @param member the member, running or not
	 * @throws IllegalStateException if no other member answers, the cluster refuses or
	 * the others do not serve within a minute
	 */
	public synchronized void removeMember(LocalEtcdMember member) {
		Assert.isTrue(this.members.contains(member), "'member' must be one of this etcd");
		Assert.state(this.members.size() > 1, "The only member cannot be removed");
		admin(member).removeMember(member.getPeerUrl());
		this.members.remove(member);
		member.discard();
		if (hasQuorum()) {
			// The removed one may have been the leader
			this.members.stream().filter(LocalEtcdMember::isResponsive).forEach(LocalEtcdMember::awaitServing);
		}
	}

	/**
	 * Return the URLs of all members as the relation publishes them.
	 * @return the endpoints, separated by commas
	 */
	public String getConnectionString() {
		return this.members.stream().map(LocalEtcdMember::getEndpoint).collect(Collectors.joining(","));
	}

	/**
	 * Return the credentials of a client, the same at every call. Its common name is that
	 * of the first user of etcd, {@code client} if there is none.
	 * @return the credentials, without any part for plain text, with the certificate
	 * authority alone for server TLS
	 */
	public ClientCredentials getClientCredentials() {
		return this.clientCredentials;
	}

	/**
	 * Return the properties that relate an application to this etcd with
	 * {@link #getClientCredentials()} and as the first user, named as below
	 * {@code etcd.relation}.
	 * @param prefix the prefix of the names, such as {@code etcd.relation}
	 * @return the values by name, in the order of the names, without absent ones
	 */
	public Map<String, String> getProperties(String prefix) {
		Map<String, String> properties = new TreeMap<>();
		properties.put(prefix + ".connection-string", getConnectionString());
		properties.put(prefix + ".version", getVersion());
		putIfPresent(properties, prefix + ".client-cert", this.clientCredentials.clientCert());
		putIfPresent(properties, prefix + ".client-key", this.clientCredentials.clientKey());
		putIfPresent(properties, prefix + ".client-ca", this.clientCredentials.clientCa());
		EtcdUsers.User user = this.users.first();
		if (user != null && user.password() != null) {
			properties.put(prefix + ".client.user", user.name());
			properties.put(prefix + ".client.password", user.password());
		}
		return properties;
	}

	private static void putIfPresent(Map<String, String> properties, String name, @Nullable String value) {
		if (value != null) {
			properties.put(name, value);
		}
	}

	/**
	 * Issue credentials of a further client, its key in PKCS#8 form.
	 * @param commonName the common name of the certificate
	 * @return new complete credentials
	 * @throws IllegalStateException if the members speak plain text
	 */
	public ClientCredentials newClientCredentials(String commonName) {
		return newClientCredentials(commonName, KeyFormat.PKCS8);
	}

	/**
	 * Issue credentials of a further client.
	 * @param commonName the common name of the certificate
	 * @param keyFormat the form of the private key
	 * @return new complete credentials
	 * @throws IllegalStateException if the members speak plain text
	 */
	public ClientCredentials newClientCredentials(String commonName, KeyFormat keyFormat) {
		return getCertificateAuthority().issueClient(commonName, keyFormat);
	}

	/**
	 * Return the authority that issued the certificates of servers and clients.
	 * @return the certificate authority
	 * @throws IllegalStateException if the members speak plain text
	 */
	public CertificateAuthority getCertificateAuthority() {
		Assert.state(this.certificateAuthority != null, "The members speak plain text");
		return this.certificateAuthority;
	}

	/**
	 * Return the version of etcd.
	 * @return the version as etcd reports it, such as {@code 3.4.23}
	 */
	public String getVersion() {
		return this.binary.version();
	}

	/**
	 * Return the members, running or not, in the order of the connection string.
	 * @return an unmodifiable copy
	 */
	public List<LocalEtcdMember> getMembers() {
		return Collections.unmodifiableList(new ArrayList<>(this.members));
	}

	/**
	 * Return one of the members.
	 * @param index the position, from 0
	 * @return the member
	 */
	public LocalEtcdMember getMember(int index) {
		return this.members.get(index);
	}

	/**
	 * Kill all members and delete their data. Does nothing if already closed.
	 */
	@Override
	public synchronized void close() {
		if (this.closed) {
			return;
		}
		this.closed = true;
		RuntimeException failure = null;
		for (LocalEtcdMember member : this.members) {
			try {
				member.discard();
			}
			catch (RuntimeException ex) {
				failure = ex;
			}
		}
		deleteDirectory();
		try {
			Runtime.getRuntime().removeShutdownHook(this.shutdownHook);
		}
		catch (IllegalStateException ex) {
			// The JVM is shutting down; the hook finds nothing to do
		}
		if (failure != null) {
			throw failure;
		}
	}

	@Override
	public String toString() {
		return "LocalEtcd[%s, %s]".formatted(getVersion(), getConnectionString());
	}

	/**
	 * Delete the directory if no watchdog will. A running etcd is ended by its watchdog,
	 * so that an application context that is closed at the same time can still use it.
	 */
	void deleteAbandoned() {
		if (this.members.stream().noneMatch(LocalEtcdMember::isRunning)) {
			deleteDirectory();
		}
	}

	private void deleteDirectory() {
		try {
			delete(this.directory);
		}
		catch (IOException ex) {
			logger.warn(LogMessage.format("Could not delete %s", this.directory), ex);
		}
	}

	/**
	 * Delete one directory at a time, as concurrent deletion of the same one fails.
	 * @param directory the directory, which may be gone already
	 */
	void delete(Path directory) throws IOException {
		synchronized (this.deletion) {
			FileSystemUtils.deleteRecursively(directory);
		}
	}

	EtcdBinary getBinary() {
		return this.binary;
	}

	Path getDirectory() {
		return this.directory;
	}

	List<String> getArguments() {
		return this.arguments;
	}

	boolean isTls() {
		return this.transport != Transport.PLAIN;
	}

	boolean isMutualTls() {
		return this.transport == Transport.MUTUAL_TLS;
	}

	boolean isClosed() {
		return this.closed;
	}

	/**
	 * Return whether enough members are responsive for a quorum.
	 * @return whether there is a majority
	 */
	boolean hasQuorum() {
		return this.members.stream().filter(LocalEtcdMember::isResponsive).count() > this.members.size() / 2;
	}

	Map<String, String> initialCluster() {
		return this.members.stream().collect(Collectors.toMap(LocalEtcdMember::getName, LocalEtcdMember::getPeerUrl));
	}

	private LocalEtcdMember createMember() {
		int index = this.createdMembers++;
		String host;
		if (!this.loopbackAddresses.isEmpty()) {
			host = this.loopbackAddresses.get(index % this.loopbackAddresses.size());
		}
		else {
			boolean onlyOne = !System.getProperty("os.name").startsWith("Linux");
			host = "127.0.0." + (onlyOne ? 1 : 1 + index);
		}
		String networkNamespace = this.networkNamespaces.isEmpty() ? null
				: this.networkNamespaces.get(index % this.networkNamespaces.size());
		return new LocalEtcdMember(this, "member-" + (index + 1), host, networkNamespace);
	}

	private EtcdAdmin admin(@Nullable LocalEtcdMember excluded) {
		EtcdAdmin admin = new EtcdAdmin(this.members.stream()
			.filter((member) -> member != excluded && member.isResponsive())
			.map(LocalEtcdMember::getAdminUrl)
			.toList());
		this.users.authenticate(admin);
		return admin;
	}

	private ClientCredentials clientCredentials(KeyFormat keyFormat) {
		if (this.certificateAuthority == null) {
			return new ClientCredentials(null, null, null);
		}
		if (this.transport == Transport.TLS) {
			return new ClientCredentials(null, null, this.certificateAuthority.caPem());
		}
		EtcdUsers.User user = this.users.first();
		return this.certificateAuthority.issueClient((user != null) ? user.name() : "client", keyFormat);
	}

	private enum Transport {

		PLAIN, TLS, MUTUAL_TLS

	}

	/**
	 * Builds a {@link LocalEtcd}. Not thread-safe.
	 *
	 * @since 0.1.0
	 */
	public static final class Builder {

		private int members = 1;

		private Transport transport = Transport.PLAIN;

		private KeyFormat keyFormat = KeyFormat.PKCS8;

		private final List<String> loopbackAddresses = new ArrayList<>();

		private final List<String> networkNamespaces = new ArrayList<>();

		private final List<String> arguments = new ArrayList<>();

		private final List<EtcdUsers.User> users = new ArrayList<>();

		private Builder() {
		}

		/**
		 * Set the number of members.
		 * @param members the number of members, 1 by default
		 * @return this builder
		 */
		public Builder members(int members) {
			Assert.isTrue(members > 0, "'members' must be positive");
			this.members = members;
			return this;
		}

		/**
		 * Serve TLS, without requesting a certificate from clients.
		 * @return this builder
		 */
		public Builder tls() {
			this.transport = Transport.TLS;
			return this;
		}

		/**
		 * Serve TLS and require a certificate from every client.
		 * @return this builder
		 */
		public Builder mutualTls() {
			this.transport = Transport.MUTUAL_TLS;
			return this;
		}

		/**
		 * Set the form of the private key of {@link LocalEtcd#getClientCredentials()}.
		 * @param keyFormat the form, PKCS#8 by default
		 * @return this builder
		 */
		public Builder keyFormat(KeyFormat keyFormat) {
			this.keyFormat = keyFormat;
			return this;
		}

		/**
		 * Set the literal IP addresses of the members, used in turn, by default
		 * 127.0.0.1, 127.0.0.2 and so on; where only 127.0.0.1 exists (macOS), that one
		 * for all.
		 * @param loopbackAddresses the addresses, IPv6 without brackets
		 * @return this builder
		 */
		public Builder loopbackAddresses(String... loopbackAddresses) {
			this.loopbackAddresses.clear();
			this.loopbackAddresses.addAll(Arrays.asList(loopbackAddresses));
			return this;
		}

		/**
		 * Run the members in existing network namespaces of Linux, used in turn, so that
		 * they can be partitioned from each other and from clients. Each must have the
		 * member's address from {@link #loopbackAddresses}, reachable for this JVM and
		 * the other members. Needs root.
		 * @param names the names of the namespaces, as {@code ip netns} knows them
		 * @return this builder
		 */
		public Builder networkNamespaces(String... names) {
			this.networkNamespaces.clear();
			this.networkNamespaces.addAll(Arrays.asList(names));
			return this;
		}

		/**
		 * Add arguments for every member, which override those that are always given.
		 * @param arguments arguments of etcd, such as
		 * {@code --quota-backend-bytes=16777216}
		 * @return this builder
		 */
		public Builder argument(String... arguments) {
			this.arguments.addAll(Arrays.asList(arguments));
			return this;
		}

		/**
		 * Add a user of etcd, which then demands authentication. The user gets a role of
		 * the same name; {@code root} becomes the administrator, who exists with a random
		 * password otherwise. The first user is the one of
		 * {@link LocalEtcd#getProperties(String)}.
		 * @param name the name of the user
		 * @param password the password or {@code null} for a user who is known by the
		 * common name of the client certificate, which takes {@link #mutualTls()}
		 * @param prefixes the prefixes below which the user may read and write all keys,
		 * an empty one for all keys
		 * @return this builder
		 */
		public Builder user(String name, @Nullable String password, String... prefixes) {
			this.users.add(new EtcdUsers.User(name, password, Arrays.asList(prefixes)));
			return this;
		}

		/**
		 * Create the cluster without starting a member: connection string and credentials
		 * are final, connections are refused.
		 * @return an etcd that is down
		 * @throws IllegalStateException if no usable etcd executable is found
		 */
		public LocalEtcd build() {
			return new LocalEtcd(checked(), new EtcdBinaryLocator().locate());
		}

		/**
		 * Create the cluster and start it.
		 * @return an etcd whose members all serve
		 * @throws IllegalStateException if no usable etcd executable is found, or a
		 * member does not serve within a minute
		 */
		public LocalEtcd start() {
			EtcdBinary binary = new EtcdBinaryLocator().locate();
			for (int attempt = 1;; attempt++) {
				LocalEtcd etcd = new LocalEtcd(checked(), binary);
				try {
					etcd.start();
					return etcd;
				}
				catch (PortInUseException ex) {
					etcd.close();
					if (attempt == START_ATTEMPTS) {
						throw ex;
					}
				}
				catch (RuntimeException ex) {
					etcd.close();
					throw ex;
				}
			}
		}

		private Builder checked() {
			this.users.forEach((user) -> Assert.state(
					this.users.stream().filter((other) -> other.name().equals(user.name())).count() == 1,
					() -> "There is more than one user '%s'".formatted(user.name())));
			Assert.state(
					this.transport == Transport.MUTUAL_TLS
							|| this.users.stream().allMatch((user) -> user.password() != null),
					"A user without password is known by a client certificate, which takes mutual TLS");
			return this;
		}

	}

}
