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

package io.github.etcdrelation.event;

import io.github.etcdrelation.EtcdRelation;

import org.springframework.context.ApplicationEvent;

/**
 * Base of the events about a relation. At the start of the application they are published
 * on the starting thread before the web server accepts requests, later on the starter's
 * refresh thread; a refresh publishes lost states before gained ones.
 *
 * @since 0.1.0
 */
public abstract class EtcdRelationEvent extends ApplicationEvent {

	private final transient EtcdRelation relation;

	/**
	 * Create a new event.
	 * @param relation the relation that it is about
	 */
	protected EtcdRelationEvent(EtcdRelation relation) {
		super(relation);
		this.relation = relation;
	}

	/**
	 * Return the relation that the event is about.
	 * @return the relation
	 */
	public EtcdRelation getRelation() {
		return this.relation;
	}

	/**
	 * Return the name of the relation.
	 * @return the name
	 */
	public String getRelationName() {
		return this.relation.getName();
	}

}
