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
"""The relation etcd of a 12-factor charm: obtains a certificate, requests a prefix, and writes what comes back to files.

The application sees one directory that never changes. What is in it changes by one renamed file at a time, so that a
renewed certificate, other members or another certificate authority restart nothing.
"""

import json
import logging

import ops
from charmlibs.interfaces.tls_certificates import CertificateRequestAttributes, Mode, TLSCertificatesRequiresV4
from dpcharmlibs.interfaces import (
    OpsRelationRepository,
    RequirerCommonModel,
    RequirerDataContractV1,
    ResourceProviderModel,
    ResourceRequirerEventHandler,
    build_model,
    gen_hash,
    write_model,
)

try:
    from paas_charm.relations import CustomRelation, RelationDataError
except ImportError:
    # Before 2.0: what the charm needs of it
    from paas_charm.exceptions import RelationDataError

    class CustomRelation(ops.Object):
        """Extension point of paas-charm 2.0, called by the charm itself."""

        relation_name = ""

        def __init__(self, charm):
            super().__init__(charm, self.relation_name)
            self.charm = charm


logger = logging.getLogger(__name__)

CONTAINER = "app"
DIRECTORY = "/app-data/etcd"
OWNER = {"user": "_daemon_", "group": "_daemon_"}
CERTIFICATES = "certificates"
PEERS = "etcd-peers"
CREDENTIALS = "etcd-credentials"
REFUSED = 4000


