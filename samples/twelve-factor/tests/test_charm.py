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
"""Tests for the charm: what it publishes, which files it writes, and that a renewal restarts nothing."""

import dataclasses
import json
import os
import stat

import ops
import pytest
from cryptography import x509
from model import CERTIFICATES, ETCD, PEERS, Authority, Orders

REFUSAL = {"code": 4001, "message": "common name in use", "resolution": "use another certificate"}


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture
def replans(monkeypatch):
    """The names of what the charm made of the services of the container."""
    calls = []
    for name in ("replan", "restart", "stop", "start"):
        original = getattr(ops.Container, name)

        def record(self, *args, name=name, original=original):
            calls.append(name)
            return original(self, *args)

        monkeypatch.setattr(ops.Container, name, record)
    return calls


@pytest.fixture
def orders(tmp_path):
    def create(**settings):
        return Orders(directory=tmp_path, **settings)

    return create


@pytest.fixture
def data(tmp_path):
    """The directory that the application sees."""
    return tmp_path / "etcd"


def related(orders, authority, **settings):
    app = orders(**settings).pebble_ready().created(CERTIFICATES).created(ETCD)
    return app.certify(authority)


def content(data):
    return json.loads((data / f"etcd:{ETCD}" / "charmed-etcd.json").read_text())


def names(certificates):
    return [
        certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value
        for certificate in x509.load_pem_x509_certificates(certificates.encode())
    ]


def test_without_relation_the_application_runs(orders, data):
    app = orders().pebble_ready()
    assert app.state.unit_status == ops.ActiveStatus()
    environment = app.state.get_container("app").plan.services["spring-boot"].environment
    assert environment["etcd.relation.directory"] == "/app-data/etcd"
    assert os.listdir(data) == ["spool"]


def test_nothing_is_requested_before_there_is_a_certificate(orders):
    app = orders().pebble_ready().created(ETCD).created(CERTIFICATES)
    assert app.requests() == []
    assert app.state.unit_status == ops.WaitingStatus("etcd: waiting for the certificate")


def test_certificates_are_needed(orders):
    app = orders().pebble_ready().created(ETCD)
    assert app.state.unit_status == ops.BlockedStatus("etcd: missing integration certificates")


def test_request_has_prefix_and_chain_without_key(orders, authority):
    app = related(orders, authority)
    (request,) = app.requests()
    assert request["resource"] == "/orders/"
    secret = app.secret(request["secret-mtls"])
    assert list(secret.latest_content) == ["mtls-cert"]
    assert names(secret.latest_content["mtls-cert"]) == ["shop-orders", "intermediate"]
    assert "PRIVATE" not in secret.latest_content["mtls-cert"]
    assert secret.remote_grants == {ETCD: {"charmed-etcd"}}
    assert app.state.unit_status == ops.WaitingStatus("etcd: waiting for the answer to the request")


def test_prefix_is_configurable(orders, authority):
    app = related(orders, authority, config={"etcd-prefix": "/shop/orders/"})
    assert app.requests()[0]["resource"] == "/shop/orders/"


def test_answer_is_written_to_one_file(orders, authority, data):
    app = related(orders, authority)
    app.answer(ca="CA", uris="https://10.0.0.1:2379,https://10.0.0.2:2379")
    assert app.state.unit_status == ops.ActiveStatus()
    written = content(data)
    own = written.pop("own")
    assert written == {
        "endpoints": "10.0.0.1:2379,10.0.0.2:2379",
        "version": "3.6.13",
        "prefix": "/orders/",
        "secret-user": {"username": "shop-orders", "uris": "https://10.0.0.1:2379,https://10.0.0.2:2379"},
        "secret-tls": {"tls": "true", "tls-ca": "CA"},
    }
    assert own["prefix"] == "/orders/"
    assert own["client_cert"] == app.secret(app.requests()[0]["secret-mtls"]).latest_content["mtls-cert"]
    assert own["client_key"].startswith("-----BEGIN")


def test_files_are_for_the_owner_only(orders, authority, data):
    related(orders, authority).answer()
    modes = {path.relative_to(data).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in data.rglob("*")}
    assert modes == {"spool": 0o700, "etcd:4": 0o700, "etcd:4/charmed-etcd.json": 0o600}


def test_renewal_restarts_nothing(orders, authority, data, replans):
    app = related(orders, authority)
    app.answer()
    (request,) = app.requests()
    before = content(data)["own"]
    plan = app.state.get_container("app").plan
    replans.clear()
    app.renew(authority)
    assert replans == []
    assert app.state.get_container("app").plan == plan
    after = content(data)["own"]
    assert after["client_cert"] != before["client_cert"]
    # The same request has another revision of its secret
    assert app.requests() == [request]
    assert app.secret(request["secret-mtls"]).latest_content["mtls-cert"] == after["client_cert"]


def test_old_certificate_serves_while_the_new_one_is_not_there(orders, authority, data):
    app = related(orders, authority)
    app.answer()
    before = content(data)
    secret = next(item for item in app.state.secrets if "csr" in item.tracked_content)
    app.hook(app.context.on.secret_expired(secret, revision=1))
    app.hook(app.context.on.update_status())
    assert content(data) == before


