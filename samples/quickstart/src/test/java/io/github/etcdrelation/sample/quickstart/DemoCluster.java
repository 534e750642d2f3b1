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

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

import io.github.etcdrelation.test.CertificateAuthority;
import io.github.etcdrelation.test.LocalEtcd;
import io.github.etcdrelation.test.LocalEtcdMember;
import org.jspecify.annotations.Nullable;

/**
 * The members of etcd, of which only as many may be away as leave a majority.
 */
final class DemoCluster {

	private final LocalEtcd etcd;

	private final Timeline timeline;

	private final Set<LocalEtcdMember> frozen = ConcurrentHashMap.newKeySet();

	private final Set<LocalEtcdMember> starting = ConcurrentHashMap.newKeySet();

	DemoCluster(LocalEtcd etcd, Timeline timeline) {
		this.etcd = etcd;
		this.timeline = timeline;
	}

	String getVersion() {
		return this.etcd.getVersion();
	}

	List<LocalEtcdMember> getMembers() {
		return this.etcd.getMembers();
	}

	/**
	 * Return what the process of a member does.
	 */
	String getProcess(LocalEtcdMember member) {
		if (this.starting.contains(member)) {
			return "starting";
		}
		if (!member.isRunning()) {
			return "killed";
		}
		return this.frozen.contains(member) ? "frozen" : "running";
	}

	boolean isFrozen(LocalEtcdMember member) {
		return getProcess(member).equals("frozen");
	}

	/**
	 * Return why a member must not be frozen or killed, {@code null} if it may.
	 */
	@Nullable String describeNeed(LocalEtcdMember member) {
		return getMembers().stream()
			.filter(Predicate.not(member::equals))
			.filter((other) -> !getProcess(other).equals("running"))
			.findFirst()
			.map((away) -> "Two of three members have to run, and %s is %s".formatted(away.getName(), getProcess(away)))
			.orElse(null);
	}

	void replaceServerCertificates(CertificateAuthority authority) {
		getMembers()
			.forEach((member) -> member.replaceServerCertificate(authority.issueServer(member.getHost(), "localhost")));
	}

	String freeze(LocalEtcdMember member) {
		member.pause();
		this.frozen.add(member);
		return record(Timeline.Tone.WARNING, member, "is frozen",
				"SIGSTOP: its connections stay open, and it is silent");
	}

	String resume(LocalEtcdMember member) {
		member.resume();
		this.frozen.remove(member);
		return record(Timeline.Tone.INFO, member, "runs again", "SIGCONT");
	}

	String kill(LocalEtcdMember member) {
		member.kill();
		this.frozen.remove(member);
		return record(Timeline.Tone.WARNING, member, "is killed", "SIGKILL: its connections break");
	}

	String start(LocalEtcdMember member) {
		this.starting.add(member);
		Thread thread = new Thread(() -> awaitStart(member), "start-" + member.getName());
		thread.setDaemon(true);
		thread.start();
		return record(Timeline.Tone.INFO, member, "is starting", "on the same port, with the data that it had");
	}

	private void awaitStart(LocalEtcdMember member) {
		try {
			member.start();
		}
		catch (IllegalStateException ex) {
			record(Timeline.Tone.PROBLEM, member, "did not start", ex.getMessage());
		}
		finally {
			this.starting.remove(member);
		}
	}

	private String record(Timeline.Tone tone, LocalEtcdMember member, String what, String detail) {
		String title = member.getName() + " " + what;
		this.timeline.add(Timeline.Source.BUTTON, tone, title, detail);
		return title;
	}

}
