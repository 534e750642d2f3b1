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
"""Runs the charm step by step on a directory: steps.py DIRECTORY, with one step a line, each answered with the status."""

import json
import logging
import sys
import warnings
from pathlib import Path

import conftest  # noqa: F401
from model import CERTIFICATES, ETCD, Authority, Orders


def main(directory):
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    authority = Authority()
    orders = Orders(directory=Path(directory))
    secrets = {}

    def answer(ca="CA"):
        secrets["user"], secrets["tls"] = orders.answer(
            ca=ca, uris="https://10.0.0.1:2379,https://10.0.0.2:2379", status=None
        )

    def refuse(message):
        refusal = {"code": 4001, "message": message, "resolution": "use another certificate"}
        orders.changed(ETCD, version="v1", status=json.dumps([refusal]))

    steps = {
        "start": lambda: orders.pebble_ready(),
        "relate": lambda: orders.created(CERTIFICATES).created(ETCD),
        "certify": lambda: orders.certify(authority),
        "answer": answer,
        "refuse": refuse,
        "renew": lambda: orders.renew(authority),
        "revise": lambda ca: orders.revise(secrets["tls"], {"tls": "true", "tls-ca": ca}),
        "break": lambda: orders.broken(ETCD),
    }
    for line in sys.stdin:
        step, *arguments = line.rstrip("\n").split(" ", 1)
        steps[step](*arguments)
        print(f"{orders.state.unit_status.name} {orders.state.unit_status.message}".strip(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
