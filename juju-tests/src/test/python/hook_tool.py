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
"""Juju's hook tools over a model in a file: hook_tool.py TOOL ARGUMENTS, for the unit JUJU_UNIT_NAME of JUJU_MODEL.

Each call is recorded in the file calls: tool, arguments, the modes of the files that they name, and which environment
variables hold what looks like a secret.
"""

import argparse
import json
import os
import re
import sys
from pathlib import Path

from juju_model import Model, application_of, open_model

UNIT = os.environ.get("JUJU_UNIT_NAME", "")
APPLICATION = application_of(UNIT)
SILENT = ("juju-log", "status-set", "application-version-set")
SUSPICIOUS = re.compile(r"-----BEGIN|s3cr3t")


class ToolError(Exception):
    """What Juju says on stderr, with exit code 1."""


def record(tool, arguments):
    files = [argument.split("#file=", 1)[1] for argument in arguments if "#file=" in argument]
    files += [value for value in arguments if os.path.isabs(value) and os.path.isfile(value)]
    call = {
        "unit": UNIT,
        "tool": tool,
        "arguments": arguments,
        "modes": {file: oct(os.stat(file).st_mode & 0o777) for file in files if os.path.exists(file)},
        "suspicious": [name for name, value in os.environ.items() if SUSPICIOUS.search(value)],
    }
    with open(Path(os.environ["JUJU_MODEL"]) / "calls", "a") as calls:
        calls.write(json.dumps(call) + "\n")


def parser(*options):
    result = argparse.ArgumentParser(add_help=False)
    result.add_argument("--format", default="smart")
    for names, settings in options:
        result.add_argument(*names, **settings)
    result.add_argument("rest", nargs="*")
    return result


RELATION = (("-r", "--relation"), {"default": os.environ.get("JUJU_RELATION_ID", "")})
APP = (("--app",), {"action": "store_true"})
LABEL = (("--label",), {})


def answer(value, output_format):
    if output_format == "json":
        print(json.dumps(value))
    elif isinstance(value, list):
        print("\n".join(value))
    elif isinstance(value, bool):
        print(str(value))
    elif isinstance(value, dict):
        print("\n".join(f"{key}: {json.dumps(text)}" for key, text in value.items()))
    elif value is not None:
        print(value)


def number(relation):
    return relation.rsplit(":", 1)[-1]


def relation_of(model, given):
    try:
        return model.relation(number(given), APPLICATION)
    except KeyError as error:
        raise ToolError(f'invalid value "{given}" for option -r: relation not found') from error


def require_leader(model, what):
    if not model.is_leader(UNIT):
        raise ToolError(f"{what}: permission denied, this unit is not the leader")


def relation_ids(model, arguments):
    given = parser().parse_args(arguments)
    name = given.rest[0] if given.rest else os.environ.get("JUJU_RELATION", "")
    ids = [f"{name}:{key}" for key, value in model.relations.items() if value["endpoints"].get(APPLICATION) == name]
    answer(ids, given.format)


def relation_list(model, arguments):
    given = parser(RELATION, APP).parse_args(arguments)
    relation = relation_of(model, given.relation)
    remote = Model.remote(relation, APPLICATION)
    answer(remote if given.app else Model.units(relation, remote), given.format)


def relation_get(model, arguments):
    given = parser(RELATION, APP).parse_args(arguments)
    relation = relation_of(model, given.relation)
    key, who = (given.rest + ["-", os.environ.get("JUJU_REMOTE_UNIT", "")])[:2] if len(given.rest) < 2 else given.rest
    if given.app:
        who = application_of(who)
        if who == APPLICATION:
            require_leader(model, "relation-get")
    databag = relation["databags"].get(who)
    if databag is None:
        raise ToolError(f'cannot read settings for "{who}": not found')
    answer(databag if key == "-" else databag.get(key), given.format)


def relation_set(model, arguments):
    if "--help" in arguments:
        print("Usage: relation-set [options] key=value ... --file --app")
        return
    given = parser(RELATION, APP, (("--file",), {})).parse_args(arguments)
    relation = relation_of(model, given.relation)
    if given.app:
        require_leader(model, "relation-set")
    values = dict(pair.split("=", 1) for pair in given.rest)
    if given.file:
        values = read_settings(sys.stdin.read() if given.file == "-" else Path(given.file).read_text()) | values
    databag = relation["databags"].setdefault(APPLICATION if given.app else UNIT, {})
    for key, value in values.items():
        if value == "":
            databag.pop(key, None)
        else:
            databag[key] = value


def read_settings(text):
    try:
        values = json.loads(text)
    except ValueError:
        # JSON is YAML, which takes longer to load
        import yaml

        values = yaml.safe_load(text)
    return {key: "" if value is None else str(value) for key, value in (values or {}).items()}


