"""The tables of ``[alerts]``: a key is a method of a pack, and its table has the method's arguments.

:data:`ALARM_TABLES` holds all that a pack's signature cannot say: which arguments the stack supplies.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from northsouth.alerts import mutes, packs
from northsouth.alerts.tables import BROKEN, Parameter, TableReader, below, is_complete, parameters
from northsouth.metrics import Metric
from northsouth.stacks.routes import DeclaredRoutes, read_routes

_ALWAYS_SUPPLIED = {"scope", "id", "respond", "provider", "tags"}
"""Arguments of every pack's constructor that the stack supplies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEventsTable:
    """``[alerts.handoff.log]``: :class:`~northsouth.alerts.packs.LogEvents`."""

    group: str
    namespace: str
    events: Mapping[str, str]
    field: str = "event"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackTable:
    """How one table of ``[alerts]`` becomes a pack.

    Attributes:
        packs: names of classes in :mod:`northsouth.alerts.packs`. The keys are their methods, and the arguments of the
            first one's constructor.
        by_name: whether the table has one table for each pack, under a name that the user chooses.
        only: the one method that is called for each name of the table, in place of keys for methods.
        supplied: arguments that the stack supplies: of the constructor (``gateways``) or a method
            (``dead_letters.queue``).
        added: keys that are no arguments, with their types: of the table (``clusters``) or an alarm
            (``override_unused.names``). The stack makes arguments of them.
        repeated: by key, the method that is called for each name in the key's table.
        omitted: methods that a file cannot use, with the reason.

    """

    packs: tuple[str, ...]
    by_name: bool = False
    only: str = ""
    supplied: frozenset[str] = frozenset()
    added: Mapping[str, Any] = field(default_factory=dict)
    repeated: Mapping[str, str] = field(default_factory=dict)
    omitted: Mapping[str, str] = field(default_factory=dict)

    def constructor(self) -> Mapping[str, Parameter]:
        """Return the keys of the table that are not alarms."""
        if self.only:
            return {}
        return self._keys(parameters(getattr(packs, self.packs[0])), _ALWAYS_SUPPLIED | self.supplied, "")

    def alarms(self) -> Mapping[str, tuple[str, Mapping[str, Parameter]]]:
        """Return by key the method of each alarm and the keys of the alarm's table, in the order of the methods."""
        keys = {method: key for key, method in self.repeated.items()}
        return {keys.get(name, name): (name, self.arguments(name, method)) for name, method in self._methods()}

    def arguments(self, name: str, method: Callable[..., Any]) -> Mapping[str, Parameter]:
        """Return the keys of an alarm's table."""
        supplied = {argument.removeprefix(f"{name}.") for argument in self.supplied if argument.startswith(f"{name}.")}
        return self._keys(parameters(method), supplied, f"{name}.")

    def _methods(self) -> Iterator[tuple[str, Callable[..., Any]]]:
        for pack in self.packs:
            for name, value in vars(getattr(packs, pack)).items():
                is_chosen = name == self.only if self.only else not name.startswith("_") and name not in self.omitted
                if is_chosen and inspect.isfunction(value):
                    yield name, value

    def _keys(self, known: Mapping[str, Parameter], supplied: Collection[str], prefix: str) -> dict[str, Parameter]:
        """Return arguments without those that the stack supplies, and with the keys that are added below a prefix."""
        keys = {name: parameter for name, parameter in known.items() if name not in supplied}
        for name, hint in self.added.items():
            owner, _, key = name.rpartition(".")
            if owner == prefix.rstrip("."):
                keys[key] = hint if isinstance(hint, Parameter) else Parameter(hint)
        return keys


