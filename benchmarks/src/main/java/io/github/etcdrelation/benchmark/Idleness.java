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

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * What an application costs that does nothing. As a process it is one without etcd, which
 * shows what the JVM itself costs.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class Idleness {

	/**
	 * Do nothing and return the percentage of a core that this took.
	 */
	static Figures measure(long millis) throws InterruptedException {
		Resources before = Resources.now();
		long start = System.nanoTime();
		Thread.sleep(millis);
		double elapsed = (System.nanoTime() - start) / 1e6;
		return Figures.of("percent", Resources.now().since(before).cpuMillis() * 100 / elapsed);
	}

	public static void main(String[] args) throws Exception {
		ConfigurableApplicationContext context = StartedApplication.application(Idleness.class).run(args);
		Conversation.hold((words) -> measure(Long.parseLong(words[1])));
		context.close();
	}

}
