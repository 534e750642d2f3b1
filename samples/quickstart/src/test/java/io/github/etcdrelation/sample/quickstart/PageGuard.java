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
import java.nio.charset.StandardCharsets;
import java.util.Set;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Answers the page alone: other sites that are open in the same browser can neither read
 * nor press anything, and the page asks no other host.
 */
final class PageGuard extends OncePerRequestFilter {

	private static final Set<String> HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");

	private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
			+ "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		String refusal = describeRefusal(request);
		if (refusal != null) {
			response.setStatus(HttpStatus.FORBIDDEN.value());
			response.setContentType(MediaType.TEXT_PLAIN_VALUE);
			response.setCharacterEncoding(StandardCharsets.UTF_8);
			response.getWriter().println(refusal);
			return;
		}
		response.setHeader("Content-Security-Policy", POLICY);
		response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
		response.setHeader("Referrer-Policy", "no-referrer");
		response.setHeader("X-Content-Type-Options", "nosniff");
		response.setHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
		chain.doFilter(request, response);
	}

	private static @Nullable String describeRefusal(HttpServletRequest request) {
		// A name that an attacker lets resolve to this machine is none of these
		if (!HOSTS.contains(request.getServerName())) {
			return "This page is served to http://localhost:%d only".formatted(request.getServerPort());
		}
		boolean reads = request.getMethod().equals(HttpMethod.GET.name())
				|| request.getMethod().equals(HttpMethod.HEAD.name());
		String origin = "http://" + request.getHeader(HttpHeaders.HOST);
		if (!reads && !origin.equals(request.getHeader(HttpHeaders.ORIGIN))) {
			return "Only the page itself may press its buttons: the header Origin has to be " + origin;
		}
		return null;
	}

}