ALARM_TABLES: Mapping[str, PackTable] = {
    "nat": PackTable(packs=("NatAlarms",), supplied=frozenset({"gateways", "new_traffic"})),
    "egress": PackTable(
        packs=("EgressAlarms",),
        supplied=frozenset({"analysis", "traffic.name"}),
        repeated={"traffic": "traffic"},
    ),
    "archive": PackTable(
        packs=("LogArchiveAlarms",),
        supplied=frozenset({"archive", "source", "run", "period", "failed_runs.state_machine_arn"}),
    ),
    "archival": PackTable(packs=("ArchivalSuccess",), by_name=True),
    "opensearch": PackTable(packs=("OpenSearchAlarms",), by_name=True),
    "kubernetes": PackTable(
        packs=("KubernetesApiAlarms",), supplied=frozenset({"cluster"}), added={"clusters": list[str]}
    ),
    "silent_clusters": PackTable(packs=("SilentClusters",)),
    "load_balancers": PackTable(
        packs=("LoadBalancerAlarms", "CertificateAlarms"),
        by_name=True,
        supplied=frozenset(
            {
                "load_balancer",
                "unhealthy_hosts.name",
                "cold_start_storm.success_rate",
                "cold_start_storm.latency",
                "client_tls_errors.load_balancer",
                "target_tls_errors.load_balancer",
            }
        ),
        added={"arn_suffix": str, "cold_start_storm.requests": Metric},
        repeated={"unhealthy_hosts": "unhealthy_hosts"},
        omitted={"expiry": "it is in [alerts.certificates]"},
    ),
    "handoff": PackTable(packs=("HandoffAlarms",), added={"log": Parameter(LogEventsTable, None)}),
    "certificates": PackTable(packs=("CertificateAlarms",), only="expiry", supplied=frozenset({"expiry.name"})),
    "dns": PackTable(
        packs=("DnsAlarms",),
        supplied=frozenset({"override_unused.name", "override_unused.volume"}),
        added={"override_unused.names": list[str]},
        omitted={"blocked": "a file declares no blocked names"},
    ),
    "meta": PackTable(
        packs=("AlarmsOnAlarms",),
        supplied=frozenset(
            {
                "dead_letters.name",
                "dead_letters.queue",
                "failed_notifications.name",
                "failed_notifications.topic",
                "heartbeat.name",
            }
        ),
        repeated={"heartbeats": "heartbeat"},
        omitted={"failed_invocations": "a file declares no rules of EventBridge"},
    ),
    "prometheus": PackTable(
        packs=("ManagedPrometheusAlarms",),
        supplied=frozenset(
            {
                "workspace_id",
                "rules_stopped.namespace",
                "rules_stopped.group",
                "rules_failing.namespace",
                "rules_failing.group",
            }
        ),
    ),
}
"""The tables of ``[alerts]`` that declare alarms, by key."""


EVERY_ALARM = ("*",)
"""What a mute rule is for if its table names no alarms."""


def mute_keys() -> Mapping[str, Parameter]:
    """Return the keys of a table of ``[alerts.mutes]``: arguments of a mute rule, and the names of its alarms."""
    supplied = {"scope", "id", "alarms", "name", "provider", "tags"}
    keys = {key: parameter for key, parameter in parameters(mutes.MuteRule).items() if key not in supplied}
    return {**keys, "alarms": Parameter(list[str], EVERY_ALARM)}


@dataclass(frozen=True, slots=True)
class DeclaredAlarm:
    """One alarm of the file, or one mute rule.

    Attributes:
        method: the pack's method.
        path: where it is in the file.
        keys: the keys that its table may have.
        arguments: the values of its table.
        name: the user's name for it, if a method is called for several.

    """

    method: str
    path: str
    keys: frozenset[str]
    arguments: Mapping[str, Any]
    name: str = ""


