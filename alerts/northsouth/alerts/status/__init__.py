"""A status page for customers that keeps itself up to date."""

from typing import TYPE_CHECKING

from northsouth import bindings
from northsouth.exports import lazy

bindings.install()

if TYPE_CHECKING:
    from northsouth.alerts.status.component import Component
    from northsouth.alerts.status.status_page import StatusPage

__getattr__, __dir__ = lazy(
    __name__,
    {
        "Component": "northsouth.alerts.status.component",
        "StatusPage": "northsouth.alerts.status.status_page",
    },
)

__all__ = ["Component", "StatusPage"]
