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
"""Runs charms with Canonical's library for etcd_client, as provider or requirer, on a model in a file.

Reads one command a line, a JSON object, and answers each with one: the custom events that the charm saw, or the error.

    model     the directory of the model
    unit      the unit that runs the hook
    role      provider or requirer, or provider-v0 or requirer-v0, see library_v0.py
    hook      relation-created, relation-changed, relation-broken, secret-changed, update-status
    relation  the number of the relation
    secret    the URI of the secret that changed
    options   for the charm, see there
"""

import json
import logging
import sys
import traceback
import warnings

import ops
from cryptography import x509
from cryptography.x509.oid import NameOID
from dpcharmlibs.interfaces import (
    OpsRelationRepository,
    RequirerCommonModel,
    RequirerDataContractV1,
    ResourceProviderEventHandler,
    ResourceProviderModel,
    ResourceRequirerEventHandler,
    build_model,
    write_model,
)
from juju_model import Model, application_of, open_model
from ops import testing


class RecordingCharm(ops.CharmBase):
    """Records the events of a library, with the secrets that it resolved."""

    options = {}
    events = []

    def record(self, event, model=None):
        values = model.model_dump(mode="json", exclude_none=True) if model else {}
        # A dump has no secrets
        for name in ("username", "uris", "tls", "tls_ca"):
            if getattr(model, name, None) is not None:
                values[name.replace("_", "-")] = getattr(model, name)
        status = getattr(event, "status", None)
        if status:
            values = status.model_dump()
        self.events.append({"event": type(event).__name__, "values": values})


class ProviderCharm(RecordingCharm):
    """Answers requests, unless there is no option `answer`; refuses if there is an option `refuse`.

    The user is the common name of the first certificate, as with the charm of etcd.
    """

    def __init__(self, framework):
        super().__init__(framework)
        self.etcd = ResourceProviderEventHandler(
            self, self.options["endpoint"], RequirerCommonModel, mtls_enabled=True
        )
        framework.observe(self.etcd.on.mtls_cert_updated, self._on_request)
        framework.observe(self.etcd.on.resource_requested, self._on_request)
        framework.observe(self.on.update_status, self._on_update_status)

    def _on_request(self, event):
        self.record(event, event.request)
        self._respond(event.relation, event.request)

    def _on_update_status(self, event):
        for relation in self.etcd.relations:
            for request in self.etcd.requests(relation):
                self._respond(relation, request)

    def _respond(self, relation, request):
        refuse = self.options.get("refuse")
        if refuse:
            self.etcd.raise_status(relation.id, refuse)
            return
        for code in self.options.get("resolve", []):
            self.etcd.resolve_status(relation.id, code)
        answer = self.options.get("answer")
        if answer is None or not request.mtls_cert:
            return
        leaf = x509.load_pem_x509_certificates(request.mtls_cert.encode())[0]
        username = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
        values = {"username": username, "tls": True} | answer
        if not request.request_id:
            # The library removes from a flat answer what it is not given again
            published = relation.data[self.app]
            values |= {"secret_user": published.get("secret-user"), "secret_tls": published.get("secret-tls")}
        response = ResourceProviderModel(
            resource=request.resource, salt=request.salt, request_id=request.request_id, **values
        )
        self.etcd.set_response(relation.id, response)


class RequirerCharm(RecordingCharm):
    """Requests `prefix` with the certificate `certificate`; publishes a new one in update-status."""

    def __init__(self, framework):
        super().__init__(framework)
        request = RequirerCommonModel(resource=self.options["prefix"], mtls_cert=self.options["certificate"])
        self.etcd = ResourceRequirerEventHandler(
            self, self.options["endpoint"], [request], response_model=ResourceProviderModel
        )
        for event in ("resource_created", "endpoints_changed", "authentication_updated"):
            framework.observe(getattr(self.etcd.on, event), self._on_response)
        framework.observe(self.etcd.on.status_raised, self.record)
        framework.observe(self.etcd.on.status_resolved, self.record)
        framework.observe(self.on.update_status, self._on_update_status)

    def _on_response(self, event):
        # What the event holds has no content of secrets
        model = self.etcd.interface.build_model(event.relation.id, component=event.relation.app)
        self.record(event, next(item for item in model.requests if item.request_id == event.response.request_id))

    def _on_update_status(self, event):
        for relation in self.etcd.relations:
            repository = OpsRelationRepository(self.model, relation, self.app)
            model = build_model(repository, RequirerDataContractV1[RequirerCommonModel])
            for request in model.requests:
                request.mtls_cert = self.options["certificate"]
            write_model(repository, model)


