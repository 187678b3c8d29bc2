"""The keys of ``[alerts]`` are the packs' methods and their arguments, so that a table needs no code of its own."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields
from typing import Any, get_args

import pytest

from northsouth.alerts.packs import (
    AlarmsOnAlarms,
    ArchivalSuccess,
    CertificateAlarms,
    DnsAlarms,
    HandoffAlarms,
    KubernetesApiAlarms,
    LoadBalancerAlarms,
    LogArchiveAlarms,
    ManagedPrometheusAlarms,
    NatAlarms,
    SilentClusters,
)
from northsouth.alerts.packs.pack import Pack
from northsouth.alerts.routes import receivers
from northsouth.stacks import alert_settings as settings
from northsouth.stacks.alert_settings import AlarmSection
from northsouth.stacks.route_settings import RoutesSection
from northsouth.stacks.section import Section

TABLES: dict[type[Section], tuple[type[Pack], ...]] = {
    settings.NatAlarmsSection: (NatAlarms,),
    settings.ArchiveAlarmsSection: (LogArchiveAlarms,),
    settings.ArchivalSection: (ArchivalSuccess,),
    settings.KubernetesSection: (KubernetesApiAlarms,),
    settings.LoadBalancerSection: (LoadBalancerAlarms, CertificateAlarms),
    settings.HandoffSection: (HandoffAlarms,),
    settings.DnsAlarmsSection: (DnsAlarms,),
    settings.MetaSection: (AlarmsOnAlarms,),
    settings.ManagedPrometheusSection: (ManagedPrometheusAlarms,),
}
RENAMED = {"heartbeats": "heartbeat"}
GIVEN_BY_THE_STACK = {"names", "requests"}
"""Keys that the stack turns into other arguments."""
NOT_OFFERED = {
    "AlarmsOnAlarms": {"failed_invocations"},
    "DnsAlarms": {"blocked"},
    "CertificateAlarms": {"expiry"},
}
"""Alarms on what an environment file cannot declare, and the one that has a section of its own."""


def alarms_of(table: type[Section]) -> dict[str, type[AlarmSection]]:
    """Return the models of a table's alarms by key."""
    found: dict[str, type[AlarmSection]] = {}
    for name, field in table.model_fields.items():
        for candidate in (field.annotation, *get_args(field.annotation)):
            if isinstance(candidate, type) and issubclass(candidate, AlarmSection):
                found[name] = candidate
    return found


def method(table: type[Section], key: str) -> Callable[..., Any]:
    name = RENAMED.get(key, key)
    return next(getattr(pack, name) for pack in TABLES[table] if hasattr(pack, name))


CASES = [(table, key, model) for table in TABLES for key, model in alarms_of(table).items()]


@pytest.mark.parametrize(("table", "key", "model"), CASES, ids=lambda case: getattr(case, "__name__", case))
def test_the_keys_of_an_alarm_are_arguments(table: type[Section], key: str, model: type[AlarmSection]) -> None:
    known = inspect.signature(method(table, key)).parameters
    assert set(model.model_fields) - GIVEN_BY_THE_STACK <= set(known)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_every_alarm_of_a_pack_can_be_asked_for(table: type[Section]) -> None:
    offered = {RENAMED.get(key, key) for key in alarms_of(table)}
    for pack in TABLES[table]:
        methods = {name for name, value in vars(pack).items() if inspect.isfunction(value) and name[0] != "_"}
        assert methods - NOT_OFFERED.get(pack.__name__, set()) <= offered


def test_the_keys_of_the_packs_without_methods() -> None:
    assert set(settings.SilentClustersSection.model_fields) <= set(
        inspect.signature(SilentClusters.__init__).parameters
    )
    assert set(settings.ExpiryAlarm.model_fields) <= set(inspect.signature(CertificateAlarms.expiry).parameters)


@pytest.mark.parametrize("kind", receivers.KINDS)
def test_the_keys_of_a_receiver_are_its_arguments(kind: str) -> None:
    table = get_args(RoutesSection.model_fields[kind].annotation)[1]
    arguments = {field.name for field in fields(receivers.kind(kind))} - {"name"}
    assert set(table.model_fields) - {"severities"} == arguments


def test_every_kind_of_receiver_can_be_asked_for() -> None:
    assert set(receivers.KINDS) == set(RoutesSection.model_fields) - {"label", "kms_key_arn", "topics"}
