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

package io.github.etcdrelation.integration.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

import io.github.etcdrelation.autoconfigure.EtcdRelationAutoConfiguration;
import io.github.etcdrelation.integration.EtcdLockRegistry;
import io.github.etcdrelation.integration.EtcdMetadataStore;
import io.github.etcdrelation.integration.EtcdSession;
import io.github.etcdrelation.integration.LeaderInitiator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.autoconfigure.context.ConfigurationPropertiesAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.javapoet.ClassName;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a context that was processed ahead of time.
 */
@CompileWithForkedClassLoader
class IntegrationAheadOfTimeTests {

	private static final String[] ALL = { "etcd.integration.leader.role=cleaner",
			"etcd.integration.metadata-store.enabled=true" };

	private static final String[] RELATED = { ALL[0], ALL[1], "etcd.relation.connection-string=http://127.0.0.1:1" };

	@AfterEach
	void endProcessing() {
		System.clearProperty(AbstractAotProcessor.AOT_PROCESSING);
	}

	@Test
	void relationThatWasKnown() {
		run(RELATED, RELATED, this::assertAll);
	}

	@Test
	void relationThatIsKnownAtRunTimeOnly() {
		run(ALL, RELATED, this::assertAll);
	}

	@Test
	void noRelationAtRunTime() {
		run(ALL, ALL, (context) -> {
			assertThat(context.getBeanProvider(EtcdSession.class).getIfAvailable()).isNull();
			assertThat(context.getBeanProvider(EtcdLockRegistry.class).getIfAvailable()).isNull();
			assertThat(context.getBeanProvider(LeaderInitiator.class).getIfAvailable()).isNull();
			assertThat(context.getBeanProvider(EtcdMetadataStore.class).getIfAvailable()).isNull();
		});
	}

	private void assertAll(GenericApplicationContext context) {
		assertThat(context.getBean(EtcdLockRegistry.class).obtain("one").isAcquiredInThisProcess()).isFalse();
		assertThat(context.getBean(LeaderInitiator.class).isRunning()).isTrue();
		assertThat(context.getBean(EtcdMetadataStore.class)).isNotNull();
	}

	private static void run(String[] buildTime, String[] runTime, Consumer<GenericApplicationContext> assertions) {
		AnnotationConfigApplicationContext source = new AnnotationConfigApplicationContext();
		configure(source.getEnvironment(), buildTime);
		source.register(ConfigurationPropertiesAutoConfiguration.class, SslAutoConfiguration.class,
				EtcdRelationAutoConfiguration.class, EtcdIntegrationAutoConfiguration.class);
		TestGenerationContext generated = new TestGenerationContext(
				ClassName.get(IntegrationAheadOfTimeTests.class.getPackageName(), "Application"));
		System.setProperty(AbstractAotProcessor.AOT_PROCESSING, "true");
		ClassName initializer = new ApplicationContextAotGenerator().processAheadOfTime(source, generated);
		System.clearProperty(AbstractAotProcessor.AOT_PROCESSING);
		generated.writeGeneratedContent();
		TestCompiler.forSystem().with(generated).compile((compiled) -> {
			try (GenericApplicationContext context = new GenericApplicationContext()) {
				configure(context.getEnvironment(), runTime);
				initialize(compiled.getInstance(ApplicationContextInitializer.class, initializer.toString()), context);
				context.refresh();
				assertions.accept(context);
			}
		});
	}

	@SuppressWarnings("unchecked")
	private static void initialize(ApplicationContextInitializer<?> initializer, GenericApplicationContext context) {
		((ApplicationContextInitializer<GenericApplicationContext>) initializer).initialize(context);
	}

	private static void configure(ConfigurableEnvironment environment, String[] properties) {
		Map<String, Object> values = new LinkedHashMap<>();
		for (String property : properties) {
			int end = property.indexOf('=');
			values.put(property.substring(0, end), property.substring(end + 1));
		}
		environment.getPropertySources().addFirst(new MapPropertySource("test", values));
		ConfigurationPropertySources.attach(environment);
	}

}
