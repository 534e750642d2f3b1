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

package io.github.etcdrelation.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.RelationInterface;
import io.github.etcdrelation.internal.channel.EtcdUser;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.DeprecatedConfigurationProperty;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties of a relation to etcd.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("etcd.relation")
public class EtcdRelationProperties {

	/**
	 * Whether to enable relations to etcd.
	 */
	private boolean enabled = true;

	/**
	 * Name of the relation, prefix of its states.
	 */
	private @Nullable String name;

	/**
	 * Juju interface that the relation's data is of; by default the data determines it.
	 */
	private @Nullable RelationInterface relationInterface;

	/**
	 * Prefix of the keys that is requested from the provider of an etcd_client relation.
	 */
	private @Nullable String prefix;

	/**
	 * Comma-separated list of client URLs, each http(s)://host:port.
	 */
	private @Nullable String connectionString;

	/**
	 * Version of etcd that the provider publishes.
	 */
	private @Nullable String version;

	/**
	 * Client certificate, as PEM text or as a location of it.
	 */
	private @Nullable String clientCert;

	/**
	 * Private key of the client certificate, as PEM text or as a location of it.
	 */
	private @Nullable String clientKey;

	/**
	 * Password of the private key, if it is encrypted.
	 */
	private @Nullable String clientKeyPassword;

	/**
	 * Certificate authority of the etcd servers, as PEM text or as a location of it.
	 */
	private @Nullable String clientCa;

	/**
	 * Whether http endpoints may be used: always, never, or, when not set, until the
	 * relation first had TLS.
	 */
	private @Nullable Boolean allowPlainText;

	/**
	 * Directory with the relation's data, watched for changes.
	 */
	private @Nullable Path directory;

	/**
	 * Interval at which a live source is polled, in addition to watching it. If a
	 * duration suffix is not specified, seconds will be used.
	 */
	@DurationUnit(ChronoUnit.SECONDS)
	private Duration pollInterval = Duration.ofSeconds(10);

	private final Juju juju = new Juju();

	private final Ssl ssl = new Ssl();

	private final Save save = new Save();

	private final Client client = new Client();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public @Nullable String getName() {
		return this.name;
	}

	public void setName(@Nullable String name) {
		this.name = name;
	}

	public @Nullable RelationInterface getInterface() {
		return this.relationInterface;
	}

	public void setInterface(@Nullable RelationInterface relationInterface) {
		this.relationInterface = relationInterface;
	}

	public @Nullable String getPrefix() {
		return this.prefix;
	}

	public void setPrefix(@Nullable String prefix) {
		this.prefix = prefix;
	}

	public @Nullable String getConnectionString() {
		return this.connectionString;
	}

	public void setConnectionString(@Nullable String connectionString) {
		this.connectionString = connectionString;
	}

	public @Nullable String getVersion() {
		return this.version;
	}

	public void setVersion(@Nullable String version) {
		this.version = version;
	}

	public @Nullable String getClientCert() {
		return this.clientCert;
	}

	public void setClientCert(@Nullable String clientCert) {
		this.clientCert = clientCert;
	}

	public @Nullable String getClientKey() {
		return this.clientKey;
	}

	public void setClientKey(@Nullable String clientKey) {
		this.clientKey = clientKey;
	}

	public @Nullable String getClientKeyPassword() {
		return this.clientKeyPassword;
	}

	public void setClientKeyPassword(@Nullable String clientKeyPassword) {
		this.clientKeyPassword = clientKeyPassword;
	}

	public @Nullable String getClientCa() {
		return this.clientCa;
	}

	public void setClientCa(@Nullable String clientCa) {
		this.clientCa = clientCa;
	}

	public @Nullable Boolean getAllowPlainText() {
		return this.allowPlainText;
	}

	public void setAllowPlainText(@Nullable Boolean allowPlainText) {
		this.allowPlainText = allowPlainText;
	}

	public @Nullable Path getDirectory() {
		return this.directory;
	}

	public void setDirectory(@Nullable Path directory) {
		this.directory = directory;
	}

	public Duration getPollInterval() {
		return this.pollInterval;
	}

	public void setPollInterval(Duration pollInterval) {
		this.pollInterval = pollInterval;
	}

	public Juju getJuju() {
		return this.juju;
	}

	public Ssl getSsl() {
		return this.ssl;
	}

	public Save getSave() {
		return this.save;
	}

	public Client getClient() {
		return this.client;
	}

	/**
	 * Return the credentials by the names of their properties.
	 */
	Map<String, @Nullable String> credentials() {
		Map<String, @Nullable String> credentials = new LinkedHashMap<>();
		credentials.put("client-cert", this.clientCert);
		credentials.put("client-key", this.clientKey);
		credentials.put("client-ca", this.clientCa);
		return credentials;
	}

