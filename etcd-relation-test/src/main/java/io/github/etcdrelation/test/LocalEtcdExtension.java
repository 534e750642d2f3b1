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
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

import org.springframework.util.Assert;

/**
 * Starts a {@link LocalEtcd} before the tests of a class, injects it as a parameter, and
 * closes it after them. Registered through {@link WithLocalEtcd @WithLocalEtcd} or, for
 * everything that the builder offers, as a static
 * {@link org.junit.jupiter.api.extension.RegisterExtension @RegisterExtension} field.
 *
 * @since 0.1.0
 */
public final class LocalEtcdExtension implements BeforeAllCallback, ParameterResolver {

	private final LocalEtcd.@Nullable Builder builder;

	private volatile @Nullable LocalEtcd etcd;

	LocalEtcdExtension() {
		this.builder = null;
	}

	/**
	 * Create an extension for a static field.
	 * @param builder builds the etcd
	 */
	public LocalEtcdExtension(LocalEtcd.Builder builder) {
		this.builder = builder;
	}

	/**
	 * Return the etcd of the test class that is being executed.
	 * @return a started etcd
	 * @throws IllegalStateException if the extension has not been called yet
	 */
	public LocalEtcd getEtcd() {
		LocalEtcd etcd = this.etcd;
		Assert.state(etcd != null, "No etcd was started, the extension must be registered in a static field");
		return etcd;
	}

	@Override
	public void beforeAll(ExtensionContext context) {
		if (isOfSpringTestContext(context)) {
			return;
		}
		// The store finds the etcd of an enclosing class, and closes its values
		this.etcd = context.getStore(Namespace.create(LocalEtcdExtension.class))
			.computeIfAbsent(this, (key) -> builder(context).start(), LocalEtcd.class);
	}

	@Override
	public boolean supportsParameter(ParameterContext parameterContext, ExtensionContext extensionContext) {
		return parameterContext.getParameter().getType() == LocalEtcd.class && !(isOfSpringTestContext(extensionContext)
				&& SpringTestContext.supplies(parameterContext, extensionContext));
	}

	@Override
	public Object resolveParameter(ParameterContext parameterContext, ExtensionContext extensionContext) {
		return isOfSpringTestContext(extensionContext) ? SpringTestContext.getEtcd(extensionContext) : getEtcd();
	}

	private boolean isOfSpringTestContext(ExtensionContext context) {
		return this.builder == null && SpringTestContext.isUsedBy(context.getRequiredTestClass());
	}

	private LocalEtcd.Builder builder(ExtensionContext context) {
		if (this.builder != null) {
			return this.builder;
		}
		return AnnotationSupport.findAnnotation(context.getRequiredTestClass(), WithLocalEtcd.class)
			.map((annotation) -> LocalEtcdAttributes.of(annotation).builder())
			.orElseGet(LocalEtcd::builder);
	}

}
