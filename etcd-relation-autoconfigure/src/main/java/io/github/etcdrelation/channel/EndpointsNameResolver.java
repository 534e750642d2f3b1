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

package io.github.etcdrelation.channel;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the endpoints of one connection, each with its own authority, so that a
 * certificate is verified against the host that the connection string names.
 */
final class EndpointsNameResolver extends NameResolver {

	private final Endpoints endpoints;

	private final SynchronizationContext syncContext;

	private final @Nullable Executor offloadExecutor;

	private final boolean literals;

	private @Nullable Listener2 listener;

	private boolean resolving;

	private final Factory factory;

	private EndpointsNameResolver(Endpoints endpoints, Args args, Factory factory) {
		this.endpoints = endpoints;
		this.factory = factory;
		this.syncContext = args.getSynchronizationContext();
		this.offloadExecutor = args.getOffloadExecutor();
		this.literals = endpoints.getMembers().stream().allMatch(Endpoint::isLiteral);
	}

	@Override
	public String getServiceAuthority() {
		return this.endpoints.getMembers().get(0).authority();
	}

	@Override
	public void start(Listener2 listener) {
		this.listener = listener;
		resolve();
	}

	@Override
	public void refresh() {
		resolve();
	}

	private void resolve() {
		if (this.literals || this.offloadExecutor == null) {
			publish(lookUp());
		}
		else if (!this.resolving) {
			this.resolving = true;
			this.offloadExecutor.execute(() -> {
				List<EquivalentAddressGroup> groups = lookUp();
				this.syncContext.execute(() -> {
					this.resolving = false;
					publish(groups);
				});
			});
		}
	}

	private void publish(List<EquivalentAddressGroup> groups) {
		if (this.listener != null) {
			this.listener
				.onResult2(ResolutionResult.newBuilder().setAddressesOrError(StatusOr.fromValue(groups)).build());
		}
	}

	private List<EquivalentAddressGroup> lookUp() {
		List<EquivalentAddressGroup> groups = new ArrayList<>();
		List<String> unknown = new ArrayList<>();
		for (Endpoint endpoint : this.endpoints.getMembers()) {
			List<SocketAddress> addresses = new ArrayList<>();
			try {
				for (InetAddress address : InetAddress.getAllByName(endpoint.host())) {
					addresses.add(new InetSocketAddress(address, endpoint.port()));
				}
			}
			catch (UnknownHostException ex) {
				unknown.add(endpoint.host());
				// It stays a member, so that gRPC tries it and has it looked up again; an
				// error here would be logged by gRPC each time
				addresses.add(InetSocketAddress.createUnresolved(endpoint.host(), endpoint.port()));
			}
			groups.add(new EquivalentAddressGroup(addresses,
					Attributes.newBuilder()
						.set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, endpoint.authority())
						.build()));
		}
		this.factory.unknownHosts = unknown;
		return groups;
	}

	@Override
	public void shutdown() {
		this.listener = null;
	}

	/**
	 * Makes the resolver of one channel.
	 */
	static final class Factory extends NameResolver.Factory {

		static final String SCHEME = "etcd-relation";

		private final Endpoints endpoints;

		private volatile List<String> unknownHosts = Collections.emptyList();

		Factory(Endpoints endpoints) {
			this.endpoints = endpoints;
		}

		/**
		 * Return the hosts that could not be looked up when last tried.
		 */
		List<String> getUnknownHosts() {
			return this.unknownHosts;
		}

		@Override
		public NameResolver newNameResolver(URI targetUri, Args args) {
			return new EndpointsNameResolver(this.endpoints, args, this);
		}

		@Override
		public String getDefaultScheme() {
			return SCHEME;
		}

	}

}
