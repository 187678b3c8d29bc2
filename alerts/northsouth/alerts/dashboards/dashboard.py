"""One CloudWatch dashboard of what is declared, and the same for Grafana."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TypeAlias
from weakref import WeakKeyDictionary

from cdktf import TerraformProvider, TerraformStack
from cdktf_cdktf_provider_aws.cloudwatch_dashboard import CloudwatchDashboard
from constructs import Construct

from northsouth.alerts.alarm import Alarm, declared_in, provider_key
from northsouth.alerts.composite import CompositeAlarm
from northsouth.alerts.dashboards import cloudwatch, grafana
from northsouth.alerts.dashboards.board import Graph, Shown, Text, board_of, common_prefix
from northsouth.alerts.packs.pack import AnyAlarm, Pack
from northsouth.errors import Problem, refuse

Alarms: TypeAlias = AnyAlarm | Pack

_NAMES: WeakKeyDictionary[TerraformStack, set[tuple[str, str]]] = WeakKeyDictionary()


class Dashboard(Construct):
    """A CloudWatch dashboard of alarms, by default of all of a stack, and the same for Grafana.

    Each section has the alarms' states, each alarm's metrics with its threshold, more graphs, and the runbooks.

    Example::

        Dashboard(
            self, "dashboard", name="edge", region="us-east-1",
            alarms={"NAT": [nat_alarms], "Serving": [serving, checkout_alarm]},
            graphs={"Serving": [Graph.of("Requests", requests)]},
        )

    Attributes:
        resource: the ``aws_cloudwatch_dashboard``.
        board: what it shows.
        grafana: the same as Grafana's JSON; give it to a ``grafana_dashboard`` as its ``config_json``, or to an output.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        region: str,
        alarms: Mapping[str, Iterable[Alarms]] | None = None,
        graphs: Mapping[str, Iterable[Graph]] | None = None,
        texts: Mapping[str, Iterable[Text]] | None = None,
        title: str | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        """Declare the dashboard.

        Args:
            scope: where it belongs.
            id: its name within ``scope``.
            name: its name in CloudWatch: letters, digits, hyphens and underscores. Dashboards of an account are global:
                one of the same name is replaced without a word.
            region: the Region of the alarms and metrics.
            alarms: alarms and packs of them, by section; if not given, all of this stack under the same provider, in a
                section for each construct that has some. Declare the dashboard after them.
            graphs: more graphs, by section.
            texts: more texts, by section.
            title: its title in Grafana; the name if not given.
            provider: the Region and account to declare it in.

        Raises:
            ConfigurationError: with every problem of the declaration.

        """
        super().__init__(scope, id)
        chosen = _all(self, provider) if alarms is None else alarms
        alarms_by_section = {section: _shown_alarms(alarms) for section, alarms in chosen.items()}
        self.board = board_of(title or name, alarms_by_section, graphs or {}, texts or {})
        names = _NAMES.setdefault(TerraformStack.of(self), set())
        key = (provider_key(provider), name)
        name_problems = [_duplicate_name(name)] if key in names else []
        refuse(
            f"Dashboard {id!r}", cloudwatch.name_problems(name), name_problems, cloudwatch.board_problems(self.board)
        )
        names.add(key)
        self.grafana: str = json.dumps(grafana.dashboard(self.board, uid=grafana.uid_of(name), region=region))
        self.resource = CloudwatchDashboard(
            self,
            "dashboard",
            dashboard_name=name,
            dashboard_body=json.dumps(cloudwatch.body(self.board, region)),
            provider=provider,
        )


def _duplicate_name(name: str) -> Problem:
    rule = "another dashboard of this stack has it, and PutDashboard silently replaces one of the same name"
    return Problem("name", repr(name), rule, "Give one of them another name=.")


def _all(dashboard: Construct, provider: TerraformProvider | None) -> dict[str, list[AnyAlarm]]:
    """Return the stack's alarms by the path of what they belong to, without the part that all paths share."""
    declared = declared_in(dashboard, provider)
    owners = {owner for owner, _ in declared}
    shared = common_prefix([f"{owner}/" for owner in owners], "/")
    sections: dict[str, list[AnyAlarm]] = {}
    for owner, alarm in declared:
        if isinstance(alarm, Alarm | CompositeAlarm):
            sections.setdefault(owner[len(shared) :] or "Alarms", []).append(alarm)
    return sections


def _shown_alarms(alarms_or_packs: Iterable[Alarms]) -> list[Shown]:
    """Return each alarm once."""
    by_name: dict[str, AnyAlarm] = {}
    for alarm_or_pack in alarms_or_packs:
        for alarm in alarm_or_pack.alarms.values() if isinstance(alarm_or_pack, Pack) else [alarm_or_pack]:
            by_name.setdefault(alarm.name, alarm)
    return [
        Shown(
            name=alarm.name,
            arn=alarm.arn,
            severity=alarm.severity,
            summary=alarm.summary,
            runbook=alarm.runbook,
            condition=alarm.condition if isinstance(alarm, Alarm) else None,
        )
        for alarm in by_name.values()
    ]
