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

package io.github.etcdrelation.channel;

import java.util.HashMap;
import java.util.Map;

import com.google.protobuf.ByteString;

/**
 * Knows which keys calls stand in a queue with. Calls with the same name and lease have
 * the same key, and none of them may delete it while another still needs it.
 */
final class SharedKeys {

	private final Map<ByteString, Use> uses = new HashMap<>();

	/**
	 * Begin to use a key, before it is created.
	 */
	synchronized Use use(ByteString key) {
		Use use = this.uses.computeIfAbsent(key, Use::new);
		use.calls++;
		return use;
	}

	/**
	 * The use of a key, shared by the calls that have it at the same time.
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
		 * Take note that one of the calls has written the key.
		 */
		void written(long revision) {
			synchronized (SharedKeys.this) {
				this.modRevision = Math.max(this.modRevision, revision);
			}
		}

		/**
		 * End the use by a call that is told that it has its turn.
		 */
		void hold() {
			synchronized (SharedKeys.this) {
				this.held = true;
				release();
			}
		}

		/**
		 * End the use by a call that is given up.
		 * @param deletable whether the key is that call's to delete
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
