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

package io.github.etcdrelation.autoconfigure;

import java.util.regex.Pattern;

import io.github.etcdrelation.InvalidRelationDataException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;

/**
 * {@link BindHandler} for values in place of a further relation's properties. Kubernetes
 * sets {@code ETCD_RELATIONS_PORT} for a service named {@code etcd-relations}, which is
 * no relation; any other value is a mistake.
 */
final class FurtherRelationsBindHandler extends AbstractBindHandler {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName
		.of(RelationDefinition.FURTHER_PREFIX);

	private static final Pattern SERVICE_PORT = Pattern.compile("(tcp|udp|sctp)://\\S+");

	FurtherRelationsBindHandler() {
		super(BindHandler.DEFAULT);
	}

	FurtherRelationsBindHandler(BindHandler parent) {
		super(parent);
	}

	@Override
	public <T> @Nullable Bindable<T> onStart(ConfigurationPropertyName name, Bindable<T> target, BindContext context) {
		if (PREFIX.isParentOf(name)) {
			for (ConfigurationPropertySource source : context.getSources()) {
				ConfigurationProperty property = source.getConfigurationProperty(name);
				if (property == null) {
					property = source.getConfigurationProperty(name.append("[0]"));
				}
				if (property != null) {
					check(name, property.getValue().toString());
					return null;
				}
			}
		}
		return super.onStart(name, target, context);
	}

	private static String remedy(String key) {
		String known = new KnownProperties().find(key);
		return (known != null) ? "Did you mean '%s.%s'?".formatted(RelationDefinition.DEFAULT_PREFIX, known)
				: "Give '%s.connection-string', or remove it".formatted(RelationDefinition.furtherPrefix(key));
	}

	private static void check(ConfigurationPropertyName name, String value) {
		String key = name.getLastElement(ConfigurationPropertyName.Form.ORIGINAL);
		boolean service = key.equalsIgnoreCase("port") && SERVICE_PORT.matcher(value).matches();
		if (!service && !value.isBlank()) {
			throw InvalidRelationConfigurationException.ofProperty(RelationDefinition.FURTHER_PREFIX,
					new InvalidRelationDataException(key,
							"is a value or a list, where the properties of a relation are expected", remedy(key)));
		}
	}

}
