"""A first hour without noise: new alarms notify when their first data are good, or after a while."""

from typing import TYPE_CHECKING

from northsouth import bindings
from northsouth.exports import lazy

bindings.install()

if TYPE_CHECKING:
    from northsouth.alerts.quiet.quiet_start import QuietStart

__getattr__, __dir__ = lazy(__name__, {"QuietStart": "northsouth.alerts.quiet.quiet_start"})

__all__ = ["QuietStart"]
