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

package io.github.etcdrelation.faults;

import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A short run of what the suites with processes do at length. Only on Linux do processes
 * surely share the clock.
 */
@EnabledOnOs(OS.LINUX)
class ProcessFaultSmokeTests {

	@TempDir
	private Path temporary;

	@Test
	void oneProcessHoldsTheLock() throws Exception {
		LockProcessFaultSuite.run(this.temporary, 3, 2);
	}

	@Test
	void oneProcessLeads() throws Exception {
		LeaderProcessFaultSuite.run(this.temporary, 3, 2, Duration.ofSeconds(6));
	}

}
