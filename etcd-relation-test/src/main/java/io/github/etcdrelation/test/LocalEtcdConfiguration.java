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

import org.springframework.context.annotation.Configuration;

/**
 * Relates an application that is run during development to an etcd that starts and ends
 * with it, one member in plain text: {@code SpringApplication.from(MyApplication::main)
 * .with(LocalEtcdConfiguration.class).run(args)}. For other attributes annotate a class
 * of one's own with {@link WithLocalEtcd @WithLocalEtcd}.
 *
 * @since 0.1.0
 */
@Configuration(proxyBeanMethods = false)
@WithLocalEtcd
public class LocalEtcdConfiguration {

}
