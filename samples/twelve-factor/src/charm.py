#!/usr/bin/env python3
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
"""A charm for a Spring Boot application that is built with etcd-relation."""

import ops
import paas_charm.springboot
from etcd_relation import EtcdRelation
from paas_charm.charm import PaasCharm


class OrdersCharm(paas_charm.springboot.Charm):
    """Adds the relation etcd to the charm of the framework."""

    # paas-charm 2.0 does everything else by itself
    custom_relations = [EtcdRelation]


class OrdersCharm1(OrdersCharm):
    """Does for paas-charm 1.12 what 2.0 does for custom relations."""

    def __init__(self, framework):
        super().__init__(framework)
        self._etcd = EtcdRelation(self)
        self._etcd.setup(self.restart)

    def _create_app(self):
        app = super()._create_app()
        generate = app.gen_environment
        app.gen_environment = lambda: generate() | self._etcd.gen_environment()
        return app

    def restart(self, rerun_migrations=False):
        """Start the application, which waits for etcd by itself, with the files in place."""
        self._etcd.update()
        super().restart(rerun_migrations)
        status = self._etcd.status()
        if status and isinstance(self.unit.status, ops.ActiveStatus):
            self.update_app_and_unit_status(status)


if __name__ == "__main__":
    ops.main(OrdersCharm if hasattr(PaasCharm, "custom_relations") else OrdersCharm1)
