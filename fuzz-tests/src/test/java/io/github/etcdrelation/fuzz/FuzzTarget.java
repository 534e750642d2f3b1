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

package io.github.etcdrelation.fuzz;

/**
 * A target and how fast it can be run.
 *
 * @param type the name of its class
 * @param method the name of its method
 * @param maxLength the number of bytes of its longest input
 */
record FuzzTarget(String type, String method, int maxLength) {

	private static final String PACKAGE = "io.github.etcdrelation.";

	static FuzzTarget of(String type, String method, int maxLength) {
		return new FuzzTarget(PACKAGE + type, method, maxLength);
	}

	String getName() {
		return this.type.substring(this.type.lastIndexOf('.') + 1).replace("FuzzTests", "");
	}

	/**
	 * Return the directory of its inputs below the resources of this module.
	 */
	String getInputs() {
		return this.type.replace('.', '/') + "Inputs/" + this.method;
	}

}
