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

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.ClientCredentials;
import io.github.etcdrelation.RelationDirectory;
import io.github.etcdrelation.autoconfigure.EtcdRelationAutoConfiguration;
import io.github.etcdrelation.autoconfigure.EtcdRelationCloudAutoConfiguration;
import io.github.etcdrelation.event.EtcdRelationEvent;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;

/**
 * An application with the starter whose relation is a directory.
 */
public final class Application implements AutoCloseable {

	private static final String USER = "etcd.relation.client.user";

	private static final String PASSWORD = "etcd.relation.client.password";

	private final RelationDirectory directory;

	private final List<EtcdRelationEvent> events;

	private final Map<String, Object> user = new ConcurrentHashMap<>();

	private final ConfigurableApplicationContext context;

	Application(Path directory, String connectionString, ClientCredentials credentials, String... properties) {
		this(written(directory, connectionString, credentials), properties);
	}

	private static RelationDirectory written(Path directory, String connectionString, ClientCredentials credentials) {
		RelationDirectory written = new RelationDirectory(directory);
		written.write(connectionString, credentials);
		return written;
	}

	/**
	 * Run on what is in a directory.
	 */
	public Application(RelationDirectory directory, String... properties) {
		this(directory, new CopyOnWriteArrayList<>(), properties);
	}

	private Application(RelationDirectory directory, List<EtcdRelationEvent> events, String... properties) {
		this(directory, events, events::add, properties);
	}

	/**
	 * Run on what is in a directory, without keeping the events.
	 * @param listener what is called with each event
	 */
	public Application(RelationDirectory directory, Consumer<EtcdRelationEvent> listener, String... properties) {
		this(directory, List.of(), listener, properties);
	}

	private Application(RelationDirectory directory, List<EtcdRelationEvent> events,
			Consumer<EtcdRelationEvent> listener, String... properties) {
		this.directory = directory;
		this.events = events;
		List<String> all = new ArrayList<>(List.of(properties));
		all.add("etcd.relation.directory=" + directory.getPath());
		// Files are watched; where that is late, this bounds it
		all.add("etcd.relation.poll-interval=1s");
		ApplicationListener<EtcdRelationEvent> recorder = new Recorder(listener);
		this.context = new SpringApplicationBuilder(Starter.class).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.logStartupInfo(false)
			.listeners(recorder)
			.initializers((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("user", this.user)))
			.properties(all.toArray(String[]::new))
			.run();
	}

	public Client client() {
		return this.context.getBean(Client.class);
	}

	/**
	 * Change the user, as properties that are refreshed do.
	 */
	void setUser(String name, String password) {
		this.user.put(USER, name);
		this.user.put(PASSWORD, password);
		this.context.publishEvent(new EnvironmentChangeEvent(this.context, Set.of(USER, PASSWORD)));
	}

	RelationDirectory directory() {
		return this.directory;
	}

	public List<EtcdRelationEvent> events() {
		return this.events;
	}

	@Override
	public void close() {
		this.context.close();
	}

	/** A class, as the type of the events is not found in a lambda. */
	private record Recorder(Consumer<EtcdRelationEvent> listener) implements ApplicationListener<EtcdRelationEvent> {

		@Override
		public void onApplicationEvent(EtcdRelationEvent event) {
			this.listener.accept(event);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ EtcdRelationAutoConfiguration.class, EtcdRelationCloudAutoConfiguration.class,
			SslAutoConfiguration.class })
	static class Starter {

	}

}
