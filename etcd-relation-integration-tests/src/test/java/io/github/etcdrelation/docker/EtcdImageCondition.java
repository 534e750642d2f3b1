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

package io.github.etcdrelation.docker;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Condition of {@link RequiresEtcdImage}.
 */
class EtcdImageCondition implements ExecutionCondition {

	@Override
	public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
		boolean compose = AnnotationSupport.findAnnotation(context.getTestClass(), RequiresEtcdImage.class)
			.map(RequiresEtcdImage::compose)
			.orElse(false);
		Optional<?> problem = context.getRoot()
			.getStore(Namespace.create(EtcdImageCondition.class))
			.computeIfAbsent("problem", (key) -> Optional.ofNullable(EtcdImage.findProblem()), Optional.class);
		if (problem.isPresent()) {
			return ConditionEvaluationResult.disabled("Skipped because " + problem.get());
		}
		if (compose && !succeeds("docker", "compose", "version") && !succeeds("docker-compose", "version")) {
			return ConditionEvaluationResult.disabled("Skipped because there is no Docker Compose");
		}
		return ConditionEvaluationResult.enabled("Image " + EtcdImage.NAME + " is there");
	}

	private static boolean succeeds(String... command) {
		try {
			return new ProcessBuilder(List.of(command)).redirectErrorStream(true)
				.redirectOutput(Redirect.DISCARD)
				.start()
				.waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
