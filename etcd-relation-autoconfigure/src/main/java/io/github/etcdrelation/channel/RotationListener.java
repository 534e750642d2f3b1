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

/**
 * Notified of how far a rotation has come, on a thread that may be blocked.
 *
 * @since 0.1.0
 */
public interface RotationListener {

	/**
	 * Ignores all.
	 */
	RotationListener NONE = new RotationListener() {

		@Override
		public void rotated(ChannelTarget target) {
		}

		@Override
		public void lagging(ReplacementRefusedException reason) {
		}

	};

	/**
	 * Every member that can be reached is served with the new target.
	 * @param target the target
	 */
	void rotated(ChannelTarget target);

	/**
	 * Members that can be reached have refused the new credentials for a minute and are
	 * served with the former ones.
	 * @param reason which and why
	 */
	void lagging(ReplacementRefusedException reason);

}
