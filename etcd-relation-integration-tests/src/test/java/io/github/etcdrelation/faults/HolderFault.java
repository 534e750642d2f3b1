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

import java.time.Duration;
import java.util.List;

/**
 * What happens to a process that holds a lock or leads.
 */
enum HolderFault {

	/** It is killed. */
	KILL {

		@Override
		Duration strike(JournalProcesses processes, JournalProcess holder, Duration stop) throws Exception {
			long begin = System.nanoTime();
			processes.kill(holder);
			return processes.awaitSuccessor(holder, begin);
		}

	},

	/** It is stopped for longer than its lease lives, then goes on. */
	STOP {

		@Override
		Duration strike(JournalProcesses processes, JournalProcess holder, Duration stop) throws Exception {
			long begin = System.nanoTime();
			holder.freeze();
			Duration taken = processes.awaitSuccessor(holder, begin);
			Experiment.pass(stop.minus(taken).isNegative() ? Duration.ZERO : stop.minus(taken));
			holder.thaw();
			return taken;
		}

	},

	/** It is cut from etcd for longer than its lease lives. */
	CUT {

		@Override
		Duration strike(JournalProcesses processes, JournalProcess holder, Duration stop) throws Exception {
			long begin = System.nanoTime();
			processes.cut(holder, true);
			Duration taken = processes.awaitSuccessor(holder, begin);
			Experiment.pass(Duration.ofSeconds(1));
			processes.cut(holder, false);
			return taken;
		}

	};

	/**
	 * Strike the holder and wait until another process holds.
	 * @param stop how long a process is stopped
	 * @return how long that took
	 */
	abstract Duration strike(JournalProcesses processes, JournalProcess holder, Duration stop) throws Exception;

	static HolderFault of(int round) {
		return List.of(values()).get(round % values().length);
	}

}
