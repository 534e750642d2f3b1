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
"""Runs the charm under ops-scenario between an etcd and a certificate authority."""

import dataclasses
import json
from datetime import timedelta
from pathlib import Path

import charm
import yaml
from charmlibs.interfaces.tls_certificates import (
    Certificate,
    CertificateRequestAttributes,
    CertificateSigningRequest,
    PrivateKey,
)
from ops import pebble, testing

ROOT = Path(__file__).parent.parent
ETCD, CERTIFICATES, PEERS, STORAGE = 4, 5, 6, 7
RELATIONS = {
    ETCD: testing.Relation("etcd", "etcd_client", id=ETCD, remote_app_name="charmed-etcd"),
    CERTIFICATES: testing.Relation("certificates", "tls-certificates", id=CERTIFICATES),
}
SERVICE = {"override": "replace", "startup": "enabled", "command": "java -jar app.jar", "user": "_daemon_"}
EXTENSION = {
    # What the extension spring-boot-framework adds, as far as the charm needs it
    "containers": {"app": {"resource": "app-image"}},
    "resources": {"app-image": {"type": "oci-image"}},
    "peers": {"secret-storage": {"interface": "secret-storage"}},
    "requires": {"logging": {"interface": "loki_push_api"}, "ingress": {"interface": "ingress", "limit": 1}},
    "provides": {
        "metrics-endpoint": {"interface": "prometheus_scrape"},
        "grafana-dashboard": {"interface": "grafana_dashboard"},
    },
}
OPTIONS = {
    "app-port": {"type": "int", "default": 8080},
    "metrics-port": {"type": "int", "default": 8080},
    "metrics-path": {"type": "string", "default": "/actuator/prometheus"},
    "app-profiles": {"type": "string"},
    "app-secret-key": {"type": "string"},
}


def meta():
    own = yaml.safe_load((ROOT / "charmcraft.yaml").read_text())
    merged = {"name": own["name"]} | EXTENSION
    for kind in ("peers", "requires"):
        merged[kind] = EXTENSION[kind] | own[kind]
    return merged, {"options": OPTIONS | own["config"]["options"]}


class Authority:
    """Signs requests as a provider of tls-certificates does, below an intermediate certificate."""

    def __init__(self):
        self.root_key = PrivateKey.generate()
        self.root = self._authority("root", self.root_key)
        self.key = PrivateKey.generate()
        attributes = CertificateRequestAttributes(common_name="intermediate", is_ca=True)
        request = CertificateSigningRequest.generate(attributes, self.key)
        self.intermediate = request.sign(self.root, self.root_key, timedelta(days=30), is_ca=True)

    @staticmethod
    def _authority(name, key):
        attributes = CertificateRequestAttributes(common_name=name, is_ca=True)
        return Certificate.generate_self_signed_ca(attributes, key, timedelta(days=30))

    def answer(self, databag):
        """Return what a provider publishes in answer to the databag of a requirer."""
        certificates = []
        for item in json.loads(databag.get("certificate_signing_requests", "[]")):
            request = CertificateSigningRequest.from_string(item["certificate_signing_request"])
            certificate = request.sign(self.intermediate, self.key, timedelta(days=20), is_ca=False)
            certificates.append(
                {
                    "certificate": str(certificate),
                    "certificate_signing_request": str(request),
                    "ca": str(self.root),
                    # Some list the certificate itself too
                    "chain": [str(certificate), str(self.intermediate)],
                }
            )
        return {"certificates": json.dumps(certificates)}


