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

package io.github.etcdrelation.internal.databag;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.etcdrelation.RemoteApplication;
import io.github.etcdrelation.internal.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * What the provider of an {@code etcd_client} relation publishes, in either version of
 * the interface: flat in its databag, or as a list of responses of which each answers one
 * request.
 */
public final class EtcdClientDatabag {

	/**
	 * Key of the version: that of the interface if it is {@link #V1}, otherwise that of
	 * etcd.
	 */
	public static final String VERSION = "version";

	/**
	 * Value that marks the version of the interface with several requests.
	 */
	public static final String V1 = "v1";

	/**
	 * Key of the requests, and of the responses to them.
	 */
	public static final String REQUESTS = "requests";

	/**
	 * Key of the refusals of a provider.
	 */
	public static final String STATUS = "status";

	/**
	 * Key of hosts with ports, without a scheme.
	 */
	public static final String ENDPOINTS = "endpoints";

	/**
	 * Key of the URI of the secret that describes the user.
	 */
	public static final String SECRET_USER = "secret-user";

	/**
	 * Key of the URI of the secret that describes TLS.
	 */
	public static final String SECRET_TLS = "secret-tls";

	/**
	 * Key of the URI of the secret with the client certificate.
	 */
	public static final String SECRET_MTLS = "secret-mtls";

	/**
	 * Field of the name of the user.
	 */
	public static final String USERNAME = "username";

	/**
	 * Field of the URLs.
	 */
	public static final String URIS = "uris";

	/**
	 * Field that says whether etcd uses TLS.
	 */
	public static final String TLS = "tls";

	/**
	 * Field of the certificate authority of etcd.
	 */
	public static final String TLS_CA = "tls-ca";

	/**
	 * Field of the client certificate.
	 */
	public static final String MTLS_CERT = "mtls-cert";

	/**
	 * Key of the prefix that is requested or granted.
	 */
	public static final String PREFIX = "prefix";

	/**
	 * Key of the prefix in requests and responses.
	 */
	public static final String RESOURCE = "resource";

	/**
	 * Key of the id of a request, in it and in the response to it.
	 */
	public static final String REQUEST_ID = "request-id";

	/**
	 * Key of the salt of a request, in it and in the response to it.
	 */
	public static final String SALT = "salt";

	/**
	 * Key of what the library of the provider remembers of requests.
	 */
	public static final String DATA = "data";

	/**
	 * How the URI of a secret begins.
	 */
	public static final String SECRET_SCHEME = "secret:";

	private static final String PASSWORD = "password";

	private static final Set<String> MARKS = Set.of(ENDPOINTS, URIS, SECRET_USER, SECRET_TLS, REQUESTS, STATUS, TLS_CA,
			USERNAME);

	private static final int REFUSED = 4000;

	private static final int MAX_WORDS = 500;

	private final RemoteApplication application;

	/**
	 * Read the databag of a provider.
	 * @param application the databag and the secrets that it refers to
	 */
	public EtcdClientDatabag(RemoteApplication application) {
		this.application = application;
	}

	/**
	 * Return whether the databag is that of a provider of this interface.
	 * @return whether it has any of its keys
	 */
	public boolean isRecognized() {
		return isVersion1() || !Collections.disjoint(this.application.databag().keySet(), MARKS);
	}

	private boolean isVersion1() {
		return V1.equals(this.application.databag().get(VERSION));
	}

	/**
	 * Return the responses to requests.
	 * @param requested the prefix that the own side requests, {@code null} if that is not
	 * known
	 * @return the responses to that request, in the order of the provider; if the databag
	 * is flat, the only one, which is what etcd grants at the moment
	 */
	public List<Response> getResponses(@Nullable String requested) {
		Map<String, String> databag = this.application.databag();
		return isVersion1() ? objects(REQUESTS).stream()
			.map((response) -> response(response, RESOURCE))
			.filter((response) -> requested == null || response.prefix() == null || requested.equals(response.prefix()))
			.toList() : List.of(response(databag, databag.containsKey(PREFIX) ? PREFIX : RESOURCE));
	}

