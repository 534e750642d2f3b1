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
"""Charms with version 0 of Canonical's library, which is a file that charmcraft fetches and not on PyPI.

Found below the directory that the environment variable JUJU_LIBRARIES names, as lib/charms is in a charm.
"""

import os
import sys

import ops
from cryptography import x509
from cryptography.x509.oid import NameOID

sys.path.append(os.environ["JUJU_LIBRARIES"])

from charms.data_platform_libs.v0.data_interfaces import EtcdProvides, EtcdRequires  # noqa: E402


class RecordingCharm(ops.CharmBase):
    """Records the events of the library."""

    options = {}
    events = []

    def record(self, event, **values):
        self.events.append({"event": type(event).__name__, "values": values})


class ProviderCharm(RecordingCharm):
    """Answers requests as the charm of etcd did with this version."""

    def __init__(self, framework):
        super().__init__(framework)
        self.etcd = EtcdProvides(self, self.options["endpoint"])
        framework.observe(self.etcd.on.mtls_cert_updated, self._on_request)
        framework.observe(self.on.update_status, self._on_update_status)

    def _on_request(self, event):
        self.record(event, **{"mtls-cert": event.mtls_cert, "prefix": event.prefix})
        self._respond(event.relation, event.mtls_cert)

    def _on_update_status(self, _):
        for relation in self.etcd.relations:
            self._respond(relation, self.etcd.fetch_relation_field(relation.id, "mtls-cert"))

    def _respond(self, relation, certificate):
        answer = self.options["answer"]
        leaf = x509.load_pem_x509_certificates(certificate.encode())[0]
        username = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
        self.etcd.set_endpoints(relation.id, answer["endpoints"])
        self.etcd.set_version(relation.id, answer["version"])
        self.etcd.set_tls(relation.id, "True")
        self.etcd.set_tls_ca(relation.id, answer["tls_ca"])
        self.etcd.set_credentials(relation.id, username, "")
        self.etcd.set_uris(relation.id, answer["uris"])


class RequirerCharm(RecordingCharm):
    """Requests `prefix` with the certificate `certificate`."""

    def __init__(self, framework):
        super().__init__(framework)
        self.etcd = EtcdRequires(
            self, self.options["endpoint"], prefix=self.options["prefix"], mtls_cert=self.options["certificate"]
        )
        framework.observe(self.etcd.on.etcd_ready, self._on_ready)
        framework.observe(self.etcd.on.endpoints_changed, self._on_ready)

    def _on_ready(self, event):
        names = ("endpoints", "version", "username", "uris", "tls", "tls_ca")
        self.record(event, **{name.replace("_", "-"): getattr(event, name) for name in names})


ROLES = {"provider-v0": (ProviderCharm, "provides"), "requirer-v0": (RequirerCharm, "requires")}
