"""Bindings with ``aws_cloudwatch_alarm_mute_rule``, whichever are installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from cdktf import TerraformProvider, TerraformResource
from constructs import Construct

from northsouth.alerts.mutes import mute_rule


class StandIn(TerraformResource):
    """The resource as newer bindings write it."""

    def __init__(
        self, scope: Construct, id: str, *, provider: TerraformProvider | None = None, **arguments: Any
    ) -> None:
        super().__init__(scope, id, terraform_resource_type="aws_cloudwatch_alarm_mute_rule", provider=provider)
        for argument, value in arguments.items():
            if value is not None:
                self.add_override(argument, value)


STAND_IN = SimpleNamespace(
    CloudwatchAlarmMuteRule=StandIn,
    CloudwatchAlarmMuteRuleRule=dict,
    CloudwatchAlarmMuteRuleRuleSchedule=dict,
    CloudwatchAlarmMuteRuleMuteTargets=dict,
)


@contextmanager
def with_mute_rules() -> Iterator[None]:
    """Let `MuteRule` use the installed bindings if they know the resource, and else a stand-in for it."""
    bindings = mute_rule._bindings() or STAND_IN
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mute_rule, "_bindings", lambda: bindings)
        yield


@contextmanager
def without_mute_rules() -> Iterator[None]:
    """Let `MuteRule` meet bindings that do not know the resource."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mute_rule, "_bindings", lambda: None)
        yield
