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

import io.etcd.jetcd.Client;
import io.github.etcdrelation.EtcdRelation;
import io.github.etcdrelation.EtcdRelationProvider;
import io.github.etcdrelation.EtcdRelations;
import io.github.etcdrelation.test.LocalEtcd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a block of the documentation that is less than a class may use.
 */
public abstract class ExampleContext {

	protected final Logger logger = LoggerFactory.getLogger(getClass());

	protected Client client;

	protected EtcdRelation relation;

	protected EtcdRelations relations;

	protected EtcdRelationProvider provider;

	protected LocalEtcd etcd;

	protected String key;

	protected String cert;

	protected String ca;

}
