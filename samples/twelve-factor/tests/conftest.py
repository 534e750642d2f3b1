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
"""Stands in for the charm libraries that `charmcraft fetch-libs` fetches and that are not on PyPI."""

import sys
import types
from pathlib import Path

import ops

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "src"))


class Ignored(ops.Object):
    """A requirer or provider that this charm is not related to."""

    on = ops.ObjectEvents()

    def __init__(self, charm, *args, **kwargs):
        super().__init__(charm, f"{type(self).__name__}-{len(charm.framework._objects)}")


class IngressEvents(ops.ObjectEvents):
    ready = ops.EventSource(ops.EventBase)
    revoked = ops.EventSource(ops.EventBase)


class IngressPerAppRequirer(Ignored):
    on = IngressEvents()
    url = None

    def provide_ingress_requirements(self, **kwargs):
        pass

    def _publish_auto_data(self):
        pass


def library(name, **content):
    parts = ("charms." + name).split(".")
    for count in range(1, len(parts) + 1):
        path = ".".join(parts[:count])
        module = sys.modules.setdefault(path, types.ModuleType(path))
        module.__path__ = []
        if count > 1:
            setattr(sys.modules[".".join(parts[: count - 1])], parts[count - 1], module)
    vars(module).update(content)


def ignored(name, base=Ignored):
    return {name: type(name, (base,), {})}


library("traefik_k8s.v2.ingress", IngressPerAppRequirer=IngressPerAppRequirer)
library("observability_libs.v0.juju_topology")
library("grafana_k8s.v0.grafana_dashboard", **ignored("GrafanaDashboardProvider"))
library("loki_k8s.v1.loki_push_api", **ignored("LogForwarder"), **ignored("LogProxyConsumer"))
library("prometheus_k8s.v0.prometheus_scrape", **ignored("MetricsEndpointProvider"))
library(
    "data_platform_libs.v0.data_interfaces",
    **ignored("DatabaseRequires"),
    **ignored("DatabaseRequiresEvent", ops.EventBase),
)
library("redis_k8s.v0.redis", **ignored("RedisRequires"), RedisRelationCharmEvents=ops.CharmEvents)
