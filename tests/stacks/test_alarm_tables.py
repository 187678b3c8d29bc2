"""The keys of ``[alerts]`` are the arguments of the packs: all of them, but for those that the stack supplies."""

from __future__ import annotations

import inspect
from dataclasses import fields
from typing import Annotated, Any, get_args, get_origin

import pytest

from northsouth.alerts import packs
from northsouth.alerts.packs.pack import Pack
from northsouth.alerts.routes import receivers
from northsouth.alerts.tables import BROKEN, TableReader, parameters
from northsouth.errors import Problem
from northsouth.metrics import Metric
from northsouth.metrics.units import Quantity
from northsouth.stacks.alarm_tables import ALARM_TABLES, AlertsSection, LogEventsTable
from northsouth.stacks.loading import SPECIAL
from northsouth.stacks.routes import receiver_keys

ALARMS = [(table, key) for table, spec in ALARM_TABLES.items() for key in spec.alarms()]
METRIC = {"namespace": "Hub", "name": "Requests"}
RUNBOOK = "https://runbooks.example.com"


def read(table: dict[str, object]) -> tuple[AlertsSection, list[Problem]]:
    """Read ``[alerts]``."""
    reader = TableReader(SPECIAL)
    section = reader.value(AlertsSection, {"runbook": RUNBOOK, **table}, "alerts")
    assert section is not BROKEN
    return section, reader.problems


def test_every_pack_has_a_table() -> None:
    classes = {name for name in packs.__all__ if issubclass(getattr(packs, name), Pack)}
    assert {name for spec in ALARM_TABLES.values() for name in spec.packs} == classes


@pytest.mark.parametrize("table", ALARM_TABLES)
def test_every_argument_is_a_key_or_supplied(table: str) -> None:
    spec = ALARM_TABLES[table]
    for pack in (getattr(packs, name) for name in spec.packs):
        methods = {name: value for name, value in vars(pack).items() if inspect.isfunction(value) and name[0] != "_"}
        offered = dict(spec.alarms().values())
        assert spec.only or methods.keys() - spec.omitted.keys() <= offered.keys()
        for name, method in methods.items():
            supplied = {each.removeprefix(f"{name}.") for each in spec.supplied if each.startswith(f"{name}.")}
            assert supplied <= parameters(method).keys(), "supplied, and no argument"
            if name in offered:
                assert parameters(method).keys() - supplied <= offered[name].keys()


def test_the_table_of_log_events() -> None:
    keys = {"log_group" if field.name == "group" else field.name for field in fields(LogEventsTable)}
    assert keys == parameters(packs.LogEvents).keys() - {"scope", "id", "provider"}


@pytest.mark.parametrize(("table", "key"), ALARMS)
def test_every_quantity_has_a_kind(table: str, key: str) -> None:
    """By its default, or by its type: otherwise a time would be taken for a rate."""
    _, keys = ALARM_TABLES[table].alarms()[key]
    for name, parameter in keys.items():
        annotated = get_origin(parameter.hint) is Annotated and get_args(parameter.hint)[0] is Quantity
        if parameter.hint is Quantity:
            assert isinstance(parameter.default, Quantity), name
        elif annotated:
            assert isinstance(get_args(parameter.hint)[1], Quantity)


@pytest.mark.parametrize("kind", receivers.KINDS)
def test_the_keys_of_a_receiver_are_its_fields(kind: str) -> None:
    declared: Any = receivers.kind(kind)
    assert receiver_keys(declared).keys() == {field.name for field in fields(declared)} - {"name"} | {"severities"}


def test_arguments_become_what_the_packs_take() -> None:
    section, problems = read(
        {
            "nat": {"throughput": {"over": "2 Gbit/s", "of": 3}, "port_allocation_errors": {}},
            "meta": {"dead_letters": {"over": 5}, "heartbeats": {"watchdog": {"signal": METRIC}}},
            "load_balancers": {"hub": {"arn_suffix": "app/hub/1", "success_rate": {"fast": [3, 4], "slow": [20, 30]}}},
            "silent_clusters": {"heartbeats": {"a": METRIC}},
        }
    )
    assert problems == []
    nat, meta, [hub] = section.pack("nat"), section.pack("meta"), section.packs["load_balancers"]
    assert nat is not None
    assert [(alarm.method, alarm.path) for alarm in nat.alarms] == [
        ("throughput", "alerts.nat.throughput"),
        ("port_allocation_errors", "alerts.nat.port_allocation_errors"),
    ]
    assert {key: str(value) for key, value in nat.alarms[0].arguments.items()} == {"over": "2 Gbit/s", "of": "3"}
    assert meta is not None
    assert [(alarm.method, alarm.name, alarm.path) for alarm in meta.alarms] == [
        ("dead_letters", "", "alerts.meta.dead_letters"),
        ("heartbeat", "watchdog", "alerts.meta.heartbeats.watchdog"),
    ]
    assert str(meta.alarms[0].arguments["over"]) == "5"
    signal = Metric(namespace="Hub", name="Requests", statistic="Sum", unit="Count")
    assert meta.alarms[1].arguments == {"signal": signal}
    assert (hub.name, hub.arguments) == ("hub", {"arn_suffix": "app/hub/1"})
    assert hub.alarms[0].arguments == {"fast": (3, 4), "slow": (20, 30)}
    silent = section.pack("silent_clusters")
    assert silent is not None
    assert silent.arguments == {"heartbeats": {"a": signal}}


def test_what_cannot_be_read_is_reported_and_the_rest_is_kept() -> None:
    section, problems = read(
        {
            "nat": {"throughput": {"over": "2 min", "priod": 60}, "bandwidth": {"share": 80}, "dropped_packets": {}},
            "archive": {"stale": 5},
            "certificates": {"www": {}},
            "load_balancers": {"hub": {"arn_suffix": "app/hub/1", "success_rate": {"fast": [1]}}},
            "routes": {"email": {"oncall": {"severities": ["critical"]}}},
            "natt": {},
        }
    )
    assert [str(problem) for problem in problems] == [
        "alerts.natt: got the key 'natt'; there is no such key. Did you mean 'nat'?",
        "alerts.routes.email.oncall.address: got nothing; this key is required. Add it.",
        "alerts.nat.throughput.priod: got the key 'priod'; there is no such key. Did you mean 'period'?",
        (
            "alerts.nat.throughput.over: got '2 min'; this is a time, a threshold that is not a rate. "
            "Say over which time: 2 min/s, 2 min/h or 2 min/day."
        ),
        'alerts.nat.bandwidth.share: got 80; it is text with a unit. Write it as in "80%".',
        "alerts.archive.stale: got a number; it is a table. Write it in { }, or below [ ].",
        "alerts.load_balancers.hub.success_rate.fast: got a list of 1; it is a list of 2. Correct the list.",
        "alerts.certificates.www.certificate_arn: got nothing; this key is required. Add it.",
    ]
    nat = section.pack("nat")
    assert nat is not None
    assert [alarm.method for alarm in nat.alarms] == ["dropped_packets"]
    assert not section.routes.complete


@pytest.mark.parametrize("secret", ["hunter2", ["hunter2"], 71, {"stored": ["hunter2"]}, {"hunter": "hunter2"}])
@pytest.mark.parametrize("kind", ["slack_webhook", "pagerduty"])
def test_no_report_repeats_a_secret(kind: str, secret: object) -> None:
    for receiver in ({"severities": ["critical"], "secret": secret}, secret):
        _, problems = read({"routes": {kind: {"a": receiver}}})
        assert not [problem for problem in problems if "hunter2" in str(problem) or "71" in str(problem)]
