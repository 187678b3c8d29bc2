"""Maintenance windows: times in which alarms notify nobody."""

from typing import TYPE_CHECKING

from northsouth import bindings
from northsouth.exports import lazy

bindings.install()

if TYPE_CHECKING:
    from northsouth.alerts.mutes.mute_rule import MuteRule

__getattr__, __dir__ = lazy(__name__, {"MuteRule": "northsouth.alerts.mutes.mute_rule"})

__all__ = ["MuteRule"]
