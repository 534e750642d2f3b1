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

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Sends each open page what is new, four times a second at most.
 */
final class PageFeed implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(PageFeed.class);

	private static final long TICK_MILLIS = 250;

	private static final long SECOND_MILLIS = 1000;

	private final PageReporter reporter;

	private final Timeline timeline;

	private final Workload workload;

	private final Object lock = new Object();

	private @Nullable ScheduledExecutorService timer;

	private @Nullable ExecutorService pages;

	private @Nullable PageStatus status;

	private long ticks;

	private boolean running;

	PageFeed(PageReporter reporter, Timeline timeline, Workload workload) {
		this.reporter = reporter;
		this.timeline = timeline;
		this.workload = workload;
	}

	@Override
	public void start() {
		ThreadFactory threads = threads("feed-");
		synchronized (this.lock) {
			this.timer = Executors.newScheduledThreadPool(2, threads);
			this.pages = Executors.newCachedThreadPool(threads("page-"));
			this.running = true;
		}
		schedule(this::tick, TICK_MILLIS);
		schedule(this.reporter::checkHealth, SECOND_MILLIS);
		schedule(this.reporter::askLeader, SECOND_MILLIS);
		schedule(this::tickSamples, SECOND_MILLIS);
	}

	private void schedule(Runnable task, long periodMillis) {
		this.timer.scheduleAtFixedRate(() -> {
			try {
				task.run();
			}
			catch (RuntimeException ex) {
				if (isRunning()) {
					logger.warn("The page could not be updated", ex);
				}
			}
		}, 0, periodMillis, TimeUnit.MILLISECONDS);
	}

	private static ThreadFactory threads(String prefix) {
		CustomizableThreadFactory threads = new CustomizableThreadFactory(prefix);
		threads.setDaemon(true);
		return threads;
	}

	private void tick() {
		PageStatus latest = this.reporter.report();
		synchronized (this.lock) {
			this.status = latest;
			this.ticks++;
			this.lock.notifyAll();
		}
	}

	private void tickSamples() {
		if (this.workload.isStarted()) {
			this.workload.getSamples().tick(System.currentTimeMillis() / SECOND_MILLIS);
		}
	}

	/**
	 * Send all that there is, and from then on what is new.
	 */
	void open(ServerResponse.SseBuilder page) {
		this.pages.execute(() -> send(page));
	}

	private void send(ServerResponse.SseBuilder page) {
		Update update = new Update(true, null, List.of(), List.of());
		long seen = 0;
		long lastEntry = 0;
		long lastSample = 0;
		try {
			while (true) {
				PageStatus latest;
				synchronized (this.lock) {
					while (this.running && this.ticks == seen) {
						this.lock.wait();
					}
					if (!this.running) {
						page.complete();
						return;
					}
					seen = this.ticks;
					latest = this.status;
				}
				update = new Update(update.status() == null, latest, this.timeline.getEntriesAfter(lastEntry),
						this.workload.getSamples().getSamplesAfter(lastSample));
				lastEntry = update.entries().stream().mapToLong(Timeline.Entry::id).max().orElse(lastEntry);
				lastSample = update.samples().stream().mapToLong(Samples.Sample::time).max().orElse(lastSample);
				page.event("update").data(update);
			}
		}
		catch (IOException ex) {
			// The page was closed
			page.error(ex);
		}
		catch (InterruptedException ex) {
			page.complete();
		}
	}

	@Override
	public void stop() {
		synchronized (this.lock) {
			this.running = false;
			this.lock.notifyAll();
		}
		this.timer.shutdownNow();
		this.pages.shutdown();
	}

	@Override
	public boolean isRunning() {
		synchronized (this.lock) {
			return this.running;
		}
	}

	/**
	 * What is new.
	 *
	 * @param first whether it is all that there is
	 */
	record Update(boolean first, @Nullable PageStatus status, List<Timeline.Entry> entries,
			List<Samples.Sample> samples) {

	}

}
