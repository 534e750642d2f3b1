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

package io.github.etcdrelation.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import io.github.etcdrelation.test.LocalEtcd;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * An application whose configuration is in etcd.
 */
final class ConfigApplication {

	private ConfigApplication() {
	}

	static ConfigurableApplicationContext run(LocalEtcd etcd, String... properties) {
		return run(etcd, Main.class, properties);
	}

	static ConfigurableApplicationContext run(LocalEtcd etcd, Class<?> main, String... properties) {
		List<String> arguments = new ArrayList<>(arguments(etcd.getProperties("etcd.relation")));
		Arrays.stream(properties).map((property) -> "--" + property).forEach(arguments::add);
		return run(main, arguments);
	}

	static ConfigurableApplicationContext run(Class<?> main, List<String> arguments) {
		SpringApplication application = new SpringApplicationBuilder(main).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.registerShutdownHook(false)
			.build();
		return application.run(arguments.toArray(String[]::new));
	}

	static List<String> arguments(Map<String, String> properties) {
		return properties.entrySet().stream().map((entry) -> "--" + entry.getKey() + "=" + entry.getValue()).toList();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Main {

	}

}
