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

package io.github.etcdrelation;

import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.conditions.ArchConditions;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.Architectures;
import com.tngtech.archunit.library.GeneralCodingRules;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.jspecify.annotations.NullMarked;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Rules that hold for all classes of the module.
 */
@AnalyzeClasses(packages = ArchitectureTests.ROOT, importOptions = DoNotIncludeTests.class)
class ArchitectureTests {

	static final String ROOT = "io.github.etcdrelation";

	/**
	 * What the channel hands out as calls; that one is pending is what members know.
	 */
	private static final String CALLS = "(?!PendingCall)\\w+Call";

	@ArchTest
	final ArchRule modelAndClientDoNotDependOnAutoConfiguration = ArchRuleDefinition.noClasses()
		.that()
		.resideOutsideOfPackages(ROOT + ".autoconfigure..", ROOT + ".docker..", ROOT + ".testcontainers..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage(ROOT + ".autoconfigure..")
		.allowEmptyShould(true);

	@ArchTest
	final ArchRule contractDoesNotExposeInternalTypes = ArchRuleDefinition.members()
		.that()
		.arePublic()
		.or()
		.areProtected()
		.should(exposeNoInternalTypes());

	@ArchTest
	final ArchRule nothingFlowsBack = Architectures.layeredArchitecture()
		.consideringOnlyDependenciesInAnyPackage(ROOT + ".internal..")
		.layer("registry")
		.definedBy(ROOT + ".internal.registry..")
		.layer("monitoring")
		.definedBy(ROOT + ".internal.health..", ROOT + ".internal.metrics..")
		.layer("client")
		.definedBy(ROOT + ".internal.client..")
		.layer("source")
		.definedBy(ROOT + ".internal.source..", ROOT + ".internal.juju..")
		.layer("provider")
		.definedBy(ROOT + ".internal.provider..")
		.layer("state")
		.definedBy(ROOT + ".internal.state..", ROOT + ".internal.databag..")
		.layer("channel")
		.definedBy(ROOT + ".internal.channel..")
		.layer("tls")
		.definedBy(ROOT + ".internal.tls..")
		.whereLayer("registry")
		.mayNotBeAccessedByAnyLayer()
		.whereLayer("monitoring")
		.mayNotBeAccessedByAnyLayer()
		.whereLayer("provider")
		.mayNotBeAccessedByAnyLayer()
		.whereLayer("client")
		.mayOnlyBeAccessedByLayers("registry")
		.whereLayer("source")
		.mayOnlyBeAccessedByLayers("registry", "provider")
		.whereLayer("state")
		.mayOnlyBeAccessedByLayers("registry", "monitoring", "client", "source", "provider")
		.whereLayer("channel")
		.mayOnlyBeAccessedByLayers("registry", "monitoring", "client", "provider")
		.whereLayer("tls")
		.mayOnlyBeAccessedByLayers("registry", "monitoring", "client", "source", "provider", "state", "channel");

	@ArchTest
	final ArchRule packagesAreFreeOfCycles = SlicesRuleDefinition.slices()
		.assignedFrom(packages())
		.should()
		.beFreeOfCycles()
		.allowEmptyShould(true);

	@ArchTest
	final ArchRule packagesAreNullMarked = ArchRuleDefinition.classes().should(resideInNullMarkedPackage());

	@ArchTest
	final ArchRule onlyChannelUsesNettyTransport = ArchRuleDefinition.noClasses()
		.that()
		.resideOutsideOfPackage(ROOT + ".internal.channel..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.grpc.netty..")
		.allowEmptyShould(true);

	@ArchTest
	final ArchRule membersOfChannelKnowNothingOfWhatUsesThem = ArchRuleDefinition.noClasses()
		.that()
		.haveNameMatching(channel("Member|Connection|EndpointMembers|Routes|TransportSecurity|MemberQuestion"))
		.should()
		.dependOnClassesThat()
		.haveNameMatching(channel("Members|EtcdCalls|RelationChannel|" + CALLS));

	@ArchTest
	final ArchRule setOfMembersOfChannelKnowsNoCalls = ArchRuleDefinition.classes()
		.that()
		.haveNameMatching(channel("Members|CurrentTarget"))
		.should(doNothingWith(channel("EtcdCalls|RelationChannel|" + CALLS)));

	@ArchTest
	final ArchRule callsOfChannelDoNotKnowWhoMakesThem = ArchRuleDefinition.classes()
		.that()
		.haveNameMatching(channel(CALLS))
		.should(doNothingWith(channel("EtcdCalls|RelationChannel")));

	@ArchTest
	final ArchRule vertxIsNotUsed = ArchRuleDefinition.noClasses()
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.vertx..");

	@ArchTest
	final ArchRule autoConfigurationsAreFinalWithoutPublicMembers = ArchRuleDefinition.classes()
		.that()
		.areAnnotatedWith(AutoConfiguration.class)
		.should()
		.bePublic()
		.andShould()
		.haveModifier(JavaModifier.FINAL)
		.andShould()
		.haveSimpleNameEndingWith("AutoConfiguration")
		.andShould(haveNoPublicMembersButTheDefaultConstructor())
		.allowEmptyShould(true);

	@ArchTest
	final ArchRule beanMethodsAreNotPublicOrPrivate = ArchRuleDefinition.methods()
		.that()
		.areAnnotatedWith(Bean.class)
		.should()
		.notBePublic()
		.andShould()
		.notBePrivate()
		.allowEmptyShould(true);

	@ArchTest
	final ArchRule beanMethodsHaveNoClassConditions = ArchRuleDefinition.noMethods()
		.that()
		.areAnnotatedWith(Bean.class)
		.should()
		.beAnnotatedWith(ConditionalOnClass.class)
		.orShould()
		.beAnnotatedWith(ConditionalOnMissingClass.class)
		.allowEmptyShould(true);

	@ArchTest
	final ArchRule mapsInPropertiesKeepTheirOrder = ArchRuleDefinition.noClasses()
		.that()
		.areAnnotatedWith(ConfigurationProperties.class)
		.should()
		.callConstructorWhere(DescribedPredicate.describe("the owner is HashMap or HashSet",
				(call) -> call.getTargetOwner().getName().matches("java\\.util\\.Hash(Map|Set)")))
		.allowEmptyShould(true);

	@ArchTest
	final ArchRule lifecycleAnnotationsAreNotUsed = ArchRuleDefinition.noMethods()
		.should()
		.beAnnotatedWith("jakarta.annotation.PostConstruct")
		.orShould()
		.beAnnotatedWith("jakarta.annotation.PreDestroy");

	@ArchTest
	final ArchRule staticStateIsImmutable = ArchRuleDefinition.fields()
		.that()
		.areStatic()
		.should()
		.beFinal()
		.andShould()
		.notHaveRawType(mutableState())
		.allowEmptyShould(true);

	@ArchTest
	final ArchRule caseIsChangedWithLocale = ArchRuleDefinition.noClasses()
		.should()
		.callMethod(String.class, "toLowerCase")
		.orShould()
		.callMethod(String.class, "toUpperCase");

	@ArchTest
	final ArchRule standardStreamsAreNotUsed = GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

	@ArchTest
	final ArchRule javaUtilLoggingIsNotUsed = ArchRuleDefinition.noClasses()
		.should()
		.dependOnClassesThat()
		.resideInAPackage("java.util.logging..");

	/**
	 * Return a pattern for classes of the channel and what is nested in them.
	 */
	private static String channel(String names) {
		return Pattern.quote(ROOT + ".internal.channel.") + "(" + names + ")(\\$.*)?";
	}

	/**
	 * Return a condition that lets classes be named, as all loggers of the channel are by
	 * the same one, and nothing else.
	 */
	private static ArchCondition<JavaClass> doNothingWith(String pattern) {
		return ArchConditions.onlyHaveDependenciesWhere(
				DescribedPredicate.describe("the target does not match " + pattern + " or is only named",
						(dependency) -> !dependency.getTargetClass().getName().matches(pattern)
								|| dependency.getDescription().contains("references class object")));
	}

	private static SliceAssignment packages() {
		return new SliceAssignment() {

			@Override
			public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
				return SliceIdentifier.of(javaClass.getPackageName());
			}

			@Override
			public String getDescription() {
				return "packages";
			}

		};
	}

