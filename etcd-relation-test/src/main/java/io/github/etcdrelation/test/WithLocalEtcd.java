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

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.context.annotation.Import;

/**
 * Starts a {@link LocalEtcd} that constructors and methods of a test class can take as a
 * parameter. It is started once before all tests of the class and closed after them.
 * <p>
 * A test class with an application context of Spring gets an etcd that belongs to the
 * context: the properties {@code etcd.relation.*} point to it, overriding those of the
 * application, and it is a bean. It is started before the context and closed after it.
 * Classes that share the context share it.
 * <p>
 * A configuration class gets the same, as with
 * {@code SpringApplication.from(MyApplication::main).with(MyTestConfiguration.class)};
 * {@link LocalEtcdConfiguration} is one with the default attributes.
 *
 * @since 0.1.0
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(LocalEtcdExtension.class)
@Import(LocalEtcdRegistrar.class)
public @interface WithLocalEtcd {

	/**
	 * The number of members.
	 * @return the number of members
	 */
	int members() default 1;

	/**
	 * Whether to serve TLS without requesting a certificate from clients.
	 * @return whether to serve TLS
	 */
	boolean tls() default false;

	/**
	 * Whether to serve TLS and require a certificate from every client.
	 * @return whether to serve mutual TLS
	 */
	boolean mutualTls() default false;

	/**
	 * Users of etcd. With any, etcd demands authentication, and the application is the
	 * first of them; the user {@code root} is added if it is not among them.
	 * @return the users
	 */
	User[] users() default {};

	/**
	 * A user of etcd, see {@link LocalEtcd.Builder#user(String, String, String...)}.
	 */
	@Target({})
	@Retention(RetentionPolicy.RUNTIME)
	@interface User {

		/**
		 * The name of the user.
		 * @return the name
		 */
		String name();

		/**
		 * The password, empty for a user who is known by the common name of the client
		 * certificate alone, which takes {@link WithLocalEtcd#mutualTls() mutual TLS}.
		 * @return the password
		 */
		String password() default "";

		/**
		 * The prefixes below which the user may read and write all keys.
		 * @return the prefixes
		 */
		String[] prefixes() default {};

	}

}
