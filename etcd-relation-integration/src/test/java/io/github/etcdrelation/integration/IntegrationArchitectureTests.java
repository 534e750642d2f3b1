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

package io.github.etcdrelation.integration;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;

/**
 * Rules that hold for all classes of the module.
 */
@AnalyzeClasses(packages = IntegrationArchitectureTests.ROOT, importOptions = DoNotIncludeTests.class)
class IntegrationArchitectureTests {

	static final String ROOT = "io.github.etcdrelation.integration";

	@ArchTest
	final ArchRule usesTheContractOfTheStarterAndItsWatchAlone = ArchRuleDefinition.noClasses()
		.should()
		.dependOnClassesThat(JavaClass.Predicates.resideInAPackage("io.github.etcdrelation.internal..")
			.and(JavaClass.Predicates.resideOutsideOfPackage("io.github.etcdrelation.internal.watch")));

	@ArchTest
	final ArchRule doesNotDependOnItsAutoConfiguration = ArchRuleDefinition.noClasses()
		.that()
		.resideOutsideOfPackage(ROOT + ".autoconfigure..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("..autoconfigure..");

}