ROLES = {"provider": (ProviderCharm, "provides"), "requirer": (RequirerCharm, "requires")}


def roles(role):
    if not role.endswith("-v0"):
        return ROLES
    # Only there if somebody has fetched it
    import library_v0

    return library_v0.ROLES


def to_state(model, unit):
    """Return what a unit sees of a model."""
    application = application_of(unit)
    relations = []
    for number, relation in model.relations.items():
        if application not in relation["endpoints"]:
            continue
        remote = Model.remote(relation, application)
        databags = relation["databags"]
        relations.append(
            testing.Relation(
                endpoint=relation["endpoints"][application],
                interface=relation["interface"],
                id=int(number),
                remote_app_name=remote,
                local_app_data=databags.get(application, {}),
                local_unit_data=databags.get(unit, {}),
                remote_app_data=databags.get(remote, {}),
                remote_units_data={
                    int(name.split("/")[1]): databags[name] for name in Model.units(relation, remote)
                },
            )
        )
    secrets = []
    for identifier, secret in model.secrets.items():
        if not model.may_read(unit, secret):
            continue
        latest = secret["revisions"][-1]
        reader = secret["readers"].get(unit, {})
        owned = secret["owner"] == application
        secrets.append(
            testing.Secret(
                latest if owned else secret["revisions"][reader.get("revision", 0) - 1],
                latest_content=latest,
                id="secret:" + identifier,
                owner="app" if owned else None,
                label=secret["label"] if owned else reader.get("label"),
                remote_grants={int(key): {name} for key, name in secret["grants"].items()} if owned else {},
            )
        )
    return testing.State(leader=model.is_leader(unit), relations=relations, secrets=secrets)


def from_state(state, model, unit):
    """Write what a unit changed to a model."""
    application = application_of(unit)
    for relation in state.relations:
        databags = model.relations[str(relation.id)]["databags"]
        databags[application] = dict(relation.local_app_data)
        databags[unit] = dict(relation.local_unit_data)
    for changed in state.secrets:
        identifier = changed.id.removeprefix("secret:")
        secret = model.secrets.get(identifier)
        if secret is None:
            model.add_secret(application, changed.label, dict(changed.latest_content), identifier)
            secret = model.secrets[identifier]
        if changed.owner is None:
            reader = secret["readers"].setdefault(unit, {"label": None, "revision": len(secret["revisions"])})
            reader["label"] = changed.label
            if changed.tracked_content == secret["revisions"][-1]:
                reader["revision"] = len(secret["revisions"])
            continue
        if changed.latest_content != secret["revisions"][-1]:
            secret["revisions"].append(dict(changed.latest_content))
        secret["label"] = changed.label
        for number, names in changed.remote_grants.items():
            for name in names:
                secret["grants"][str(number)] = name


def run(command):
    unit = command["unit"]
    charm_type, kind = roles(command["role"])[command["role"]]
    with open_model(command["model"]) as model:
        state = to_state(model, unit)
        endpoint = next(iter(state.relations)).endpoint if state.relations else command["role"]
        charm = type(
            charm_type.__name__, (charm_type,), {"options": {"endpoint": endpoint} | command["options"], "events": []}
        )
        context = testing.Context(
            charm,
            meta={"name": application_of(unit), kind: {endpoint: {"interface": "etcd_client"}}},
            app_name=application_of(unit),
            unit_id=int(unit.split("/")[1]),
        )
        hook = command["hook"].replace("-", "_")
        if hook.startswith("relation_"):
            event = getattr(context.on, hook)(state.get_relation(command["relation"]))
        elif hook == "secret_changed":
            event = context.on.secret_changed(state.get_secret(id=command["secret"]))
        else:
            event = getattr(context.on, hook)()
        from_state(context.run(event, state), model, unit)
    return charm.events


def main():
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    for line in sys.stdin:
        try:
            answer = {"events": run(json.loads(line)), "error": None}
        except Exception:
            answer = {"events": [], "error": traceback.format_exc()}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