	boolean hasData() {
		return Stream.of(this.connectionString, this.version, this.clientCert, this.clientKey, this.clientCa)
			.anyMatch(StringUtils::hasText);
	}

	/**
	 * Return whether the data of the other side is given. A client certificate and its
	 * key alone may be what this side brings.
	 */
	boolean hasRemoteData() {
		return (this.relationInterface == RelationInterface.ETCD) ? hasData()
				: Stream.of(this.connectionString, this.version, this.clientCa).anyMatch(StringUtils::hasText);
	}

	/**
	 * The hook tools of Juju as a live source.
	 */
	public static class Juju {

		/**
		 * Whether to read the relation's data with the hook tools of Juju, from the
		 * endpoint that has the relation's name.
		 */
		private boolean enabled;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

	}

	/**
	 * TLS material in place of the relation's credentials.
	 */
	public static class Ssl {

		/**
		 * SSL bundle to use instead of client certificate, key and authority.
		 */
		private @Nullable String bundle;

		public @Nullable String getBundle() {
			return this.bundle;
		}

		public void setBundle(@Nullable String bundle) {
			this.bundle = bundle;
		}

	}

	/**
	 * Files that the credentials are saved to.
	 */
	public static class Save {

		/**
		 * File that the private key is saved to.
		 */
		private @Nullable Path key;

		/**
		 * File that the client certificate is saved to.
		 */
		private @Nullable Path cert;

		/**
		 * File that the certificate authority is saved to.
		 */
		private @Nullable Path ca;

		public @Nullable Path getKey() {
			return this.key;
		}

		public void setKey(@Nullable Path key) {
			this.key = key;
		}

		public @Nullable Path getCert() {
			return this.cert;
		}

		public void setCert(@Nullable Path cert) {
			this.cert = cert;
		}

		public @Nullable Path getCa() {
			return this.ca;
		}

		public void setCa(@Nullable Path ca) {
			this.ca = ca;
		}

	}

	/**
	 * The client of the relation.
	 */
	public static class Client {

		/**
		 * Prefix of all keys that the client reads and writes.
		 */
		private @Nullable String namespace;

		/**
		 * Whether the prefix that the provider of an etcd_client relation grants is the
		 * prefix of all keys that the client reads and writes.
		 */
		private boolean namespaceFromPrefix;

		/**
		 * Name of the etcd user.
		 */
		private @Nullable String user;

		/**
		 * Password of the etcd user.
		 */
		private @Nullable String password;

		/**
		 * Deadline of a unary call that has none. If a duration suffix is not specified,
		 * seconds will be used.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration requestTimeout = Duration.ofSeconds(10);

		/**
		 * Time that a unary call waits for the relation to become available. If a
		 * duration suffix is not specified, seconds will be used.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration availableTimeout = Duration.ofSeconds(10);

		/**
		 * Whether calls fail soon while no member could be reached for 5 seconds for a
		 * reason that does not pass by itself, such as a wrong certificate authority.
		 */
		private boolean failFast = true;

		/**
		 * Whether the application fails to start if etcd cannot be reached within
		 * available-timeout.
		 */
		private boolean verifyOnStart;

		/**
		 * Time that streams which cannot be resumed may stay on a replaced connection. If
		 * a duration suffix is not specified, seconds will be used.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration drainTimeout = Duration.ofSeconds(5);

		/**
		 * Time that a connection with calls may be silent before it is pinged. If a
		 * duration suffix is not specified, seconds will be used.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration keepAliveTime = Duration.ofSeconds(30);

		/**
		 * Time to wait for the answer to a ping. If a duration suffix is not specified,
		 * seconds will be used.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration keepAliveTimeout = Duration.ofSeconds(10);

		/**
		 * Time that establishing a connection may take: TCP, TLS and HTTP/2 settings
		 * together. If a duration suffix is not specified, seconds will be used.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration connectTimeout = Duration.ofSeconds(5);

		/**
		 * Maximum size of a response.
		 */
		private DataSize maxInboundMessageSize = DataSize.ofBytes(Integer.MAX_VALUE);

		/**
		 * Maximum number of calls in flight: unary calls and streams that were started
		 * and have not ended. Further ones fail with RESOURCE_EXHAUSTED, unary ones on
		 * the thread of the caller.
		 */
		private int maxCallsInFlight = 100_000;

		/**
		 * Load balancing policy of gRPC, which has no effect.
		 */
		private @Nullable String loadBalancingPolicy;

