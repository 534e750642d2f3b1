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

package io.github.etcdrelation.sample.quickstart;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import io.github.etcdrelation.test.LocalEtcdMember;
import org.jspecify.annotations.Nullable;

/**
 * The buttons of the page, by name.
 */
final class Buttons {

	/**
	 * The answer to a button whose effect takes longer than the page waits.
	 */
	static final String IN_PROGRESS = "The change is being made";

	private static final long ANSWER_MILLIS = 1300;

	private final BooleanSupplier ready;

	private final Map<String, Button> buttons = new LinkedHashMap<>();

	private final AtomicBoolean busy = new AtomicBoolean();

	Buttons(DemoRelation relation, DemoCluster cluster, BooleanSupplier ready) {
		this.ready = ready;
		add("rotate-certificate", relation::describeBreak, relation::rotateCertificate);
		add("rotate-ca", relation::describeBreak, relation::rotateAuthority);
		add("bad-certificate", () -> relation.isBroken() ? relation.describeBreak() : relation.describeBad(),
				relation::publishBadCertificate);
		add("break", () -> relation.isBroken() ? "The relation is broken already" : null, relation::breakUp);
		add("restore", () -> relation.isBroken() ? null : "The relation is not broken", relation::restore);
		cluster.getMembers().forEach((member) -> add(cluster, member));
	}

	private void add(DemoCluster cluster, LocalEtcdMember member) {
		String suffix = "/" + member.getName();
		add("freeze" + suffix,
				() -> (cluster.isFrozen(member) || !member.isRunning())
						? member.getName() + " is " + cluster.getProcess(member) : cluster.describeNeed(member),
				() -> cluster.freeze(member));
		add("resume" + suffix, () -> cluster.isFrozen(member) ? null : member.getName() + " is not frozen",
				() -> cluster.resume(member));
		add("kill" + suffix, () -> member.isRunning() ? cluster.describeNeed(member)
				: member.getName() + " is " + cluster.getProcess(member), () -> cluster.kill(member));
		add("start" + suffix, () -> cluster.getProcess(member).equals("killed") ? null
				: member.getName() + " is " + cluster.getProcess(member), () -> cluster.start(member));
	}

	private void add(String name, Supplier<@Nullable String> obstacle, Supplier<String> effect) {
		this.buttons.put(name, new Button(obstacle, effect));
	}

	/**
	 * Return why each button makes no sense now, without those that do.
	 */
	Map<String, String> getObstacles() {
		Map<String, String> obstacles = new LinkedHashMap<>();
		this.buttons.forEach((name, button) -> {
			String obstacle = describeObstacle(button);
			if (obstacle != null) {
				obstacles.put(name, obstacle);
			}
		});
		return obstacles;
	}

	/**
	 * Press a button.
	 * @return what was done
	 * @throws IllegalArgumentException if there is no such button
	 * @throws UnavailableException if it makes no sense now
	 */
	String press(String name) {
		Button button = this.buttons.get(name);
		if (button == null) {
			throw new IllegalArgumentException("There is no button '%s'".formatted(name));
		}
		if (!this.busy.compareAndSet(false, true)) {
			throw new UnavailableException("Another change is being made");
		}
		// Another change may have been made since the page was drawn
		String obstacle = describeObstacle(button);
		if (obstacle != null) {
			this.busy.set(false);
			throw new UnavailableException(obstacle);
		}
		return await(
				CompletableFuture.supplyAsync(button.effect()).whenComplete((done, failure) -> this.busy.set(false)));
	}

	private static String await(CompletableFuture<String> change) {
		try {
			return change.get(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			return IN_PROGRESS;
		}
		catch (ExecutionException | InterruptedException ex) {
			throw new IllegalStateException("The change was not made: " + ex.getMessage(), ex);
		}
	}

	private @Nullable String describeObstacle(Button button) {
		return this.ready.getAsBoolean() ? button.obstacle().get() : "The tour at the start has not ended yet";
	}

	private record Button(Supplier<@Nullable String> obstacle, Supplier<String> effect) {

	}

	/**
	 * A button was pressed that makes no sense now.
	 */
	static final class UnavailableException extends RuntimeException {

		UnavailableException(String message) {
			super(message);
		}

	}

}
