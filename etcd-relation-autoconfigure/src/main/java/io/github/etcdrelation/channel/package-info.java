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

/**
 * The gRPC channel of a relation: where its calls go, how they wait, move and resume.
 * <p>
 * The column, from the application down: {@code RelationChannel}, the
 * {@link io.grpc.Channel} that stubs see; {@code EtcdCalls}, which makes the call that
 * fits a method; {@code UnaryCall}, {@code WaitingCall} (locks and campaigns, in steps),
 * {@code StreamCall}, {@code WatchCall} and {@code KeepAliveCall}, each of which makes
 * attempts; {@code Members}, the members that attempts may go to and the calls that wait
 * for one; {@code Member}, one address of one endpoint; {@code Connection}, one gRPC
 * channel to it. What happens below is told upwards through listeners that the lower
 * class declares.
 * <p>
 * Threads: network threads run what gRPC calls back; they never wait and, unless
 * {@code direct} is asked for, never run code of the application. The timer's thread
 * begins calls that are resumed and does what is due; it never runs callbacks. The
 * callback pool runs callbacks and nothing that others wait for. What changes members
 * (connections that open or break, answers, silence, another target) runs in one order in
 * a {@link io.grpc.SynchronizationContext}, on the thread that brings the news and
 * without a lock; calls read what it publishes ({@code Routes}) without a lock too.
 * <p>
 * Locks: each call has one, its own monitor, for its state; what gRPC has to do for it is
 * put in order with the lock and carried out without. With the lock of a call no lock of
 * another call is taken, no change of members is waited for and no callback is run. The
 * fields of streams that a lock guards say so ({@code @GuardedBy}), which the build
 * checks.
 */
@NullMarked
package io.github.etcdrelation.channel;

import org.jspecify.annotations.NullMarked;
