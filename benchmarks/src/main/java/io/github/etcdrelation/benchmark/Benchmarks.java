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

import org.springframework.util.Assert;

/**
 * Measures and writes the results.
 */
public final class Benchmarks {

	static final List<Work> WORKS = List.of(new CallsWork(), new WatchWork(), new StartWork(), new RotationWork(),
			new RelationsWork(), new RefreshWork(), new MembersWork());

	private Benchmarks() {
	}

	public static void main(String[] args) throws Exception {
		Settings settings = Settings.parse(args);
		List<Work> works = WORKS.stream().filter((work) -> settings.hasWork(work.name())).toList();
		Assert.isTrue(!works.isEmpty(), () -> "No benchmark among " + settings.works());
		try (Laboratory laboratory = new Laboratory(settings)) {
			String environment = Environment.describe(laboratory.etcd());
			for (Work work : works) {
				Report report = work.run(laboratory);
				report.write(settings.results(), environment);
				laboratory.log(report.markdown(environment));
			}
		}
	}

}
