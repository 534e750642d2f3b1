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

package io.github.etcdrelation.test;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.platform.commons.support.AnnotationSupport;

import org.springframework.beans.factory.annotation.ParameterResolutionDelegate;
import org.springframework.test.context.junit.jupiter.SpringExtension;
import org.springframework.test.context.support.TestConstructorUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ObjectUtils;

/**
 * The application context of a test class, if it has one.
 */
final class SpringTestContext {

	private static final boolean PRESENT = ClassUtils.isPresent(
			"org.springframework.test.context.junit.jupiter.SpringExtension", SpringTestContext.class.getClassLoader());

	private SpringTestContext() {
	}

	/**
	 * Return whether the tests of a class, or of one that encloses it, have a context.
	 */
	static boolean isUsedBy(Class<?> testClass) {
		return PRESENT && Usage.of(testClass);
	}

	/**
	 * Return whether Spring supplies a parameter.
	 */
	static boolean supplies(ParameterContext parameter, ExtensionContext context) {
		return Usage.supplies(parameter, context);
	}

	/**
	 * Return the etcd of the context.
	 */
	static LocalEtcd getEtcd(ExtensionContext context) {
		return Usage.etcd(context);
	}

	/**
	 * Separate class, as Spring's test context may be absent.
	 */
	private static final class Usage {

		static boolean of(@Nullable Class<?> testClass) {
			return testClass != null && (AnnotationSupport.findRepeatableAnnotations(testClass, ExtendWith.class)
				.stream()
				.anyMatch((extendWith) -> ObjectUtils.containsElement(extendWith.value(), SpringExtension.class))
					|| of(testClass.getEnclosingClass()));
		}

		static boolean supplies(ParameterContext parameter, ExtensionContext context) {
			return ParameterResolutionDelegate.isAutowirable(parameter.getParameter(), parameter.getIndex())
					|| TestConstructorUtils.isAutowirableConstructor(parameter.getDeclaringExecutable(),
							(name) -> context.getConfigurationParameter(name).orElse(null));
		}

		static LocalEtcd etcd(ExtensionContext context) {
			return SpringExtension.getApplicationContext(context).getBean(LocalEtcd.class);
		}

	}

}
