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

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.EtcdRelations;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
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
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for relations in a context that was processed ahead of time.
 */
@CompileWithForkedClassLoader
class AheadOfTimeTests {

	private static final String[] DEFAULT = { "etcd.relation.connection-string=http://127.0.0.1:1" };

	private static final String[] FURTHER = { "etcd.relations.audit.connection-string=http://127.0.0.1:2" };

	private static final String[] BOTH = { DEFAULT[0], FURTHER[0] };

	private static final String[] NONE = {};

	@AfterEach
	void endProcessing() {
		System.clearProperty(AbstractAotProcessor.AOT_PROCESSING);
	}

	@Test
	void relationsThatWereKnown() {
		run(BOTH, BOTH, this::assertBoth);
	}

	@Test
	void relationsThatAreKnownAtRunTimeOnly() {
		run(NONE, BOTH, this::assertBoth);
	}

	@Test
	void furtherRelationThatIsKnownAtRunTimeOnly() {
		run(DEFAULT, BOTH, this::assertBoth);
	}

	@Test
	void furtherRelationAlone() {
		run(FURTHER, FURTHER, (context) -> {
			assertThat(context.getBean(Client.class)).isSameAs(context.getBean("auditEtcdClient"));
			assertThat(context.getBean(EtcdRelation.class).getName()).isEqualTo("audit");
		});
	}

	@Test
	void noRelationAtRunTime() {
		run(NONE, NONE, (context) -> {
			assertThat(context.getBean(EtcdRelations.class).getNames()).isEmpty();
			assertThat(context.getBeanProvider(Client.class).getIfAvailable()).isNull();
			assertThatExceptionOfType(NoSuchBeanDefinitionException.class)
				.isThrownBy(() -> context.getBean(Client.class))
				.satisfies((failure) -> assertThat(new MissingRelationFailureAnalyzer().analyze(failure)).isNotNull());
		});
	}

	private void assertBoth(GenericApplicationContext context) {
		assertThat(context.getBean(EtcdRelations.class).getNames()).containsExactly("etcd", "audit");
		assertThat(context.getBean(EtcdRelation.class).getConnectionString()).isEqualTo("http://127.0.0.1:1");
		assertThat(context.getBean("auditEtcdRelation", EtcdRelation.class).getConnectionString())
			.isEqualTo("http://127.0.0.1:2");
		assertThat(context.getBean(Client.class)).isSameAs(context.getBean("etcdClient"))
			.isNotSameAs(context.getBean("auditEtcdClient"));
	}

	private static void run(String[] buildTime, String[] runTime, Consumer<GenericApplicationContext> assertions) {
		AnnotationConfigApplicationContext source = new AnnotationConfigApplicationContext();
		configure(source.getEnvironment(), buildTime);
		source.register(ConfigurationPropertiesAutoConfiguration.class, SslAutoConfiguration.class,
				EtcdRelationAutoConfiguration.class);
		TestGenerationContext generated = new TestGenerationContext(
				ClassName.get(AheadOfTimeTests.class.getPackageName(), "Application"));
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
