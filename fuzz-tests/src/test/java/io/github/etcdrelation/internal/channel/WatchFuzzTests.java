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
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.github.etcdrelation.fuzz.Hostile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * Input: the responses to a watch, in any order and from any cluster. The first byte says
 * how it is made. Its last response is that it was canceled.
 */
class WatchFuzzTests {

	private static final ByteSequence KEY = ByteSequence.from("key", StandardCharsets.UTF_8);

	private static final int START = 5;

	private static final int LIMIT_SECONDS = 10;

	private static WatchPeer peer;

	private static RelationChannel channel;

	private static Client client;

	@BeforeAll
	static void open() throws IOException, InterruptedException {
		peer = new WatchPeer();
		PeerUse.warmUp(peer.getPort());
		channel = PeerUse.channel(true);
		PeerUse.connect(channel, peer.getPort(), false);
		client = PeerUse.client(channel);
	}

	@AfterAll
	static void close() {
		client.close();
		channel.close();
		peer.close();
	}

	@FuzzTest
	void watch(byte[] input) throws InterruptedException {
		if (input.length == 0) {
			return;
		}
		Program program = new Program(input);
		int first = program.next();
		int start = ((first & 1) == 1) ? START : 0;
		peer.play(program);
		OrderedEvents events = new OrderedEvents(Math.max(1, start));
		WatchOption options = WatchOption.builder()
			.withRevision(start)
			.withProgressNotify((first & 2) == 2)
			.withCreateNotify((first & 4) == 4)
			.build();
		try (Watch.Watcher watcher = client.getWatchClient().watch(KEY, options, events)) {
			if ((first & 8) == 8) {
				PeerUse.requestProgress(watcher);
			}
			events.getEnd().get(LIMIT_SECONDS, TimeUnit.SECONDS);
		}
		catch (ExecutionException | TimeoutException ex) {
			throw new AssertionError("The watch does not end: " + channel.getStatus(), ex);
		}
		Hostile.requireSilent(String.valueOf(channel.getStatus()));
		PeerUse.requireNothingElse();
	}

}