def test_revised_secret_is_written(orders, authority, data, replans):
    app = related(orders, authority)
    _, tls = app.answer(ca="old")
    plan = app.state.get_container("app").plan
    replans.clear()
    app.revise(tls, {"tls": "true", "tls-ca": "old and new"})
    assert content(data)["secret-tls"]["tls-ca"] == "old and new"
    # The framework plans anew for every secret, which restarts what is planned differently, hence nothing
    assert replans == ["replan"]
    assert app.state.get_container("app").plan == plan


def test_nothing_new_is_not_written(orders, authority, data):
    app = related(orders, authority)
    app.answer()
    before = (data / "etcd:4" / "charmed-etcd.json").stat()
    app.hook(app.context.on.update_status())
    after = (data / "etcd:4" / "charmed-etcd.json").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_refusal_blocks_and_reaches_the_application(orders, authority, data):
    app = related(orders, authority)
    app.changed(ETCD, version="v1", status=json.dumps([REFUSAL]))
    assert app.state.unit_status == ops.BlockedStatus(
        "etcd refuses the request: common name in use (use another certificate)"
    )
    assert json.loads(content(data)["status"]) == [REFUSAL]
    app.answer(status=None)
    assert app.state.unit_status == ops.ActiveStatus()
    assert "status" not in content(data)


@pytest.mark.parametrize(
    "status", ["", "?", "null", "4001", "{}", "[1]", '[{"message": "taken"}]', '[{"code": "x"}]', '[{"code": null}]']
)
def test_odd_status_is_no_refusal(orders, authority, data, status):
    app = related(orders, authority)
    app.answer()
    relation = app.state.get_relation(ETCD)
    remote = relation.remote_app_data | {"status": status}
    # The hook of the change itself is the library's, which expects a list of statuses
    app._replace("relations", relation, dataclasses.replace(relation, remote_app_data=remote))
    app.hook(app.context.on.update_status())
    assert app.state.unit_status == ops.ActiveStatus()
    assert content(data)["secret-user"]["username"] == "shop-orders"


def test_refusal_without_reason_blocks(orders, authority):
    app = related(orders, authority)
    app.changed(ETCD, version="v1", status='[{"code": "4001"}]')
    assert app.state.unit_status == ops.BlockedStatus("etcd refuses the request: no reason given")


def test_denied_certificate_blocks(orders):
    app = orders().pebble_ready().created(CERTIFICATES).created(ETCD)
    (request,) = json.loads(app.state.get_relation(CERTIFICATES).local_app_data["certificate_signing_requests"])
    error = {"code": 101, "name": "IP_NOT_ALLOWED", "message": "not on this network"}
    denied = {"csr": request["certificate_signing_request"], "error": error}
    app.changed(CERTIFICATES, request_errors=json.dumps([denied]))
    assert app.state.unit_status == ops.BlockedStatus("etcd: the certificate was denied: not on this network")


def test_other_prefix_later_needs_another_relation(orders, authority):
    app = related(orders, authority)
    app.answer()
    app.state = type(app.state)(**{**vars(app.state), "config": {"etcd-prefix": "/other/"}})
    app.hook(app.context.on.config_changed())
    assert app.requests()[0]["resource"] == "/orders/"
    assert app.state.unit_status == ops.BlockedStatus("etcd: remove the relation to use /other/ instead of /orders/")


@pytest.mark.parametrize("leader", [True, False])
def test_application_keeps_the_requested_prefix(orders, authority, data, leader):
    app = related(orders, authority)
    app.answer()
    before = content(data)
    app.state = type(app.state)(**{**vars(app.state), "config": {"etcd-prefix": "/other/"}, "leader": leader})
    app.hook(app.context.on.config_changed())
    assert content(data) == before
    assert before["own"]["prefix"] == before["prefix"] == "/orders/"


def test_broken_relation_removes_its_files(orders, authority, data):
    app = related(orders, authority)
    app.answer()
    app.broken(ETCD)
    assert os.listdir(data) == ["spool"]
    assert app.state.unit_status == ops.ActiveStatus()


def test_broken_certificates_keep_what_there_is(orders, authority, data):
    app = related(orders, authority)
    app.answer()
    before = content(data)
    app.broken(CERTIFICATES)
    assert content(data) == before


def test_container_that_is_late_gets_the_files(orders, authority, data):
    app = orders(connected=False).created(CERTIFICATES).created(ETCD).certify(authority)
    app.answer()
    assert not data.exists()
    container = app.state.get_container("app")
    app._replace("containers", container, type(container)(**{**vars(container), "can_connect": True}))
    app.pebble_ready()
    assert content(data)["secret-user"]["username"] == "shop-orders"
    assert app.state.unit_status == ops.ActiveStatus()


def test_other_units_get_what_the_leader_obtained(orders, authority, data):
    app = related(orders, authority)
    app.answer()
    written = content(data)
    app.state = type(app.state)(**{**vars(app.state), "leader": False})
    (data / "etcd:4" / "charmed-etcd.json").unlink()
    app.hook(app.context.on.update_status())
    assert content(data) == written
    assert PEERS in {relation.id for relation in app.state.relations}