		/**
		 * Threads that callbacks run on.
		 */
		private CallbackExecutor callbackExecutor = CallbackExecutor.POOL;

		public @Nullable String getNamespace() {
			return this.namespace;
		}

		public void setNamespace(@Nullable String namespace) {
			this.namespace = namespace;
		}

		public boolean isNamespaceFromPrefix() {
			return this.namespaceFromPrefix;
		}

		public void setNamespaceFromPrefix(boolean namespaceFromPrefix) {
			this.namespaceFromPrefix = namespaceFromPrefix;
		}

		public @Nullable String getUser() {
			return this.user;
		}

		public void setUser(@Nullable String user) {
			this.user = user;
		}

		public @Nullable String getPassword() {
			return this.password;
		}

		public void setPassword(@Nullable String password) {
			this.password = password;
		}

		public Duration getRequestTimeout() {
			return this.requestTimeout;
		}

		public void setRequestTimeout(Duration requestTimeout) {
			this.requestTimeout = requestTimeout;
		}

		public Duration getAvailableTimeout() {
			return this.availableTimeout;
		}

		public void setAvailableTimeout(Duration availableTimeout) {
			this.availableTimeout = availableTimeout;
		}

		public boolean isFailFast() {
			return this.failFast;
		}

		public void setFailFast(boolean failFast) {
			this.failFast = failFast;
		}

		public boolean isVerifyOnStart() {
			return this.verifyOnStart;
		}

		public void setVerifyOnStart(boolean verifyOnStart) {
			this.verifyOnStart = verifyOnStart;
		}

		public Duration getDrainTimeout() {
			return this.drainTimeout;
		}

		public void setDrainTimeout(Duration drainTimeout) {
			this.drainTimeout = drainTimeout;
		}

		public Duration getKeepAliveTime() {
			return this.keepAliveTime;
		}

		public void setKeepAliveTime(Duration keepAliveTime) {
			this.keepAliveTime = keepAliveTime;
		}

		public Duration getKeepAliveTimeout() {
			return this.keepAliveTimeout;
		}

		public void setKeepAliveTimeout(Duration keepAliveTimeout) {
			this.keepAliveTimeout = keepAliveTimeout;
		}

		public Duration getConnectTimeout() {
			return this.connectTimeout;
		}

		public void setConnectTimeout(Duration connectTimeout) {
			this.connectTimeout = connectTimeout;
		}

		public DataSize getMaxInboundMessageSize() {
			return this.maxInboundMessageSize;
		}

		public void setMaxInboundMessageSize(DataSize maxInboundMessageSize) {
			this.maxInboundMessageSize = maxInboundMessageSize;
		}

		public int getMaxCallsInFlight() {
			return this.maxCallsInFlight;
		}

		public void setMaxCallsInFlight(int maxCallsInFlight) {
			this.maxCallsInFlight = maxCallsInFlight;
		}

		/**
		 * Return the load balancing policy.
		 * @return the policy, which has no effect
		 * @deprecated since 0.1.0 as calls are distributed by member
		 */
		@Deprecated(since = "0.1.0")
		@DeprecatedConfigurationProperty(reason = "Calls go to the member that has the fewest of them.",
				since = "0.1.0")
		public @Nullable String getLoadBalancingPolicy() {
			return this.loadBalancingPolicy;
		}

		@Deprecated(since = "0.1.0")
		public void setLoadBalancingPolicy(@Nullable String loadBalancingPolicy) {
			this.loadBalancingPolicy = loadBalancingPolicy;
		}

		public CallbackExecutor getCallbackExecutor() {
			return this.callbackExecutor;
		}

		public void setCallbackExecutor(CallbackExecutor callbackExecutor) {
			this.callbackExecutor = callbackExecutor;
		}

		boolean isDirect() {
			return this.callbackExecutor == CallbackExecutor.DIRECT;
		}

		/**
		 * Return the etcd user.
		 * @return the user or {@code null}
		 * @throws InvalidRelationDataException if only name or password is given
		 */
		@Nullable EtcdUser toUser() {
			boolean named = StringUtils.hasText(this.user);
			if (named != StringUtils.hasText(this.password)) {
				throw new InvalidRelationDataException(named ? "client.password" : "client.user",
						"is missing, but %s is given".formatted(named ? "client.user" : "client.password"),
						"Give both, or neither");
			}
			return named ? EtcdUser.of(this.user, this.password) : null;
		}

	}

	/**
	 * Threads that callbacks run on.
	 */
	public enum CallbackExecutor {

		/**
		 * A pool that all relations share; callbacks may block.
		 */
		POOL,

		/**
		 * The network threads; callbacks must not block.
		 */
		DIRECT

	}

}
