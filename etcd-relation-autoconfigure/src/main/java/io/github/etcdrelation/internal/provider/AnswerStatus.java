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

package io.github.etcdrelation.internal.provider;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

import io.github.etcdrelation.RemoteApplication;
import io.github.etcdrelation.internal.databag.DatabagJson;
import io.github.etcdrelation.internal.databag.EtcdClientDatabag;
import io.github.etcdrelation.internal.databag.RequestRefusal;
import org.jspecify.annotations.Nullable;

/**
 * The refusals of one relation, by their code. Those that an earlier run of the
 * application published stay until all requests are decided.
 */
final class AnswerStatus {

	private final Map<Integer, RequestRefusal> refusals = new TreeMap<>();

	AnswerStatus(Map<String, String> published, List<ReceivedRequest> requests, Set<RequestKey> unread,
			Map<RequestKey, Decision> decisions) {
		List<@Nullable Decision> made = new ArrayList<>();
		requests.forEach((request) -> made.add(decisions.get(request.key())));
		made.stream()
			.filter(Objects::nonNull)
			.map(Decision::refusal)
			.filter(Objects::nonNull)
			.forEach((refusal) -> this.refusals.merge(refusal.code(), refusal, AnswerStatus::join));
		if (made.contains(null) || !unread.isEmpty()) {
			read(published).forEach((refusal) -> this.refusals.putIfAbsent(refusal.code(), refusal));
		}
	}

	private static RequestRefusal join(RequestRefusal first, RequestRefusal second) {
		return first.equals(second) ? first
				: new RequestRefusal(first.code(), first.message() + "; " + second.message(), first.resolution());
	}

	private static List<RequestRefusal> read(Map<String, String> databag) {
		return new EtcdClientDatabag(new RemoteApplication(databag, Collections.emptyMap())).getRefusals();
	}

	/**
	 * Write the refusals.
	 * @return a JSON array, empty text if there are none
	 */
	String write() {
		return this.refusals.isEmpty() ? ""
				: DatabagJson.writeValue(this.refusals.values().stream().map(AnswerStatus::object).toList());
	}

	private static Map<String, Object> object(RequestRefusal refusal) {
		Map<String, Object> object = new LinkedHashMap<>();
		object.put("code", refusal.code());
		object.put("message", refusal.message());
		object.put("resolution", Objects.requireNonNullElse(refusal.resolution(), ""));
		return object;
	}

	/**
	 * Return what the status was before it became what it is: requirers compare the two
	 * to find what was raised and resolved.
	 * @param published the databag of the own application
	 * @return refusals by their code
	 */
	Map<?, ?> former(Map<String, String> published) {
		if (write().equals(published.getOrDefault(EtcdClientDatabag.STATUS, ""))) {
			Object status = DatabagJson.readObject(published.getOrDefault(EtcdClientDatabag.DATA, "{}"))
				.orElse(Collections.emptyMap())
				.get(EtcdClientDatabag.STATUS);
			return (status instanceof Map<?, ?> former) ? former : Collections.emptyMap();
		}
		Map<Integer, Object> former = new TreeMap<>();
		read(published).forEach((refusal) -> former.put(refusal.code(), object(refusal)));
		return former;
	}

}
