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

package io.github.etcdrelation.benchmark;

import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The process of an application that has Spring Boot reload an SSL bundle.
 */
public final class BundleProcess {

	private static final String BUNDLE = "reloaded";

	private BundleProcess() {
	}

	public static void main(String[] args) throws Exception {
		Access first = Access.parse(args[0]);
		Access second = Access.parse(args[1]);
		RelationFiles files = new RelationFiles(Path.of(args[2]));
		files.write(first);
		String prefix = "--spring.ssl.bundle.pem." + BUNDLE;
		LinkedBlockingQueue<Object> updates = new LinkedBlockingQueue<>();
		try (ConfigurableApplicationContext context = StartedApplication.application(StartedApplication.class)
			.run(prefix + ".keystore.certificate=file:" + files.file("client_cert"),
					prefix + ".keystore.private-key=file:" + files.file("client_key"),
					prefix + ".reload-on-update=true", "--spring.ssl.bundle.watch.file.quiet-period=" + args[3])) {
			context.getBean(SslBundles.class).addBundleUpdateHandler(BUNDLE, updates::add);
			Conversation.hold((words) -> {
				long start = files.rotate(words[0].equals("first") ? first : second);
				if (updates.poll(60, TimeUnit.SECONDS) == null) {
					throw new IllegalStateException("No update");
				}
				return Figures.of("update", (System.nanoTime() - start) / 1e6);
			});
		}
	}

}