	private Response response(Map<String, String> values, String prefix) {
		return new Response(value(values.get(ENDPOINTS)), secret(values, SECRET_USER, URIS),
				secret(values, SECRET_USER, USERNAME), secret(values, SECRET_USER, PASSWORD),
				secret(values, SECRET_TLS, TLS), secret(values, SECRET_TLS, TLS_CA), value(values.get(VERSION)),
				value(values.get(prefix)));
	}

	/**
	 * Return a field of a secret. Who resolves secrets may put their fields beside the
	 * other keys.
	 */
	private @Nullable String secret(Map<String, String> values, String key, String field) {
		String uri = values.get(key);
		String content = (uri != null) ? this.application.secrets().getOrDefault(uri, Collections.emptyMap()).get(field)
				: null;
		return value((content != null) ? content : values.get(field));
	}

	private static @Nullable String value(@Nullable String value) {
		return (value == null || value.isBlank()) ? null : value;
	}

	/**
	 * Return what the provider refuses.
	 * @return the refusals, without what is only information
	 */
	public List<RequestRefusal> getRefusals() {
		return objects(STATUS).stream()
			.map(EtcdClientDatabag::refusal)
			.filter((refusal) -> refusal.code() >= REFUSED)
			.toList();
	}

	private static RequestRefusal refusal(Map<String, String> status) {
		int code;
		try {
			code = (int) Double.parseDouble(status.getOrDefault("code", "0"));
		}
		catch (NumberFormatException ex) {
			code = 0;
		}
		String resolution = value(status.get("resolution"));
		return new RequestRefusal(code, singleLine(status.getOrDefault("message", "no reason given")),
				(resolution != null) ? singleLine(resolution) : null);
	}

	/**
	 * Return text of the other side as it may be logged.
	 */
	private static String singleLine(String text) {
		return Printable.of(text.lines().map(String::strip).collect(Collectors.joining(" ")), MAX_WORDS);
	}

	private List<Map<String, String>> objects(String key) {
		String text = this.application.databag().get(key);
		return (text != null) ? DatabagJson.readObjects(text).orElse(Collections.emptyList()) : Collections.emptyList();
	}

	/**
	 * Response to one request; what is blank or not there yet is {@code null}.
	 *
	 * @param endpoints hosts with ports, separated by commas
	 * @param uris URLs, separated by commas
	 * @param username the name of the user
	 * @param password the password of the user, which usually has none
	 * @param tls whether etcd uses TLS
	 * @param ca the certificate authority of etcd as PEM text
	 * @param version the version of etcd
	 * @param prefix the prefix that is granted
	 */
	public record Response(@Nullable String endpoints, @Nullable String uris, @Nullable String username,
			@Nullable String password, @Nullable String tls, @Nullable String ca, @Nullable String version,
			@Nullable String prefix) {

		/**
		 * Return the URLs of etcd.
		 * @return the URLs, separated by commas, {@code null} if there are none
		 */
		public @Nullable String getConnectionString() {
			if (this.uris != null || this.endpoints == null) {
				return this.uris;
			}
			String scheme = isPlainText() ? "http://" : "https://";
			String urls = Stream.of(this.endpoints.split(","))
				.map(String::strip)
				.filter((endpoint) -> !endpoint.isEmpty())
				.map((endpoint) -> endpoint.contains("://") ? endpoint : scheme + endpoint)
				.collect(Collectors.joining(","));
			return urls.isEmpty() ? null : urls;
		}

		/**
		 * Return whether the provider says that etcd does not use TLS.
		 * @return whether it does
		 */
		public boolean isPlainText() {
			return this.ca == null && "false".equalsIgnoreCase(this.tls);
		}

		/**
		 * Return whether the application can connect with this, apart from what it brings
		 * itself.
		 * @return whether nothing is missing
		 */
		public boolean isComplete() {
			return getConnectionString() != null && this.username != null && (this.ca != null || isPlainText());
		}

		/**
		 * Omits the password.
		 */
		@Override
		public String toString() {
			return "Response[endpoints=%s, uris=%s, username=%s, version=%s, prefix=%s]".formatted(this.endpoints,
					this.uris, this.username, this.version, this.prefix);
		}

	}

}
