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

import java.io.IOException;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * Input: the frames of HTTP/2, or other bytes, that a peer sends for each request. The
 * first byte says whether there is a user and how many requests are answered first as
 * etcd answers those for the state of a member.
 */
class WireFuzzTests {

	private static HostilePeer peer;

	@BeforeAll
	static void open() throws IOException, InterruptedException {
		peer = new HostilePeer();
		PeerUse.warmUp(peer.getPort());
	}

	@AfterAll
	static void close() throws IOException {
		peer.close();
	}

	@FuzzTest
	void frames(byte[] input) throws InterruptedException {
		if (input.length == 0) {
			return;
		}
		Program program = new Program(input);
		int first = program.next();
		peer.play(program, first >> 1);
		PeerUse.use(peer.getPort(), first);
		peer.disconnect();
	}

}
