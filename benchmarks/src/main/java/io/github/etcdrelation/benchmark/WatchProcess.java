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

import java.util.List;

/**
 * The process that watches etcd in one way.
 */
public final class WatchProcess {

	private WatchProcess() {
	}

	public static void main(String[] args) throws Exception {
		Subject subject = Subject.valueOf(args[0]);
		int watchers = Integer.parseInt(args[2]);
		try (KeyValueStore store = subject.open(Access.parse(args[1]))) {

			List<CountingListener> listeners = CountingListener.watch(((JetcdStore) store).client(), WatchWork.PREFIX,
					watchers);
			Resources[] before = new Resources[] { Resources.now() };
			Conversation.hold((words) -> {
				int events = Integer.parseInt(words[1]);
				if (words[0].equals("begin")) {
					listeners.forEach((listener) -> listener.expect(events));
					before[0] = Resources.now();
					return Figures.of("begun", 1);
				}
				for (CountingListener listener : listeners) {
					listener.await();
				}
				Resources used = Resources.now().since(before[0]);
				double delivered = (double) events * watchers;
				return Figures.of("cpu", used.cpuMicros() / delivered, "allocated", used.allocated() / delivered, "jit",
						used.compilerPercent(), "errors", listeners.stream().mapToInt(CountingListener::errors).sum());
			});
		}
		System.exit(0);
	}

}
