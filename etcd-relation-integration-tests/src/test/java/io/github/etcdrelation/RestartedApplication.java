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

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.event.EtcdAvailableEvent;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import static io.github.etcdrelation.RelationTester.bytes;
import static io.github.etcdrelation.RelationTester.get;

/**
 * Uses etcd in every way that has threads, and ends.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class RestartedApplication {

	private boolean available;

	@EventListener
	void onAvailable(EtcdAvailableEvent event) {
		this.available = true;
	}

	static void run(String directory) throws Exception {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(RestartedApplication.class)
			.web(WebApplicationType.NONE)
			.properties("etcd.relation.directory=" + directory, "spring.main.banner-mode=off",
					// It is on the class path of other tests, and this is not a test's
					// thread
					"spring.docker.compose.enabled=false")
			.run()) {
			if (!context.getBean(RestartedApplication.class).available) {
				throw new IllegalStateException("The relation is not available");
			}
			Client client = context.getBean(Client.class);
			CountDownLatch events = new CountDownLatch(1);
			client.getWatchClient().watch(bytes("restarted"), (response) -> events.countDown());
			long lease = get(client.getLeaseClient().grant(60)).getID();
			get(client.getLeaseClient().keepAliveOnce(lease));
			while (!events.await(100, TimeUnit.MILLISECONDS)) {
				// The watch may be created after a put
				get(client.getKVClient().put(bytes("restarted"), bytes("value")));
			}
		}
	}

}
