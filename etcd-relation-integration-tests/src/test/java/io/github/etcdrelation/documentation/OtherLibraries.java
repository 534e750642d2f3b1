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

package io.github.etcdrelation.documentation;

import java.net.URI;
import java.util.List;
import java.util.Map;

import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;

/**
 * Declarations of ShedLock, which examples use and the tests do not depend on.
 */
final class OtherLibraries {

	private static final Map<String, String> TYPES = Map.of("net.javacrumbs.shedlock.core.LockProvider",
			"public interface LockProvider {}", "net.javacrumbs.shedlock.spring.annotation.EnableSchedulerLock",
			"public @interface EnableSchedulerLock { String defaultLockAtMostFor(); }",
			"net.javacrumbs.shedlock.spring.annotation.SchedulerLock",
			"public @interface SchedulerLock { String name(); String lockAtMostFor() default \"\"; }",
			"net.javacrumbs.shedlock.provider.etcd.jetcd.EtcdLockProvider",
			"public class EtcdLockProvider implements net.javacrumbs.shedlock.core.LockProvider {"
					+ " public EtcdLockProvider(io.etcd.jetcd.Client client) {} }");

	private OtherLibraries() {
	}

	static List<JavaFileObject> sources() {
		return TYPES.entrySet().stream().<JavaFileObject>map((type) -> source(type.getKey(), type.getValue())).toList();
	}

	private static JavaFileObject source(String name, String declaration) {
		String packageName = name.substring(0, name.lastIndexOf('.'));
		return new SimpleJavaFileObject(URI.create("memory:///" + name.replace('.', '/') + ".java"),
				JavaFileObject.Kind.SOURCE) {

			@Override
			public CharSequence getCharContent(boolean ignoreEncodingErrors) {
				return "package " + packageName + "; " + declaration;
			}

		};
	}

}
