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

package io.github.etcdrelation.docker;

import java.util.concurrent.TimeUnit;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;

/**
 * The image of etcd that the tests run, which another can be used for with the system
 * property {@code etcd.image}.
 */
final class EtcdImage {

	static final String NAME = System.getProperty("etcd.image", "gcr.io/etcd-development/etcd:v3.4.23");

	private static final int PULL_TIMEOUT_SECONDS = 120;

	private EtcdImage() {
	}

	/**
	 * Return why the image cannot be used, {@code null} if it can. Pulls it once if it is
	 * missing.
	 */
	static @Nullable String findProblem() {
		if (!DockerClientFactory.instance().isDockerAvailable()) {
			return "there is no Docker";
		}
		DockerClient client = DockerClientFactory.instance().client();
		if (isPresent(client)) {
			return null;
		}
		try {
			client.pullImageCmd(NAME).start().awaitCompletion(PULL_TIMEOUT_SECONDS, TimeUnit.SECONDS);
			return isPresent(client) ? null
					: "image %s is missing and was not pulled within %d s".formatted(NAME, PULL_TIMEOUT_SECONDS);
		}
		catch (DockerException ex) {
			return "image %s is missing and cannot be pulled: %s".formatted(NAME, ex.getMessage().strip());
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static boolean isPresent(DockerClient client) {
		try {
			client.inspectImageCmd(NAME).exec();
			return true;
		}
		catch (NotFoundException ex) {
			return false;
		}
	}

}
