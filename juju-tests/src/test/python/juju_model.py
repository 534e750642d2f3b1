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
"""A Juju model in a file: relations with their databags, secrets, leaders.

model.json has

    leaders    application -> unit
    relations  number -> {interface, endpoints: application -> endpoint, databags: application or unit -> key -> value}
    secrets    id -> {owner, label, revisions: [content], grants: relation -> application,
                      readers: unit -> {label, revision}}

Both sides are in it: the hook tools and the charms under ops-scenario each see the part that Juju would let them see.
"""

import contextlib
import fcntl
import json
import os
import random
import string
from pathlib import Path


def application_of(unit):
    return unit.split("/")[0]


class Model:
    """The content of model.json, with what a unit may see of it."""

    def __init__(self, content):
        self.content = content

    @property
    def relations(self):
        return self.content["relations"]

    @property
    def secrets(self):
        return self.content["secrets"]

    def is_leader(self, unit):
        return self.content["leaders"].get(application_of(unit)) == unit

    def relation(self, number, application):
        """Return a relation that an application takes part in."""
        relation = self.relations.get(str(number))
        if relation is None or application not in relation["endpoints"]:
            raise KeyError(f"relation {number} not found")
        return relation

    @staticmethod
    def remote(relation, application):
        """Return the application on the other side."""
        others = [name for name in relation["endpoints"] if name != application]
        return others[0] if others else application

    @staticmethod
    def units(relation, application):
        prefix = application + "/"
        return sorted(name for name in relation["databags"] if name.startswith(prefix))

    def secret(self, uri):
        return self.secrets.get(uri.rsplit("/", 1)[-1].removeprefix("secret:"))

    def find_secret(self, unit, label):
        """Return the id of the secret that a unit or its application gave a label."""
        for identifier, secret in self.secrets.items():
            owned = secret["owner"] == application_of(unit) and secret.get("label") == label
            if owned or secret["readers"].get(unit, {}).get("label") == label:
                return identifier
        return None

    def may_read(self, unit, secret):
        application = application_of(unit)
        if secret["owner"] == application:
            return True
        return any(
            granted == application and number in self.relations for number, granted in secret["grants"].items()
        )

    def add_secret(self, owner, label, content, identifier=None):
        identifier = identifier or "".join(random.choices(string.ascii_lowercase + string.digits, k=20))
        self.secrets[identifier] = {
            "owner": owner,
            "label": label,
            "revisions": [content],
            "grants": {},
            "readers": {},
        }
        return identifier


@contextlib.contextmanager
def open_model(directory):
    """Hold the lock of a model; what was changed is in its file afterwards, in one step."""
    directory = Path(directory)
    with open(directory / "lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        file = directory / "model.json"
        before = file.read_text()
        model = Model(json.loads(before))
        yield model
        after = json.dumps(model.content, indent=1)
        if after != before:
            temporary = directory / "model.json.new"
            temporary.write_text(after)
            os.replace(temporary, file)
