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

package io.github.etcdrelation.benchmark;

import java.util.Arrays;
import java.util.Collection;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The process that goes on calling etcd in one way while a member is bad.
 */
public final class MembersProcess {

	private final WatchingStore store;

	private @Nullable MemberLoad load;

	private MembersProcess(WatchingStore store) {
		this.store = store;
	}

	public static void main(String[] args) throws Exception {
		Subject subject = Subject.valueOf(args[0]);
		try (WatchingStore store = (WatchingStore) subject.open(Access.parse(args[1]))) {
			Conversation.hold(new MembersProcess(store)::answer);
		}
		System.exit(0);
	}

	private Figures answer(String[] words) throws Exception {
		return switch (words[0]) {
			case "begin" -> begin();
			case "rate" -> load().rate(Long.parseLong(words[1]));
			case "mark" -> load().mark();
			case "finish" -> finish(Arrays.stream(words[1].split(",")).map(Integer::valueOf).toList());
			default -> throw new IllegalArgumentException(words[0]);
		};
	}

	private Figures begin() throws Exception {
		this.load = new MemberLoad(this.store);
		return Figures.of("begun", 1);
	}

	private Figures finish(Collection<Integer> events) throws Exception {
		try (MemberLoad load = load()) {
			return load.finish(events);
		}
	}

	private MemberLoad load() {
		return Objects.requireNonNull(this.load, "Not begun");
	}

}
