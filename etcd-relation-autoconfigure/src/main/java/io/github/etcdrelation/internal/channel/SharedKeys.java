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

package io.github.etcdrelation.internal.channel;

import java.util.HashMap;
import java.util.Map;

import com.google.protobuf.ByteString;

/**
 * Tracks the keys of queued calls. Calls with the same name and lease share a key, which
 * none of them may delete while another still needs it.
 */
final class SharedKeys {

	private final Map<ByteString, Use> uses = new HashMap<>();

	/**
	 * Start to use a key, before it is created.
	 */
	synchronized Use use(ByteString key) {
		Use use = this.uses.computeIfAbsent(key, Use::new);
		use.calls++;
		return use;
	}

	/**
	 * The use of a key, shared by concurrent calls.
	 */
	final class Use {

		private final ByteString key;

		private int calls;

		private boolean held;

		private long modRevision;

		private Use(ByteString key) {
			this.key = key;
		}

		/**
		 * Record that one of the calls has written the key.
		 */
		void written(long revision) {
			synchronized (SharedKeys.this) {
				this.modRevision = Math.max(this.modRevision, revision);
			}
		}

		/**
		 * End the use by a call that was granted its turn.
		 */
		void hold() {
			synchronized (SharedKeys.this) {
				this.held = true;
				release();
			}
		}

		/**
		 * End the use by a call that is abandoned.
		 * @param deletable whether that call may delete the key
		 * @return the revision of the last write to the key, if it is to be deleted,
		 * otherwise 0
		 */
		long leave(boolean deletable) {
			synchronized (SharedKeys.this) {
				release();
				return (deletable && this.calls == 0 && !this.held) ? this.modRevision : 0;
			}
		}

		private void release() {
			this.calls--;
			if (this.calls == 0) {
				SharedKeys.this.uses.remove(this.key);
			}
		}

	}

}
