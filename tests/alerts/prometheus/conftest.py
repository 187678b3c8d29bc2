from __future__ import annotations

import pytest

from northsouth.alerts.prometheus.promtool import PromtoolMissingError, find
from tests.harness.plugin import skip_or_fail
from tests.harness.provider import ToolMissing


@pytest.fixture(scope="session")
def promtool() -> str:
    """The path of promtool."""
    try:
        return find()
    except PromtoolMissingError as missing:
        skip_or_fail(ToolMissing(str(missing)))
        raise
