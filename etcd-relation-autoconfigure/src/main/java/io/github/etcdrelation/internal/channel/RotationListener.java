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

/**
 * Notified of the progress of a rotation, on a thread that may block.
 */
public interface RotationListener {

	/**
	 * Ignores all notifications.
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
	 * Every reachable member is connected with the new target.
	 * @param target the target
	 */
	void rotated(ChannelTarget target);

	/**
	 * Reachable members have refused the new credentials for a minute and are still
	 * connected with the former ones.
	 * @param reason which and why
	 */
	void lagging(ReplacementRefusedException reason);

}
