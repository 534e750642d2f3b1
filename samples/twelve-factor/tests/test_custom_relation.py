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
"""Tests for the relation as paas-charm 2.0 calls it, with a stand-in for what its reference documents."""

import importlib
import json
import sys
import types

import ops
import pytest
from model import CERTIFICATES, ETCD, PEERS
from ops import testing
from paas_charm.exceptions import RelationDataError


class CustomRelation(ops.Object):
    relation_name = ""

    def __init__(self, charm):
        super().__init__(charm, self.relation_name)
        self._charm = charm

    @property
    def charm(self):
        return self._charm


@pytest.fixture
def charm_type(monkeypatch):
    module = types.ModuleType("paas_charm.relations")
    module.CustomRelation = CustomRelation
    module.RelationDataError = RelationDataError
    monkeypatch.setitem(sys.modules, "paas_charm.relations", module)
    monkeypatch.delitem(sys.modules, "etcd_relation", raising=False)
    etcd_relation = importlib.import_module("etcd_relation")
    monkeypatch.delitem(sys.modules, "etcd_relation")
    assert issubclass(etcd_relation.EtcdRelation, CustomRelation)

    class Charm(ops.CharmBase):
        """Calls its custom relations as the framework does."""

        def __init__(self, framework):
            super().__init__(framework)
            self.etcd = etcd_relation.EtcdRelation(self)
            self.etcd.setup(lambda rerun_migrations=False: None)

    return Charm


def run(charm_type, **databag):
    context = testing.Context(
        charm_type,
        meta={
            "name": "orders",
            "containers": {"app": {}},
            "peers": {"etcd-peers": {"interface": "etcd_peers"}},
            "requires": {
                "etcd": {"interface": "etcd_client", "limit": 1, "optional": True},
                "certificates": {"interface": "tls-certificates", "limit": 1, "optional": True},
            },
        },
        config={"options": {"etcd-prefix": {"type": "string"}}},
    )
    state = testing.State(
        leader=True,
        relations=[
            testing.PeerRelation("etcd-peers", id=PEERS),
            testing.Relation("etcd", id=ETCD, remote_app_name="charmed-etcd", remote_app_data=databag),
            testing.Relation("certificates", id=CERTIFICATES),
        ],
        containers=[testing.Container("app", can_connect=True)],
    )
    return context, state


def test_environment_is_constant(charm_type):
    context, state = run(charm_type)
    with context(context.on.update_status(), state) as manager:
        assert manager.charm.etcd.gen_environment() == {"etcd.relation.directory": "/app-data/etcd"}


def test_what_passes_by_itself_does_not_block(charm_type):
    context, state = run(charm_type)
    with context(context.on.update_status(), state) as manager:
        manager.charm.etcd.ensure_ready()
        files = manager.charm.unit.get_container("app").list_files("/app-data/etcd/etcd:4")
        assert [file.name for file in files] == ["charmed-etcd.json"]


def test_refusal_blocks(charm_type):
    refusal = {"code": 5001, "message": "prefix is taken", "resolution": "request another"}
    context, state = run(charm_type, status=json.dumps([refusal]))
    with context(context.on.update_status(), state) as manager:
        with pytest.raises(RelationDataError, match=r"etcd refuses the request: prefix is taken \(request another\)"):
            manager.charm.etcd.ensure_ready()
