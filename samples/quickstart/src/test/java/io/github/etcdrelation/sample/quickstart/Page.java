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

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.etcd.jetcd.Client;
import io.github.etcdrelation.actuate.EtcdRelationEndpoint;
import io.github.etcdrelation.test.CertificateAuthority;
import io.github.etcdrelation.test.LocalEtcd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * The page at http://localhost:8080: what the application and the library report, and
 * buttons that change certificates, the relation and members.
 */
final class Page {

	private static final Logger logger = LoggerFactory.getLogger(Page.class);

	private Page() {
	}

	/**
	 * Register the beans of the page.
	 * @param authorities those that etcd trusts, the one that the tour ends with first
	 */
	static void register(GenericApplicationContext context, LocalEtcd etcd, RelationDirectory directory,
			List<CertificateAuthority> authorities) {
		Timeline timeline = new Timeline();
		RelationEvents events = new RelationEvents(timeline);
		DemoCluster cluster = new DemoCluster(etcd, timeline);
		DemoRelation relation = new DemoRelation(etcd, cluster, directory, authorities, events, timeline);
		context.registerBean(RelationEvents.class, () -> events);
		context.registerBean(Workload.class, () -> new Workload(context.getBean(Client.class), timeline));
		context.registerBean(Buttons.class,
				() -> new Buttons(relation, cluster, context.getBean(Workload.class)::isStarted));
		context.registerBean(PageReporter.class, () -> new PageReporter(context.getBean(EtcdRelationEndpoint.class),
				context.getBean(HealthEndpoint.class), cluster, new LeaderQuestions(context.getBean(Client.class)),
				context.getBean(Workload.class), context.getBean(Buttons.class), timeline));
		context.registerBean(PageFeed.class,
				() -> new PageFeed(context.getBean(PageReporter.class), timeline, context.getBean(Workload.class)));
		context.registerBean(PageGuard.class);
		context.registerBean("pageRoutes", RouterFunction.class,
				() -> routes(context.getBean(Buttons.class), context.getBean(PageFeed.class)));
		context.addApplicationListener((ApplicationListener<WebServerInitializedEvent>) (event) -> logger
			.info("page     http://localhost:{} (Ctrl-C ends)", event.getWebServer().getPort()));
	}

	private static RouterFunction<ServerResponse> routes(Buttons buttons, PageFeed feed) {
		return RouterFunctions.route()
			.GET("/updates", (request) -> ServerResponse.sse(feed::open, Duration.ZERO))
			.POST("/buttons/{name}", (request) -> press(buttons, request.pathVariable("name")))
			.POST("/buttons/{name}/{member}", (request) -> press(buttons, path(request)))
			.build();
	}

	private static String path(ServerRequest request) {
		return request.pathVariable("name") + "/" + request.pathVariable("member");
	}

	private static ServerResponse press(Buttons buttons, String name) {
		try {
			return ServerResponse.ok().body(Map.of("button", name, "done", buttons.press(name)));
		}
		catch (Buttons.UnavailableException ex) {
			return text(HttpStatus.CONFLICT, ex);
		}
		catch (IllegalArgumentException ex) {
			return text(HttpStatus.NOT_FOUND, ex);
		}
		catch (IllegalStateException ex) {
			return text(HttpStatus.INTERNAL_SERVER_ERROR, ex);
		}
	}

	private static ServerResponse text(HttpStatus status, RuntimeException failure) {
		return ServerResponse.status(status).contentType(MediaType.TEXT_PLAIN).body(failure.getMessage());
	}

}
