"""Rules on hosts, on the metrics of node_exporter; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from northsouth.alerts.prometheus.packs import hosts_disks, hosts_links, hosts_load
from northsouth.alerts.prometheus.packs.hosts_parameters import HostParameters
from northsouth.alerts.prometheus.rules import RuleGroup
from northsouth.alerts.prometheus.selectors import example
from northsouth.alerts.prometheus.testing import RuleTest

_PARTS = (hosts_load, hosts_disks, hosts_links)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRules(HostParameters):
    """Rules on processors, memory, clocks, disks and network of hosts that run node_exporter (1.0 or newer).

    :class:`~northsouth.alerts.prometheus.packs.hosts_parameters.HostParameters` describes the parameters.

    Raises:
        ConfigurationError: with everything that is wrong with the parameters.

    """

    @property
    def name(self) -> str:
        """The pack's name."""
        return "hosts"

    def groups(self) -> Sequence[RuleGroup]:
        """Return the rules."""
        return [RuleGroup(self.name, [rule for part in _PARTS for rule in part.rules(self)], interval=self.interval)]

    def tests(self) -> Sequence[RuleTest]:
        """Return the tests of each rule."""
        labels = {"job": "node", "instance": "10.0.0.1:9100", **example(self.match)}
        return [test for part in _PARTS for test in part.tests(self, labels)]
