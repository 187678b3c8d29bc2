"""Rules on the network links of hosts: full, or losing packets; pure."""

from __future__ import annotations

from northsouth.alerts.meaning import Severity
from northsouth.alerts.prometheus.packs.hosts_parameters import WINDOW, HostParameters
from northsouth.alerts.prometheus.packs.parameters import fraction, page
from northsouth.alerts.prometheus.packs.thresholds import SCENARIO, Probe, threshold_test
from northsouth.alerts.prometheus.rules import AlertRule
from northsouth.alerts.prometheus.selectors import NotLike, selector
from northsouth.alerts.prometheus.templates import label
from northsouth.alerts.prometheus.testing import RuleTest
from northsouth.alerts.prometheus.timelines import number
from northsouth.metrics.dimensions import COUNT, SECOND
from northsouth.metrics.units import bytes_per_second, quantity

NO_LINKS = "lo|veth.*|cali.*|docker.*|br-.*|cni.*|eni.*"
"""Devices that are not the host's way out."""

_DEVICE = f"{label('device', 'A device')} of {label('instance', 'a host')}"
_ETH0 = {"device": "eth0"}
_CONTAINER = {"device": "veth1"}
_SPEED = 1e9
"""Bytes a second that a link of the tests carries."""
_DIRECTIONS = ("transmit", "receive")


def rules(pack: HostParameters) -> list[AlertRule]:
    """Return the alerts."""
    return [network(pack), errors(pack)]


def tests(pack: HostParameters, labels: dict[str, str]) -> list[RuleTest]:
    """Return the tests of each; ``labels`` are those of a host."""
    return [test(pack, labels, direction) for test in (_links_test, _errors_test) for direction in _DIRECTIONS]


def network(pack: HostParameters) -> AlertRule:
    """Return the alert on a link in use."""
    return AlertRule(
        alert="HostNetworkSaturated",
        expr=f"""
            {_link(pack, "transmit")}
              or
            {_link(pack, "receive")}
        """,
        for_=pack.network_for,
        keep_firing_for=pack.keep_for,
        severity=Severity.WARNING,
        summary=f"{_DEVICE} is {{{{ $value | humanizePercentage }}}} in use",
        description="Packets queue and are dropped: what goes over this link is slower and fails more often.",
        runbook=page(pack.runbook, "HostNetworkSaturated"),
    )


def errors(pack: HostParameters) -> AlertRule:
    """Return the alert on a link whose packets are damaged."""
    return AlertRule(
        alert="HostNetworkErrors",
        expr=f"""
            {_damaged(pack, "transmit")}
              or
            {_damaged(pack, "receive")}
        """,
        for_=pack.network_for,
        keep_firing_for=pack.keep_for,
        severity=Severity.WARNING,
        summary=f"{_DEVICE} loses {{{{ $value | humanizePercentage }}}} of its packets to errors",
        description="A cable, a port, a driver or a setting of the link: what goes over it is sent again and slow.",
        runbook=page(pack.runbook, "HostNetworkErrors"),
    )


def _damaged(pack: HostParameters, direction: str) -> str:
    links = {**pack.match, "device": NotLike(NO_LINKS)}
    errs, packets = (
        f"rate({selector(f'node_network_{direction}_{counter}_total', links, WINDOW)})"
        for counter in ("errs", "packets")
    )
    floor = number(quantity(pack.network_errors_floor).number_in(COUNT / SECOND))
    return f"({errs} / {packets} > {number(fraction(pack.network_errors_over))} and {errs} > {floor})"


def _link(pack: HostParameters, direction: str) -> str:
    links = {**pack.match, "device": NotLike(NO_LINKS)}
    rate = f"rate({selector(f'node_network_{direction}_bytes_total', links, WINDOW)})"
    if pack.network_capacity is not None:
        carries = number(quantity(pack.network_capacity).number_in(bytes_per_second(1).unit))
    else:
        carries = f"({selector('node_network_speed_bytes', links)} > 0)"
    return f"({rate} / {carries} > {number(fraction(pack.network_over))})"


def _links_test(pack: HostParameters, labels: dict[str, str], direction: str) -> RuleTest:
    capacity = pack.network_capacity
    speed = _SPEED if capacity is None else quantity(capacity).number_in(bytes_per_second(1).unit)
    edge = 60 * speed * fraction(pack.network_over)

    def link(names: dict[str, str]) -> list[Probe]:
        return [
            Probe(f"node_network_{direction}_bytes_total", edge / 2, edge * 0.999, edge * 1.01, names, grows=True),
            Probe.steady("node_network_speed_bytes", speed, names),
        ]

    return threshold_test(
        network(pack),
        f"a link that is full ({direction})",
        link(_ETH0),
        by=SCENARIO,
        labels=labels,
        kept_labels=_ETH0,
        ignored=[link(_CONTAINER)],
        lag=WINDOW,
    )


def _errors_test(pack: HostParameters, labels: dict[str, str], direction: str) -> RuleTest:
    """Judge links, one with so little traffic that an error says nothing, and one of a container."""
    share = fraction(pack.network_errors_over)
    most = 4 * 60 * quantity(pack.network_errors_floor).number_in(COUNT / SECOND)

    def link(names: dict[str, str], errs: float) -> list[Probe]:
        metric = f"node_network_{direction}"
        return [
            Probe(f"{metric}_errs_total", errs / 50, errs * 0.999, errs * 1.01, names, grows=True),
            Probe(f"{metric}_packets_total", errs / share, errs / share, errs / share, names, grows=True),
        ]

    return threshold_test(
        errors(pack),
        f"a link that loses packets to errors ({direction})",
        link(_ETH0, most),
        by=SCENARIO,
        labels=labels,
        kept_labels=_ETH0,
        ignored=[link(_ETH0, most / 5), link(_CONTAINER, most)],
        lag=WINDOW,
    )
