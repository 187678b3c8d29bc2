"""What holds in every test process: fast bindings, no deadline on a busy machine, the deploy fixtures."""

from __future__ import annotations

import hypothesis

from northsouth import bindings

bindings.install()

# A deadline measures the machine, not the code; timing has its own place, benchmarks/.
hypothesis.settings.register_profile("northsouth", deadline=None)
hypothesis.settings.register_profile("quick", deadline=None, max_examples=20)
hypothesis.settings.load_profile("northsouth")

pytest_plugins = ["tests.harness.plugin", "northsouth.testing.plugin"]
