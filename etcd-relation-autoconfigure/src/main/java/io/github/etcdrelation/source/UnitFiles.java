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

package io.github.etcdrelation.source;

import java.nio.file.Path;
import java.util.Map;

import io.github.etcdrelation.InvalidRelationDataException;
import io.github.etcdrelation.databag.DatabagJson;

/**
 * Reads the databag of a unit from JSON.
 */
final class UnitFiles {

	private UnitFiles() {
	}

	static Map<String, String> parse(Path file, String text) {
		return DatabagJson.readDatabag(text).orElseThrow(() -> invalid(file));
	}

	private static InvalidRelationDataException invalid(Path file) {
		return new InvalidRelationDataException("directory",
				"has a file %s that is not a JSON object of strings".formatted(file),
				"Write the databag of the unit there, as relation-get --format=json shows it");
	}

}