	private static DescribedPredicate<JavaClass> mutableState() {
		return DescribedPredicate.describe("is mutable",
				(type) -> type.isAssignableTo(ThreadLocal.class) || type.isAssignableTo(ConcurrentMap.class)
						|| type.getPackageName().equals("java.util.concurrent.atomic")
						|| (type.isAssignableTo(Map.class) && !type.isInterface()));
	}

	private static ArchCondition<JavaMember> exposeNoInternalTypes() {
		return new ArchCondition<>("expose no internal types") {

			@Override
			public void check(JavaMember member, ConditionEvents events) {
				if (isInternal(member.getOwner()) || !isExposed(member.getOwner())) {
					return;
				}
				member.getAllInvolvedRawTypes()
					.stream()
					.filter(ArchitectureTests::isInternal)
					.forEach((type) -> events.add(SimpleConditionEvent.violated(member,
							member.getDescription() + " exposes " + type.getName())));
			}

		};
	}

	private static boolean isInternal(JavaClass type) {
		return type.getPackageName().startsWith(ROOT + ".internal");
	}

	private static boolean isExposed(JavaClass type) {
		return type.getModifiers().contains(JavaModifier.PUBLIC)
				&& type.getEnclosingClass().map(ArchitectureTests::isExposed).orElse(true);
	}

	private static ArchCondition<JavaClass> resideInNullMarkedPackage() {
		return new ArchCondition<>("reside in a package that is annotated with @NullMarked") {

			@Override
			public void check(JavaClass javaClass, ConditionEvents events) {
				boolean nullMarked = javaClass.getPackage().isAnnotatedWith(NullMarked.class);
				events.add(new SimpleConditionEvent(javaClass, nullMarked,
						"the package of " + javaClass.getName() + " is " + (nullMarked ? "" : "not ") + "@NullMarked"));
			}

		};
	}

	private static ArchCondition<JavaClass> haveNoPublicMembersButTheDefaultConstructor() {
		Predicate<JavaMember> isPublic = (member) -> member.getModifiers().contains(JavaModifier.PUBLIC)
				&& !member.getModifiers().contains(JavaModifier.SYNTHETIC);
		return new ArchCondition<>("have no public members but the default constructor") {

			@Override
			public void check(JavaClass javaClass, ConditionEvents events) {
				Stream<JavaMember> constructors = javaClass.getConstructors()
					.stream()
					.filter((constructor) -> !constructor.getRawParameterTypes().isEmpty())
					.map(JavaMember.class::cast);
				Stream.concat(javaClass.getMethods().stream(), constructors)
					.filter(isPublic)
					.forEach((member) -> events
						.add(SimpleConditionEvent.violated(member, member.getDescription() + " is public")));
			}

		};
	}

}
