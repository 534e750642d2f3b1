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

package io.github.etcdrelation;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogManager;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

import org.springframework.boot.logging.LoggingSystem;

/**
 * Records all that is logged at TRACE, and by the JDK's logging, until it is closed, and
 * keeps it from the console and Spring Boot from configuring logging meanwhile.
 */
final class LogRecorder implements AutoCloseable {

	/**
	 * Logs frames at DEBUG: the headers, with the token, and the first bytes of the data
	 * as hexadecimal digits, with user and password.
	 */
	static final String FRAMES = "io.grpc.netty.NettyClientHandler";

	private final StringBuffer text = new StringBuffer();

	private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

	private final Logger frames = (Logger) LoggerFactory.getLogger(FRAMES);

	private final java.util.logging.Logger javaRoot = LogManager.getLogManager().getLogger("");

	private final List<Appender<ILoggingEvent>> appenders = new ArrayList<>();

	private final Handler[] javaHandlers = this.javaRoot.getHandlers();

	private final Level level = this.root.getLevel();

	private final Level framesLevel = this.frames.getLevel();

	private final java.util.logging.Level javaLevel = this.javaRoot.getLevel();

	private final Appender<ILoggingEvent> recorder = new AppenderBase<>() {

		@Override
		protected void append(ILoggingEvent event) {
			LogRecorder.this.text.append(event.getLevel())
				.append(' ')
				.append(event.getLoggerName())
				.append(" - ")
				.append(event.getFormattedMessage())
				.append('\n');
			if (event.getThrowableProxy() != null) {
				LogRecorder.this.text.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
			}
		}

	};

	LogRecorder() {
		System.setProperty(LoggingSystem.SYSTEM_PROPERTY, LoggingSystem.NONE);
		for (Iterator<Appender<ILoggingEvent>> it = this.root.iteratorForAppenders(); it.hasNext();) {
			this.appenders.add(it.next());
		}
		this.appenders.forEach(this.root::detachAppender);
		this.recorder.setContext(this.root.getLoggerContext());
		this.recorder.start();
		this.root.addAppender(this.recorder);
		this.frames.setLevel(Level.INFO);
		this.root.setLevel(Level.TRACE);
		for (Handler handler : this.javaHandlers) {
			this.javaRoot.removeHandler(handler);
		}
		SLF4JBridgeHandler.install();
		this.javaRoot.setLevel(java.util.logging.Level.ALL);
	}

	/**
	 * Log frames, too, as an application does that has everything at DEBUG.
	 */
	void includeFrames() {
		this.frames.setLevel(Level.TRACE);
	}

	String getText() {
		return this.text.toString();
	}

	@Override
	public void close() {
		SLF4JBridgeHandler.uninstall();
		this.javaRoot.setLevel(this.javaLevel);
		for (Handler handler : this.javaHandlers) {
			this.javaRoot.addHandler(handler);
		}
		this.root.setLevel(this.level);
		this.frames.setLevel(this.framesLevel);
		this.root.detachAppender(this.recorder);
		this.appenders.forEach(this.root::addAppender);
		System.clearProperty(LoggingSystem.SYSTEM_PROPERTY);
	}

}
