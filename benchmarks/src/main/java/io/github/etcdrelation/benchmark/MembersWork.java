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

package io.github.etcdrelation.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One bad member of three, which the client uses.
 */
final class MembersWork implements Work {

	private static final List<Subject> SUBJECTS = List.of(Subject.STARTER, Subject.JETCD, Subject.ETCD_JAVA);

	private static final int MAX_ROUNDS = 3;

	private static final int BAD_SECONDS = 12;

	private static final int REST_SECONDS = 5;

	// Until the code of a new process is compiled
	private static final int WARM_UP_SECONDS = 20;

	@Override
	public String name() {
		return "members";
	}

	@Override
	public Report run(Laboratory laboratory) throws Exception {
		Series series = new Series();
		try (Cluster cluster = new Cluster(laboratory.directory().resolve(name()))) {
			List<BadMember> kinds = Arrays.stream(BadMember.values())
				.filter((kind) -> kind.isPossible(cluster))
				.toList();
			for (int round = 0; round < Math.min(MAX_ROUNDS, laboratory.settings().rounds()); round++) {
				for (Subject subject : Laboratory.rotated(SUBJECTS, round)) {
					measure(laboratory, cluster, subject, kinds, round, series);
				}
			}
			return report(series, kinds);
		}
	}

	private void measure(Laboratory laboratory, Cluster cluster, Subject subject, List<BadMember> kinds, int round,
			Series series) throws Exception {
		try (Fork fork = laboratory.fork(List.of(subject.artifact()), MembersProcess.class, subject,
				cluster.access().format())) {
			int settle = WARM_UP_SECONDS;
			for (BadMember kind : kinds) {
				cluster.awaitWhole();
				Figures figures = measure(laboratory.settings(), cluster, fork, kind, settle);
				settle = REST_SECONDS;
				series.add(subject.key(), kind.key(), figures);
				laboratory
					.log("round %d, %s, %s: %s".formatted(round + 1, subject.label(), kind.key(), figures.format()));
			}
		}
	}

	private Figures measure(Settings settings, Cluster cluster, Fork fork, BadMember kind, int settleSeconds)
			throws Exception {
		long restMillis = millis(settings, REST_SECONDS);
		List<Long> calls = cluster.calls();
		fork.ask("begin");
		fork.ask("rate", millis(settings, settleSeconds));
		// Some clients use all members, some one
		int member = cluster.busiestSince(calls);
		cluster.setLeader(member, kind.isLeader());
		fork.ask("rate", restMillis);
		double rest = 0;
		while (rest == 0) {
			rest = fork.ask("rate", restMillis).get("rate");
		}
		try (EventWriter writer = new EventWriter(cluster.accessBeside(member))) {
			fork.ask("mark");
			double bad;
			kind.begin(cluster, member);
			try {
				bad = fork.ask("rate", millis(settings, BAD_SECONDS)).get("rate");
			}
			finally {
				kind.end(cluster, member);
			}
			Map<Integer, Long> events = writer.finish();
			Figures reported = fork.ask("finish",
					String.join(",", events.keySet().stream().map(String::valueOf).toList()));
			return figures(rest, bad, events, reported);
		}
	}

	private static long millis(Settings settings, int seconds) {
		return settings.smoke() ? settings.duration().toMillis() : seconds * 1000L;
	}

	private static Figures figures(double rest, double bad, Map<Integer, Long> events, Figures reported) {
		Map<Integer, Double> delays = new LinkedHashMap<>();
		events.forEach((event, written) -> delays.put(event, reported.get(EventWriter.VALUE + event) - written));
		double latest = delays.values()
			.stream()
			.mapToDouble(Double::doubleValue)
			.filter(Double::isFinite)
			.max()
			.orElse(Double.NaN);
		long lost = delays.values().stream().filter((delay) -> !Double.isFinite(delay)).count();
		return Figures.of("rest", rest, "percent", bad * 100 / rest, "gets", reported.get("gets"), "puts",
				reported.get("puts"), "slowest", reported.get("slowest"), "latest", Math.max(0, latest / 1000), "lost",
				lost);
	}

	private Report report(Series series, List<BadMember> kinds) {
		Report report = new Report(name(), "One bad member of three");
		report.bar("calls that a bad follower costs the starter, of those at rest", missing(series, kinds, false), 10,
				"%");
		report.bar("calls that a bad leader costs the starter, of those at rest", missing(series, kinds, true), 20,
				"%");
		report.bar("failed gets of the starter", worst(series, kinds, "gets"), 0, "");
		report.bar("failed puts of the starter, each time", worst(series, kinds, "puts"), MemberLoad.THREADS, "puts");
		report.bar("slowest call of the starter", worst(series, kinds, "slowest"), 5, "s");
		report.bar("latest event of the starter", worst(series, kinds, "latest"), 5, "s");
		report.bar("events that the starter lost", worst(series, kinds, "lost"), 0, "");
		report
			.text(("%d threads put and get in turn, %d watches see all of it. For %d s one of three members is frozen "
					+ "(SIGSTOP), or cut from the others while clients still reach it. It is one that the client uses: IBM "
					+ "etcd-java uses one member at a time, the other two use all. The percentage is that of the calls that "
					+ "succeed meanwhile, compared with the %d s before; what fails, and the slowest call, are counted until "
					+ "all calls have ended. Another process writes an event every 200 ms through another member; the latest "
					+ "event is the one that the last watch saw the longest after etcd had confirmed it. Medians and, in "
					+ "brackets, the smallest and the largest of up to %d rounds.")
				.formatted(MemberLoad.THREADS, MemberLoad.WATCHES, BAD_SECONDS, REST_SECONDS, MAX_ROUNDS));
		if (kinds.size() < BadMember.values().length) {
			report.text("Left out are members without their peers: network namespaces need Linux, root, `ip` and "
					+ "`iptables`.");
		}
		kinds.forEach((kind) -> table(report, series, kind));
		return report;
	}

	private static double missing(Series series, List<BadMember> kinds, boolean leader) {
		return kinds.stream()
			.filter((kind) -> kind.isLeader() == leader)
			.mapToDouble((kind) -> 100 - series.get(Subject.STARTER.key(), kind.key(), "percent").median())
			.max()
			.orElse(Double.NaN);
	}

	private static double worst(Series series, List<BadMember> kinds, String figure) {
		return kinds.stream()
			.mapToDouble((kind) -> series.get(Subject.STARTER.key(), kind.key(), figure).max())
			.max()
			.orElse(Double.NaN);
	}

	private static void table(Report report, Series series, BadMember kind) {
		report.text("## " + kind.label());
		report.table(
				List.of("", "calls/s at rest", "% of them", "failed gets", "failed puts", "slowest call, s",
						"latest event, s", "events lost"),
				SUBJECTS.stream().map((subject) -> row(series, subject, kind)).toList());
	}

	private static List<String> row(Series series, Subject subject, BadMember kind) {
		List<String> row = new ArrayList<>(List.of(subject.label()));
		for (String figure : List.of("rest", "percent", "gets", "puts", "slowest", "latest", "lost")) {
			row.add(series.get(subject.key(), kind.key(), figure).format());
		}
		return row;
	}

}
