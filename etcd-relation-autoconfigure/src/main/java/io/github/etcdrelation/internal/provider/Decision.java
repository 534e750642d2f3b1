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

import io.github.etcdrelation.EtcdClientRequest;
import io.github.etcdrelation.internal.databag.RequestRefusal;
import org.jspecify.annotations.Nullable;

/**
 * What was decided about a request.
 *
 * @param request the request as it was then
 * @param username the name of the user that is granted, {@code null} if it is refused
 * @param refusal why it is refused, {@code null} if it is granted
 */
record Decision(EtcdClientRequest request, @Nullable String username, @Nullable RequestRefusal refusal) {

}
