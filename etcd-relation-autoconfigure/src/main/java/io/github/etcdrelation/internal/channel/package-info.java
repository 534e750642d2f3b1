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
 * The gRPC channel of a relation: how its calls are routed, queued, moved and resumed.
 * <p>
 * The column, from the application down: {@code RelationChannel}, the
 * {@link io.grpc.Channel} that stubs see; {@code EtcdCalls}, which creates the call for a
 * method; {@code UnaryCall}, {@code WaitingCall} (locks and campaigns, in steps),
 * {@code StreamCall}, {@code WatchCall} and {@code KeepAliveCall}, each of which makes
 * attempts; {@code Members}, the members that attempts are routed to and the calls queued
 * for one; {@code Member}, one address of one endpoint; {@code Connection}, one gRPC
 * channel to it. Events are reported upwards by listeners that the lower class declares.
 * <p>
 * Threads: network threads run gRPC's callbacks; they never wait and, unless
 * {@code direct} is configured, never run application code. The timer's thread starts
 * resumed calls and runs scheduled tasks; it never runs callbacks. The callback pool runs
 * callbacks and nothing that others wait for. Changes of members (connections that open
 * or break, responses, silence, another target) run serially in a
 * {@link io.grpc.SynchronizationContext}, on the thread that reports them and without a
 * lock; calls read what they publish ({@code Routes}) without a lock too.
 * <p>
 * Locks: each call has one, its own monitor, for its state; gRPC operations are queued
 * with the lock and run without it. While the lock of a call is held, no lock of another
 * call is taken, no change of members is waited for and no callback is run. The guarded
 * fields of streams are annotated with {@code @GuardedBy}, which the build checks.
 */
@NullMarked
package io.github.etcdrelation.internal.channel;

import org.jspecify.annotations.NullMarked;
