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
"""Runs the 12-factor charm of the samples on a model in a file, so that another charm can be on the other side.

    twelve_factor.py MODEL TESTS DATA

MODEL is the directory of the model, TESTS has the tests of the sample, DATA is what the application sees as /app-data.
Reads one step a line and answers each with the status of the unit.
"""

import dataclasses
import logging
import os
import sys
import warnings
from pathlib import Path

MODEL, TESTS, DATA = sys.argv[1:]
sys.path.append(TESTS)

import conftest  # noqa: E402, F401
import ops  # noqa: E402
from juju_model import open_model  # noqa: E402
from library import from_state, to_state  # noqa: E402
from model import CERTIFICATES, ETCD, Authority, Orders  # noqa: E402

UNIT = "orders/0"


class RelatedOrders(Orders):
    """Writes what each hook changed to the model, as far as the other side may see it."""

    def hook(self, event):
        super().hook(event)
        relations = [relation for relation in self.state.relations if relation.id == ETCD]
        # Those of other relations are nobody's business here
        secrets = [secret for secret in self.state.secrets if secret.owner is None or ETCD in secret.remote_grants]
        with open_model(MODEL) as model:
            from_state(dataclasses.replace(self.state, relations=relations, secrets=secrets), model, UNIT)
        return self

    def pull(self):
        """Read what the other side has published."""
        with open_model(MODEL) as model:
            seen = to_state(model, UNIT)
        relation = self.state.get_relation(ETCD)
        published = seen.get_relation(ETCD).remote_app_data
        self._replace("relations", relation, dataclasses.replace(relation, remote_app_data=published))
        own = [secret for secret in self.state.secrets if secret.owner]
        foreign = [secret for secret in seen.secrets if not secret.owner]
        self.state = dataclasses.replace(self.state, secrets=own + foreign)

    def relation_changed(self):
        self.pull()
        self.hook(self.context.on.relation_changed(self.state.get_relation(ETCD)))

    def secret_changed(self, uri):
        self.pull()
        self.hook(self.context.on.secret_changed(self.secret(uri)))


def push_in_one_step():
    """Let the application's files appear in one step as with Pebble: ops-scenario writes them in place."""
    push = ops.Container.push

    def push_beside(self, path, source, **options):
        path = str(path)
        if not path.startswith("/app-data/"):
            push(self, path, source, **options)
            return
        beside = f"{path}.new~"
        push(self, beside, source, **options)
        local = Path(DATA) / path.removeprefix("/app-data/")
        os.replace(f"{local}.new~", local)

    ops.Container.push = push_beside


def main():
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    push_in_one_step()
    authority = Authority()
    orders = RelatedOrders(directory=Path(DATA))
    steps = {
        "start": lambda: orders.pebble_ready(),
        "relate": lambda: orders.created(CERTIFICATES).created(ETCD),
        "certify": lambda: orders.certify(authority),
        "renew": lambda: orders.renew(authority),
        "relation-changed": orders.relation_changed,
        "secret-changed": orders.secret_changed,
    }
    for line in sys.stdin:
        step, *arguments = line.split()
        steps[step](*arguments)
        print(f"{orders.state.unit_status.name} {orders.state.unit_status.message}".strip(), flush=True)


if __name__ == "__main__":
    main()
