"""Bindings without the warm-up of alarms, whichever are installed: an app declares the same on all of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from northsouth.alerts.quiet import quiet_start


@contextmanager
def without_warm_up() -> Iterator[None]:
    """Hide the attribute that only newer bindings know."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(quiet_start.CloudwatchMetricAlarm, "put_warm_up_configuration", raising=False)
        yield
