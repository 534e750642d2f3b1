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

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.assertj.core.api.AbstractAssert;

/**
 * Assertions on events of relations in the order in which they were published.
 */
public final class RelationEventsAssert extends AbstractAssert<RelationEventsAssert, List<EtcdRelationEvent>> {

	private RelationEventsAssert(List<EtcdRelationEvent> actual) {
		super(actual, RelationEventsAssert.class);
	}

	public static RelationEventsAssert assertThatEvents(List<EtcdRelationEvent> actual) {
		return new RelationEventsAssert(actual);
	}

	/**
	 * Verify that there are events of these classes and no others.
	 */
	@SafeVarargs
	public final RelationEventsAssert containsExactly(Class<? extends EtcdRelationEvent>... types) {
		List<Class<?>> expected = new ArrayList<>();
		for (Class<?> type : types) {
			expected.add(type);
		}
		return verify("classes of the events", types(), expected);
	}

	/**
	 * Verify that the last events are of these classes.
	 */
	@SafeVarargs
	public final RelationEventsAssert endsWith(Class<? extends EtcdRelationEvent>... types) {
		List<Class<?>> expected = new ArrayList<>();
		for (Class<?> type : types) {
			expected.add(type);
		}
		List<Class<?>> found = types();
		List<Class<?>> last = found.subList(Math.max(0, found.size() - expected.size()), found.size());
		return verify("classes of the last events", last, expected);
	}

	/**
	 * Verify that all events are about a relation.
	 */
	public RelationEventsAssert areFromRelation(String relation) {
		List<String> found = relations();
		return verify("relations of the events", found, Collections.nCopies(found.size(), relation));
	}

	/**
	 * Verify for each event which relation it is about.
	 */
	public RelationEventsAssert areFromRelations(String... relations) {
		return verify("relations of the events", relations(), List.of(relations));
	}

	/**
	 * Verify for each {@link EtcdRotationFailedEvent} what its cause says.
	 */
	public RelationEventsAssert haveFailureMessages(String... messages) {
		isNotNull();
		List<String> found = new ArrayList<>();
		for (EtcdRelationEvent event : this.actual) {
			if (event instanceof EtcdRotationFailedEvent failed) {
				found.add(failed.getCause().getMessage());
			}
		}
		return verify("messages of the failures", found, List.of(messages));
	}

	private List<Class<?>> types() {
		isNotNull();
		return this.actual.stream().<Class<?>>map(Object::getClass).toList();
	}

	private List<String> relations() {
		isNotNull();
		return this.actual.stream().map(EtcdRelationEvent::getRelationName).toList();
	}

	private RelationEventsAssert verify(String what, List<?> found, List<?> expected) {
		if (!found.equals(expected)) {
			failWithActualExpectedAndMessage(found, expected, "%nExpecting the %s to be:%n  %s%nbut they are:%n  %s",
					what, expected, found);
		}
		return this;
	}

}