class Orders:
    """The application, one unit of which runs hooks; what a hook changed the next one sees."""

    def __init__(self, leader=True, config=None, connected=True, directory=None):
        merged, options = meta()
        self.context = testing.Context(
            charm.OrdersCharm1, meta=merged, config=options, actions={"rotate-secret-key": {}}
        )
        relations = [
            testing.PeerRelation("etcd-peers", "etcd_peers", id=PEERS),
            testing.PeerRelation(
                "secret-storage", id=STORAGE, local_app_data={"spring-boot_secret_key": "s3cr3t"}
            ),
        ]
        container = testing.Container(
            "app",
            can_connect=connected,
            layers={"rock": pebble.Layer({"services": {"spring-boot": SERVICE}})},
            service_statuses={"spring-boot": pebble.ServiceStatus.ACTIVE},
            # Scenario gives each hook a new file system, but for mounts
            mounts={"data": testing.Mount(location="/app-data", source=directory)} if directory else {},
        )
        self.state = testing.State(
            leader=leader, relations=relations, containers=[container], config=config or {}, model=testing.Model("shop")
        )

    def hook(self, event):
        self.state = self.context.run(event, self.state)
        return self

    def created(self, number):
        relations = [*self.state.relations, RELATIONS[number]]
        self.state = dataclasses.replace(self.state, relations=relations)
        return self.hook(self.context.on.relation_created(self.state.get_relation(number)))

    def changed(self, number, **databag):
        """Run the hook for a changed databag of the remote application."""
        relation = self.state.get_relation(number)
        remote = {key: value for key, value in (relation.remote_app_data | databag).items() if value is not None}
        changed = dataclasses.replace(relation, remote_app_data=remote)
        self._replace("relations", relation, changed)
        return self.hook(self.context.on.relation_changed(changed))

    def broken(self, number):
        relation = self.state.get_relation(number)
        self.hook(self.context.on.relation_broken(relation))
        self.state = dataclasses.replace(
            self.state, relations=[item for item in self.state.relations if item.id != number]
        )
        return self

    def pebble_ready(self):
        return self.hook(self.context.on.pebble_ready(self.state.get_container("app")))

    def certify(self, authority):
        databag = self.state.get_relation(CERTIFICATES).local_app_data
        return self.changed(CERTIFICATES, **authority.answer(databag))

    def renew(self, authority):
        """Let the certificate come of age, which requests another, and sign that."""
        before = self.state.get_relation(CERTIFICATES).local_app_data["certificate_signing_requests"]
        secret = next(item for item in self.state.secrets if "csr" in item.tracked_content)
        self.hook(self.context.on.secret_expired(secret, revision=1))
        assert self.state.get_relation(CERTIFICATES).local_app_data["certificate_signing_requests"] != before
        return self.certify(authority)

    def requests(self):
        """Return what is published to etcd."""
        return json.loads(self.state.get_relation(ETCD).local_app_data.get("requests", "[]"))

    def secret(self, uri):
        return next(item for item in self.state.secrets if item.id == uri)

    def answer(self, ca="CA", uris="https://10.0.0.1:2379", **more):
        """Answer the request as the provider's charm does with its library."""
        request = self.requests()[0]
        user = testing.Secret({"username": "shop-orders", "uris": uris})
        tls = testing.Secret({"tls": "true", "tls-ca": ca})
        self.state = dataclasses.replace(self.state, secrets=[*self.state.secrets, user, tls])
        response = {
            "resource": request["resource"],
            "request-id": request["request-id"],
            "salt": request["salt"],
            "endpoints": uris.replace("https://", ""),
            "secret-user": user.id,
            "secret-tls": tls.id,
            "version": "3.6.13",
        }
        data = {request["request-id"]: {key: request[key] for key in ("resource", "request-id", "salt")}}
        self.changed(ETCD, version="v1", requests=json.dumps([response]), data=json.dumps(data), **more)
        return user, tls

    def revise(self, secret, content):
        """Run the hook for a secret that the provider has revised."""
        current = self.secret(secret.id)
        revised = dataclasses.replace(current, latest_content=content)
        self._replace("secrets", current, revised)
        return self.hook(self.context.on.secret_changed(revised))

    def _replace(self, kind, old, new):
        items = [item for item in getattr(self.state, kind) if item is not old]
        self.state = dataclasses.replace(self.state, **{kind: [*items, new]})

    @property
    def root(self):
        return self.state.get_container("app").get_filesystem(self.context)
