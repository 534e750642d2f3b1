# Copyright 2026-present the original author or authors.
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#      https://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.
"""The requirer's side of the interface etcd: one unit's databag with an address and three PEM texts."""

from charms.reactive import Endpoint, toggle_flag, when_any

ADDRESS = "connection_string"
CREDENTIALS = ("client_cert", "client_key", "client_ca")


class EtcdRequirer(Endpoint):
    """Sets the flags connected, available and tls.available, prefixed by the name of the endpoint."""

    @when_any("endpoint.{endpoint_name}.joined", "endpoint.{endpoint_name}.changed", "endpoint.{endpoint_name}.departed")
    def update_flags(self):
        name = self.endpoint_name
        offer = self.offer()
        toggle_flag(f"{name}.connected", bool(self.all_joined_units))
        toggle_flag(f"{name}.available", bool(offer))
        toggle_flag(f"{name}.tls.available", bool(offer) and all(offer.get(key) for key in CREDENTIALS))

    def offer(self):
        """Return what the first unit with an address publishes."""
        for relation in self.relations:
            for unit in relation.joined_units:
                if unit.received_raw.get(ADDRESS):
                    return {key: unit.received_raw.get(key) for key in (ADDRESS, "version", *CREDENTIALS)}
        return {}