class EtcdRelation(CustomRelation):
    """Requires etcd_client; the leader requests, every unit writes the files of its own container."""

    relation_name = "etcd"

    def setup(self, on_change):
        """Observe both relations; on_change is called when the application may start that could not before."""
        self._on_change = on_change
        charm = self.charm
        # The library requests nothing by itself: without a certificate there is nothing to request yet
        self._etcd = ResourceRequirerEventHandler(
            charm, self.relation_name, [], response_model=ResourceProviderModel, unique_key="etcd-requirer"
        )
        user = f"{self.model.name}-{charm.app.name}"[:64]
        self._certificates = TLSCertificatesRequiresV4(
            charm, CERTIFICATES, [CertificateRequestAttributes(common_name=user)], mode=Mode.APP
        )
        observed = [
            self._certificates.on.certificate_available,
            self._certificates.on.certificate_denied,
            charm.on[CONTAINER].pebble_ready,
            charm.on.config_changed,
            charm.on.leader_elected,
            charm.on.secret_changed,
            charm.on.update_status,
            charm.on[PEERS].relation_changed,
        ]
        for name in (self.relation_name, CERTIFICATES):
            events = charm.on[name]
            observed += [events.relation_created, events.relation_changed, events.relation_broken]
        for event in observed:
            self.framework.observe(event, self._reconcile)

    def gen_environment(self):
        """Return the one entry, which is there before the relation is and stays as it is."""
        return {"etcd.relation.directory": DIRECTORY}

    def ensure_ready(self):
        """Write the files, and raise an error if somebody has to act."""
        self.update()
        status = self.status()
        if isinstance(status, ops.BlockedStatus):
            raise RelationDataError(status.message, relation=self.relation_name)

    @property
    def _relations(self):
        # One that is being removed is still listed
        return [relation for relation in self._etcd.relations if relation.active]

    def status(self):
        """Return what is missing, None if the application can use etcd."""
        relations = self._relations
        if not relations:
            return self._unless_optional(ops.BlockedStatus("etcd: missing integration"))
        refusals = [text for relation in relations for text in self._refusals(relation)]
        if refusals:
            return ops.BlockedStatus("etcd refuses the request: " + "; ".join(refusals))
        if not self._credentials():
            if self.charm.unit.is_leader():
                if not self.model.get_relation(CERTIFICATES):
                    return ops.BlockedStatus("etcd: missing integration certificates")
                for denied in self._certificates.get_request_errors():
                    return ops.BlockedStatus(f"etcd: the certificate was denied: {denied.error.message}")
            return ops.WaitingStatus("etcd: waiting for the certificate")
        for relation in relations:
            requested = self._requested(relation)
            if requested and requested != self._prefix:
                return ops.BlockedStatus(f"etcd: remove the relation to use {self._prefix} instead of {requested}")
        if not any(self._response(relation) for relation in relations):
            return ops.WaitingStatus("etcd: waiting for the answer to the request")
        return None

    def _unless_optional(self, status):
        return None if self.charm.meta.requires[self.relation_name].optional else status

    def _reconcile(self, _):
        self.update()
        status = self.status()
        charm = self.charm
        if status:
            charm.unit.status = status
        elif charm.unit.status.message.startswith("etcd"):
            self._on_change()

    def update(self):
        """Publish the request and write the files, as far as there is something new."""
        if self.charm.unit.is_leader():
            self._store_certificate()
            for relation in self._relations:
                self._request(relation)
        self._write()

    # The own certificate: the leader obtains it and shares it with the other units

    def _store_certificate(self):
        certificates, key = self._certificates.get_assigned_certificates()
        peers = self.model.get_relation(PEERS)
        # While it is being renewed there is none, and the old one serves
        if not certificates or not key or not peers:
            return
        assigned = certificates[0]
        # The user is the common name of the first; some providers list it in the chain too
        chain = [str(assigned.certificate)]
        chain += [text for text in map(str, assigned.chain) if text not in chain]
        content = {"certificate": "\n".join(chain) + "\n", "private-key": f"{key}\n"}
        uri = peers.data[self.charm.app].get(CREDENTIALS)
        if not uri:
            secret = self.charm.app.add_secret(content, label=CREDENTIALS)
            peers.data[self.charm.app][CREDENTIALS] = secret.id
            return
        secret = self.model.get_secret(id=uri)
        if secret.get_content(refresh=True) != content:
            secret.set_content(content)
            secret.get_content(refresh=True)

    def _credentials(self):
        peers = self.model.get_relation(PEERS)
        uri = peers.data[self.charm.app].get(CREDENTIALS) if peers else None
        return self.model.get_secret(id=uri).get_content(refresh=True) if uri else None

    # The request

    @property
    def _prefix(self):
        return self.charm.config.get("etcd-prefix") or f"/{self.charm.app.name}/"

    def _contract(self, relation):
        repository = OpsRelationRepository(self.model, relation, self.charm.app)
        return repository, build_model(repository, RequirerDataContractV1[RequirerCommonModel])

    def _requested(self, relation):
        if not self.charm.unit.is_leader():
            return None
        requests = self._contract(relation)[1].requests
        return requests[0].resource if requests else None

    def _request(self, relation):
        credentials = self._credentials()
        if not credentials:
            return
        repository, contract = self._contract(relation)
        if not contract.requests:
            request = RequirerCommonModel(resource=self._prefix)
            # A request keeps its identity when it gets another certificate
            request.request_id = gen_hash(request.resource, request.salt)
            contract.requests = [request]
        request = contract.requests[0]
        if request.mtls_cert != credentials["certificate"]:
            request.mtls_cert = credentials["certificate"]
            write_model(repository, contract)

    # The answer

    def _response(self, relation):
        """Return the response whose secrets can be read, or None."""
        if not relation.app:
            return None
        try:
            model = self._etcd.interface.build_model(relation.id, component=relation.app)
        except (ops.SecretNotFoundError, ops.ModelError):
            logger.warning("etcd has not granted a secret of relation %d yet", relation.id)
            return None
        return next((item for item in model.requests if item.username and (item.uris or item.endpoints)), None)

    def _refusals(self, relation):
        """Return the texts of the refusals. What cannot be read is none, as for the application."""
        text = relation.data[relation.app].get("status", "[]") if relation.app else "[]"
        try:
            statuses = json.loads(text)
        except ValueError:
            statuses = []
        if not isinstance(statuses, list):
            return []
        return [describe(status) for status in statuses if isinstance(status, dict) and code_of(status) >= REFUSED]

    def _file(self, relation):
        """Return the content of the one file of a relation: the answer, its secrets in place, and what is ours."""
        content = {}
        if relation.app and "status" in relation.data[relation.app]:
            content["status"] = relation.data[relation.app]["status"]
        response = self._response(relation)
        if response:
            content |= {
                "endpoints": response.endpoints,
                "version": response.version,
                "prefix": response.resource,
                "secret-user": {"username": response.username, "uris": response.uris},
            }
            if response.tls_ca:
                content["secret-tls"] = {"tls": "true", "tls-ca": response.tls_ca}
        # The prefix distinguishes the two interfaces while etcd is silent. What was requested counts, and other units than
        # the leader see that in the answer only: with another one the application would not accept the answer
        requested = self._requested(relation) or (response and response.resource)
        content["own"] = {"prefix": requested or self._prefix}
        credentials = self._credentials()
        if credentials:
            content["own"] |= {"client_cert": credentials["certificate"], "client_key": credentials["private-key"]}
        return json.dumps(without_nulls(content), indent=1, sort_keys=True)

    # The files

    def _write(self):
        container = self.charm.unit.get_container(CONTAINER)
        if not container.can_connect():
            # pebble-ready makes up for it
            return
        # Tells the application that what is not there is no relation
        make_directory(container, f"{DIRECTORY}/spool")
        kept = set()
        for relation in self._relations:
            # Juju's name of the relation
            identifier = f"{relation.name}:{relation.id}"
            kept.add(identifier)
            make_directory(container, f"{DIRECTORY}/{identifier}")
            path = f"{DIRECTORY}/{identifier}/{relation.app.name}.json"
            content = self._file(relation)
            if not container.exists(path) or container.pull(path).read() != content:
                # Pebble writes beside it and renames: nobody sees half of it
                container.push(path, content, permissions=0o600, **OWNER)
        for file in container.list_files(DIRECTORY):
            if ":" in file.name and file.name not in kept:
                container.remove_path(file.path, recursive=True)


def make_directory(container, path):
    container.make_dir(path, make_parents=True, permissions=0o700, **OWNER)


def code_of(status):
    try:
        return int(status.get("code", 0))
    except (TypeError, ValueError):
        return 0


def describe(status):
    message = status.get("message") or "no reason given"
    resolution = status.get("resolution")
    return f"{message} ({resolution})" if resolution else f"{message}"


def without_nulls(value):
    if not isinstance(value, dict):
        return value
    return {key: without_nulls(item) for key, item in value.items() if item is not None}
