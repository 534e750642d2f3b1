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
"""Runs a hook of a charm that is written with charms.reactive; Juju's environment variables say which."""

import sys
import warnings

warnings.simplefilter("ignore")
# Hooks leave nothing in the directory of the charm
sys.dont_write_bytecode = True

import charmhelpers.osplatform  # noqa: E402

# It refuses to be imported elsewhere; nothing here depends on it
charmhelpers.osplatform.get_platform = lambda: "ubuntu"

from charms.reactive import main  # noqa: E402

main()