@dataclass(frozen=True, slots=True)
class DeclaredPack:
    """One pack of the file.

    Attributes:
        path: where it is in the file.
        table: the keys of its table, with those that could not be read.
        keys: the keys that its table may have.
        arguments: the values of its table that are no alarms.
        alarms: its alarms, in the order of the pack's methods.
        name: the user's name for it, if there are several.

    """

    path: str
    table: frozenset[str]
    keys: frozenset[str]
    arguments: Mapping[str, Any]
    alarms: tuple[DeclaredAlarm, ...]
    name: str = ""

    def alarm(self, key: str) -> DeclaredAlarm | None:
        """Return the alarm of a key, if the file declares it."""
        return next((alarm for alarm in self.alarms if alarm.path == f"{self.path}.{key}"), None)

    def several(self, key: str) -> list[DeclaredAlarm]:
        """Return the alarms below a key that holds several by name."""
        return [alarm for alarm in self.alarms if alarm.path.startswith(f"{self.path}.{key}.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsSection:
    """``[alerts]``: the alarms, and who is notified.

    Attributes:
        runbook: the page that says what to do; each pack's own page is below it.
        routes: the receivers by severity.
        packs: the packs of alarms, by the key of their table.
        mutes: the times in which alarms notify nobody.
        quiet_start_minutes: how long new alarms without good data stay quiet; 0 declares no quiet start.

    """

    runbook: str
    routes: DeclaredRoutes
    packs: Mapping[str, Sequence[DeclaredPack]]
    mutes: Sequence[DeclaredAlarm] = ()
    quiet_start_minutes: int = 60

    def pack(self, table: str) -> DeclaredPack | None:
        """Return the pack of a table that holds one, if the file has that table."""
        return next(iter(self.packs.get(table, ())), None)

    @property
    def load_balancers(self) -> Mapping[str, DeclaredPack]:
        """The packs of ``[alerts.load_balancers]`` by name."""
        return {pack.name: pack for pack in self.packs.get("load_balancers", ())}


def read_alerts(reader: TableReader, value: object, path: str) -> Any:  # noqa: ANN401
    """Return the part of ``[alerts]`` that can be read. Report the rest."""
    table = reader.table(value, path)
    if table is None:
        return BROKEN
    own = {"runbook": Parameter(str), "quiet_start_minutes": Parameter(int, 60)}
    known = {**own, **dict.fromkeys(("routes", "mutes", *ALARM_TABLES), Parameter(Any, None))}
    tables = reader.arguments(known, table, path)
    routes = read_routes(reader, tables.get("routes", {}), below(path, "routes"))
    packs = {key: read_packs(reader, key, tables[key], below(path, key)) for key in ALARM_TABLES if key in tables}
    muted = reader.table(tables.get("mutes", {}), below(path, "mutes")) or {}
    muting = tuple(_read_several(reader, ("", mute_keys()), muted, below(path, "mutes"))) if muted else ()
    if "runbook" not in tables:
        return BROKEN
    arguments = {key: tables[key] for key in own if key in tables}
    return AlertsSection(routes=routes, packs=packs, mutes=muting, **arguments)


def read_packs(reader: TableReader, key: str, value: object, path: str) -> list[DeclaredPack]:
    """Return the packs of one table of ``[alerts]``; report and leave out what cannot be read.

    Args:
        reader: keeps the problems.
        key: the table's key.
        value: the table.
        path: its path.

    """
    spec, table = ALARM_TABLES[key], reader.table(value, path)
    if table is None:
        return []
    if not spec.by_name:
        return [_read_pack(reader, spec, table, path)]
    named = ((name, reader.table(part, below(path, name))) for name, part in table.items())
    return [
        replace(_read_pack(reader, spec, part, below(path, name)), name=name)
        for name, part in named
        if part is not None
    ]


def _read_pack(reader: TableReader, spec: PackTable, table: Mapping[str, object], path: str) -> DeclaredPack:
    constructor, methods = spec.constructor(), spec.alarms()
    if spec.only:
        named = tuple(_read_several(reader, methods[spec.only], table, path))
        return DeclaredPack(path, frozenset(table), frozenset(table), {}, named)
    # The reader reports every key that is neither an argument nor an alarm.
    known = {**constructor, **{key: Parameter(Any, None) for key in methods}}
    arguments = reader.arguments(known, table, path)
    alarms: list[DeclaredAlarm] = []
    for key, method in methods.items():
        below_key = reader.table(arguments.pop(key), below(path, key)) if key in arguments else None
        if below_key is not None and key in spec.repeated:
            alarms += _read_several(reader, method, below_key, below(path, key))
        elif below_key is not None:
            alarms += _read_alarm(reader, method, below_key, below(path, key))
    return DeclaredPack(path, frozenset(table), frozenset(known), arguments, tuple(alarms))


def _read_several(
    reader: TableReader, method: tuple[str, Mapping[str, Parameter]], table: Mapping[str, object], path: str
) -> Iterator[DeclaredAlarm]:
    for name, value in table.items():
        alarm_table = reader.table(value, below(path, name))
        if alarm_table is not None:
            yield from _read_alarm(reader, method, alarm_table, below(path, name), name)


def _read_alarm(
    reader: TableReader,
    method: tuple[str, Mapping[str, Parameter]],
    table: Mapping[str, object],
    path: str,
    name: str = "",
) -> Iterator[DeclaredAlarm]:
    """Yield the alarm, or nothing if a part of it cannot be read."""
    function, known = method
    arguments = reader.arguments(known, table, path)
    if is_complete(known, table, arguments):
        yield DeclaredAlarm(function, path, frozenset(known), arguments, name)


def read_metric(reader: TableReader, value: object, path: str) -> Any:  # noqa: ANN401
    """Return the metric that a table names: by default the sum of a count."""
    return reader.build(_metric, value, path)


def _metric(
    *,
    namespace: str,
    name: str,
    dimensions: Mapping[str, str] | None = None,
    statistic: str = "Sum",
    unit: str = "Count",
    account_id: str = "",
) -> Metric:
    """Return a metric that another program publishes. The pack chooses its period."""
    return Metric(
        namespace=namespace,
        name=name,
        statistic=statistic,
        unit=unit,
        dimensions=dimensions or {},
        account_id=account_id,
    )
