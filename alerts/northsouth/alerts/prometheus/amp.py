"""What Amazon Managed Service for Prometheus refuses; pure.

Quotas are those of prometheus/latest/userguide/AMP_quotas.html, names those of the API reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from northsouth.alerts.prometheus.durations import seconds
from northsouth.alerts.prometheus.rendering import max_bytes, rule_file
from northsouth.alerts.prometheus.rule_checks import group_problems
from northsouth.alerts.prometheus.rules import AlertRule, Rule, RuleGroup
from northsouth.alerts.prometheus.selectors import LABEL_NAME
from northsouth.egress.flow_logs import RETENTION_DAYS
from northsouth.errors import Problem
from northsouth.tokens import is_token

SOURCE = "https://docs.aws.amazon.com/prometheus/latest/userguide/AMP_quotas.html"
NAMESPACE_SOURCE = "https://docs.aws.amazon.com/prometheus/latest/APIReference/API_CreateRuleGroupsNamespace.html"
MAX_RULES = 2000
"""Rules in a workspace; can be raised on request."""
MAX_FILE_BYTES = 1_000_000
MIN_INTERVAL_SECONDS = 30
MAX_RETENTION_DAYS = 1095
_NAMESPACE = re.compile(r"[0-9A-Za-z][-.0-9A-Z_a-z]{0,127}")
_MAX_PATH_BYTES = 721
# `${1}` and `${name}` are what label_replace inserts; a reference of Terraform has a dot or a bracket.
_TEMPLATE = re.compile(r"(?<!\$)\$\{\w+\}|(?<!%)%\{")


class Workspace(Protocol):
    """A workspace, made here or elsewhere."""

    @property
    def workspace_id(self) -> str:
        """Its id: ``ws-…``."""

    @property
    def arn(self) -> str:
        """Its ARN; empty if it was not given."""


@dataclass(frozen=True, slots=True)
class ExistingWorkspace:
    """A workspace that exists already.

    Attributes:
        workspace_id: its id: ``ws-…``.
        arn: its ARN, which only the alert manager's topic policy needs.

    """

    workspace_id: str
    arn: str = ""


@dataclass(frozen=True, slots=True)
class SeriesLimit:
    """How many active series with certain labels a workspace takes in.

    Attributes:
        labels: a series must have all of these labels: ``{"cluster": "dev"}``.
        max_series: the largest number of series. With 0, AWS only counts them, as CloudWatch metrics.

    """

    labels: Mapping[str, str]
    max_series: int


def namespace_problems(
    namespaces: Mapping[str, Sequence[RuleGroup]], *, max_rules: int = MAX_RULES
) -> Iterator[Problem]:
    """Yield everything that is wrong with the rules of a workspace.

    Args:
        namespaces: the groups of each namespace by its name.
        max_rules: how many rules the workspace takes.

    """
    if not namespaces:
        yield Problem("namespaces", "none", "rules are kept in namespaces", "Give one.")
    total = sum(len(group.rules) for groups in namespaces.values() for group in groups)
    if total > max_rules:
        fix = "Ask AWS for more and say so with max_rules=, or use another workspace."
        yield Problem("namespaces", f"{total} rules", f"a workspace takes {max_rules}", fix, SOURCE)
    for name, groups in namespaces.items():
        for problem in (*_name_problems(name), *_file_problems(name, groups)):
            yield problem.within(f"namespaces[{name!r}]")


def _name_problems(name: str) -> Iterator[Problem]:
    if not _NAMESPACE.fullmatch(name):
        allowed = "a name is of 1 to 128 letters, digits, - . and _, and begins with a letter or digit"
        yield Problem("", repr(name), allowed, "Rename the namespace.", NAMESPACE_SOURCE)


def _file_problems(name: str, groups: Sequence[RuleGroup]) -> Iterator[Problem]:
    wrong = list(group_problems(groups))
    yield from wrong
    for group in groups:
        yield from (problem.within(f"groups[{group.name!r}]") for problem in _group_problems(name, group))
    if wrong or max_bytes(groups) <= MAX_FILE_BYTES:
        return
    size = len(rule_file(groups).encode())
    if size > MAX_FILE_BYTES:
        fix = "Divide the groups among two namespaces."
        yield Problem("groups", f"{size:,} bytes of rules", f"a file has at most {MAX_FILE_BYTES:,}", fix, SOURCE)


def _group_problems(name: str, group: RuleGroup) -> Iterator[Problem]:
    interval = seconds(group.interval) if group.interval else None
    if interval is not None and 0 < interval < MIN_INTERVAL_SECONDS:
        allowed = f"rules are evaluated every {MIN_INTERVAL_SECONDS} s at most"
        yield Problem("interval", repr(group.interval), allowed, "Write 30s or more; the default is 1m.", SOURCE)
    path = len(name.encode()) + len(group.name.encode())
    if path > _MAX_PATH_BYTES:
        allowed = f"namespace and group have at most {_MAX_PATH_BYTES} together"
        yield Problem("name", f"{path} bytes", allowed, "Shorten the group's name.", NAMESPACE_SOURCE)
    if group.query_offset is not None:
        allowed = "the offset is set for a whole workspace, and Terraform's provider 5.100 does not know it"
        yield Problem("query_offset", repr(group.query_offset), allowed, "Use offset in the expressions.")
    for rule in group.rules:
        for template in dict.fromkeys(_TEMPLATE.findall("\n".join([*group.labels.values(), *_texts(rule)]))):
            allowed = "Terraform would take it for its own template"
            fix = "Write $1 without braces, or $${name}; %% before {."
            yield Problem(f"rules[{rule.name!r}]", repr(template), allowed, fix)


def _texts(rule: Rule) -> list[str]:
    """Return every text of a rule that may hold more than a name."""
    further = rule.all_annotations if isinstance(rule, AlertRule) else {}
    return [rule.expr, *rule.labels.values(), *further.values()]


def workspace_problems(
    *,
    alias: str | None,
    log_retention_days: int | None,
    retention_days: int | None,
    series_limits: Sequence[SeriesLimit],
) -> Iterator[Problem]:
    """Yield what is wrong with a workspace."""
    if alias is not None and not is_token(alias) and not 1 <= len(alias) <= 100:
        yield Problem("alias", f"{len(alias)} characters", "an alias has 1 to 100", "Give a shorter one.")
    if log_retention_days not in (None, 0, *RETENTION_DAYS) and not is_token(log_retention_days):
        allowed = f"CloudWatch Logs keeps events for one of {', '.join(map(str, sorted(RETENTION_DAYS)))} days"
        yield Problem("log_retention_days", repr(log_retention_days), allowed, "Write one of them; 0 keeps for ever.")
    if retention_days is not None and not is_token(retention_days) and not 1 <= retention_days <= MAX_RETENTION_DAYS:
        allowed = f"samples are kept for 1 to {MAX_RETENTION_DAYS} days"
        yield Problem("retention_days", repr(retention_days), allowed, "The default of AWS is 150.", SOURCE)
    limited: list[Mapping[str, str]] = []
    for index, limit in enumerate(series_limits):
        where = f"series_limits[{index}]"
        for name, value in limit.labels.items():
            if not LABEL_NAME.fullmatch(name) or not value.strip():
                rule = "labels have a name of letters, digits and _, and a value"
                yield Problem(f"{where}.labels", f"{name}={value!r}", rule, "Correct it.")
        if limit.labels in limited:
            yield Problem(f"{where}.labels", repr(dict(limit.labels)), "labels are limited once", "Leave one out.")
        limited.append(limit.labels)
        if isinstance(limit.max_series, bool) or (not is_token(limit.max_series) and limit.max_series < 0):
            rule = "it is a number of series; 0 only counts"
            yield Problem(f"{where}.max_series", repr(limit.max_series), rule, "Write 0 or more.")
