"""Dashboards of alarms and metrics, for CloudWatch and for Grafana."""

from typing import TYPE_CHECKING

from northsouth import bindings
from northsouth.alerts.dashboards.board import Board, Graph, Limit, PromQuery, Section, Text
from northsouth.exports import lazy

bindings.install()

if TYPE_CHECKING:
    from northsouth.alerts.dashboards.dashboard import Dashboard

__getattr__, __dir__ = lazy(__name__, {"Dashboard": "northsouth.alerts.dashboards.dashboard"})

__all__ = ["Board", "Dashboard", "Graph", "Limit", "PromQuery", "Section", "Text"]
