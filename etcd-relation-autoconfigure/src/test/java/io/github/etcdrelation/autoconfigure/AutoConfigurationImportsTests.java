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

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import io.github.etcdrelation.autoconfigure.health.EtcdHealthContributorAutoConfiguration;
import io.github.etcdrelation.autoconfigure.metrics.EtcdMetricsAutoConfiguration;
import io.github.etcdrelation.autoconfigure.provider.EtcdProviderAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what Spring Boot is told to load.
 */
class AutoConfigurationImportsTests {

	private static final Path META_INF = Path.of("src", "main", "resources", "META-INF");

	@Test
	void allAutoConfigurationsAreImportedAndSorted() throws IOException {
		List<String> classes = new ClassFileImporter().withImportOption(new DoNotIncludeTests())
			.importPackages("io.github.etcdrelation")
			.stream()
			.filter((type) -> type.isAnnotatedWith(AutoConfiguration.class))
			.map(JavaClass::getName)
			.toList();
		assertThat(imports()).isSorted().containsExactlyInAnyOrderElementsOf(classes);
	}

	@ParameterizedTest
	@MethodSource("imports")
	void autoConfigurationsNameClassesThatExist(String name) throws Exception {
		AutoConfiguration annotation = Class.forName(name).getAnnotation(AutoConfiguration.class);
		// A name that is wrong orders nothing, and nobody notices
		assertThat(Stream.of(annotation.afterName(), annotation.beforeName()).flatMap(Arrays::stream))
			.allMatch((other) -> ClassUtils.isPresent(other, null));
	}

	@Test
	void factoriesExistAndAreSorted() throws Exception {
		Properties factories = new Properties();
		try (InputStream content = Files.newInputStream(META_INF.resolve("spring.factories"))) {
			factories.load(content);
		}
		assertThat(factories).isNotEmpty();
		for (String type : factories.stringPropertyNames()) {
			List<String> names = List.of(factories.getProperty(type).split(","));
			assertThat(names).isSorted().doesNotHaveDuplicates();
			for (String name : names) {
				assertThat(Class.forName(type)).isAssignableFrom(Class.forName(name));
			}
		}
	}

	@Test
	void applicationOfTheseTestsImportsAll() throws IOException {
		assertThat(Application.class.getAnnotation(ImportAutoConfiguration.class).value()).extracting(Class::getName)
			.containsAll(imports());
	}

	@ParameterizedTest
	@ValueSource(strings = { "org.springframework.cloud", "org.springframework.boot.actuate",
			"org.springframework.boot.health", "org.springframework.boot.micrometer", "io.micrometer",
			"org.springframework.boot.testcontainers", "org.springframework.boot.docker", "org.springframework.web" })
	void relationIsThereWithout(String packageName) {
		new ApplicationContextRunner().withUserConfiguration(Application.class)
			.withClassLoader(new FilteredClassLoader(packageName))
			.withPropertyValues("etcd.relation.connection-string=http://127.0.0.1:1")
			.run((context) -> assertThat(context).hasNotFailed().hasBean("etcdRelation").hasBean("etcdClient"));
	}

	@Test
	void nothingIsThereWithoutClient() {
		new ApplicationContextRunner().withUserConfiguration(Application.class)
			.withClassLoader(new FilteredClassLoader("io.etcd.jetcd", "io.grpc"))
			.withPropertyValues("etcd.relation.connection-string=http://127.0.0.1:1")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("etcdRelations"));
	}

	private static List<String> imports() throws IOException {
		return new ArrayList<>(
				Files.readAllLines(META_INF.resolve("spring").resolve(AutoConfiguration.class.getName() + ".imports")));
	}

	/**
	 * Imported as an application imports them: those whose classes are missing are left
	 * out unseen.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ SslAutoConfiguration.class, EtcdActuatorAutoConfiguration.class,
			EtcdHealthContributorAutoConfiguration.class, EtcdMetricsAutoConfiguration.class,
			EtcdProviderAutoConfiguration.class, EtcdRelationAutoConfiguration.class,
			EtcdRelationCloudAutoConfiguration.class })
	static class Application {

	}

}
