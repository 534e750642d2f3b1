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

import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.github.etcdrelation.event.EtcdChangedEvent;
import io.github.etcdrelation.event.EtcdRotationFailedEvent;

import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Exchanges the certificate of a relation for the next of a number of certificates.
 */
final class Rotation {

	private final RelationFiles files;

	private final Access access;

	private final int certificates;

	private final LinkedBlockingQueue<Object> events = new LinkedBlockingQueue<>();

	private int current;

	Rotation(RelationFiles files, Access access, int certificates) throws Exception {
		this.files = files;
		this.access = access;
		this.certificates = certificates;
		files.write(certificate(0));
	}

	void listen(ConfigurableApplicationContext context) {
		context.addApplicationListener((ApplicationListener<EtcdChangedEvent>) this.events::add);
		context.addApplicationListener((ApplicationListener<EtcdRotationFailedEvent>) this.events::add);
	}

	private Access certificate(int number) {
		Path directory = this.access.directory().resolve(String.valueOf(number % this.certificates));
		return new Access(this.access.endpoints(), directory);
	}

	/**
	 * Rotate and wait until new calls use the new certificate.
	 * @return when the last file was renamed
	 */
	long rotate() throws Exception {
		long start = this.files.rotate(certificate(++this.current));
		Object event = this.events.poll(30, TimeUnit.SECONDS);
		if (!(event instanceof EtcdChangedEvent)) {
			throw new IllegalStateException("Rotation was answered by " + event);
		}
		return start;
	}

}