def is_leader(model, arguments):
    answer(model.is_leader(UNIT), parser().parse_args(arguments).format)


def content_of(pairs):
    content = {}
    for pair in pairs:
        key, value = pair.split("=", 1)
        if key.endswith("#file"):
            key, value = key[: -len("#file")], Path(value).read_text()
        if not re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", key) or len(key) < 3:
            raise ToolError(f'invalid key "{key}"')
        content[key] = value
    return content


def owned(model, uri):
    secret = model.secret(uri)
    if secret is None:
        raise ToolError(f'secret "{uri}" not found')
    if secret["owner"] != APPLICATION or not model.is_leader(UNIT):
        raise ToolError("permission denied")
    return secret


def secret_add(model, arguments):
    given = parser(LABEL, (("--owner",), {"default": "application"}), (("--description",), {})).parse_args(arguments)
    require_leader(model, "secret-add")
    if given.label and model.find_secret(UNIT, given.label):
        raise ToolError(f'secret with label "{given.label}" already exists')
    content = content_of(given.rest)
    if not content:
        raise ToolError("missing secret value or filename")
    print("secret:" + model.add_secret(APPLICATION, given.label, content))


def secret_set(model, arguments):
    given = parser(LABEL, (("--owner",), {}), (("--description",), {})).parse_args(arguments)
    secret = owned(model, given.rest[0])
    content = content_of(given.rest[1:])
    if given.label:
        secret["label"] = given.label
    # Nothing new is no revision
    if content and content != secret["revisions"][-1]:
        secret["revisions"].append(content)


def secret_grant(model, arguments):
    given = parser(RELATION, (("--unit",), {})).parse_args(arguments)
    relation = relation_of(model, given.relation)
    owned(model, given.rest[0])["grants"][number(given.relation)] = Model.remote(relation, APPLICATION)


def secret_get(model, arguments):
    given = parser(
        LABEL, (("--refresh",), {"action": "store_true"}), (("--peek",), {"action": "store_true"})
    ).parse_args(arguments)
    uri = given.rest[0] if given.rest else model.find_secret(UNIT, given.label)
    secret = model.secret(uri) if uri else None
    if secret is None:
        raise ToolError(f'secret "{uri or given.label}" not found')
    if not model.may_read(UNIT, secret):
        raise ToolError("permission denied")
    latest = len(secret["revisions"])
    if secret["owner"] == APPLICATION:
        if given.refresh:
            raise ToolError("secret owner cannot use --refresh")
        if given.rest and given.label:
            raise ToolError("either URI or label should be used for getting an owned secret but not both")
        revision = latest
    else:
        reader = secret["readers"].setdefault(UNIT, {"label": None, "revision": latest})
        if given.rest and given.label:
            reader["label"] = given.label
        if given.refresh:
            reader["revision"] = latest
        revision = latest if given.peek else reader["revision"]
    content = secret["revisions"][revision - 1]
    key = given.rest[1] if len(given.rest) > 1 else None
    answer(content[key] if key else content, given.format)


def secret_info_get(model, arguments):
    given = parser(LABEL).parse_args(arguments)
    identifier = given.rest[0].rsplit("/", 1)[-1].removeprefix("secret:") if given.rest else None
    identifier = identifier or model.find_secret(UNIT, given.label)
    secret = model.secrets.get(identifier)
    if secret is None or secret["owner"] != APPLICATION:
        raise ToolError(f'secret "{identifier or given.label}" not found')
    info = {
        "revision": len(secret["revisions"]),
        "label": secret["label"],
        "owner": "application",
        "rotation": "never",
        "access": [
            {"target": f"application-{granted}", "scope": f"relation-{key}", "role": "view"}
            for key, granted in secret["grants"].items()
        ],
    }
    answer({identifier: info}, given.format)


def secret_ids(model, arguments):
    given = parser().parse_args(arguments)
    answer([key for key, value in model.secrets.items() if value["owner"] == APPLICATION], given.format)


def secret_remove(model, arguments):
    given = parser((("--revision",), {})).parse_args(arguments)
    owned(model, given.rest[0])
    if not given.revision:
        del model.secrets[given.rest[0].rsplit("/", 1)[-1].removeprefix("secret:")]


def config_get(model, arguments):
    print("{}")


TOOLS = {
    name.replace("_", "-"): tool
    for name, tool in globals().copy().items()
    if name.split("_")[0] in ("relation", "secret", "is", "config") and name not in ("relation_of",) and callable(tool)
}


def main(tool, *arguments):
    record(tool, list(arguments))
    if tool in SILENT:
        return 0
    try:
        with open_model(os.environ["JUJU_MODEL"]) as model:
            TOOLS[tool](model, list(arguments))
        return 0
    except ToolError as error:
        print(f"ERROR {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
