"""The same rules for those who run their own: rule files, manifests, Mimir namespaces, Grafana dashboards; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from northsouth.alerts.dashboards import grafana
from northsouth.alerts.prometheus.board import board_of_rules
from northsouth.alerts.prometheus.rendering import document, group_value, rule_file
from northsouth.alerts.prometheus.rule_checks import group_problems
from northsouth.alerts.prometheus.rules import RuleGroup
from northsouth.errors import Problem, refuse
from northsouth.tokens import is_token

_KUBERNETES_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_MAX_KUBERNETES_NAME = 253
_KUBERNETES_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_MAX_LABEL = 63
_LABEL_TEXT = re.compile(r"[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?")


class Format(StrEnum):
    """Who reads the rules."""

    FILE = "file"
    """Prometheus, by ``rule_files``; also ``promtool check rules``."""
    PROMETHEUS_OPERATOR = "prometheus-operator"
    """The Prometheus Operator: a ``PrometheusRule`` of ``monitoring.coreos.com/v1``."""
    MIMIR = "mimir"
    """Mimir and Cortex: what ``mimirtool rules sync`` reads, a namespace and its groups."""
    GRAFANA = "grafana"
    """Grafana: a dashboard of what the alerts measure and which of them fire."""


def render(
    format: Format,
    name: str,
    groups: Sequence[RuleGroup],
    *,
    kubernetes_namespace: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> str:
    """Return the text of one file.

    Args:
        format: who reads it.
        name: the name of the manifest, or Mimir's namespace.
        groups: the rules.
        kubernetes_namespace: the namespace of the manifest; that of ``kubectl`` if not given.
        labels: labels of the manifest, by which the operator's ``ruleSelector`` finds it.

    Raises:
        ConfigurationError: with everything that is wrong with the rules.

    """
    refuse(f"rules {name!r}", group_problems(groups), _token_problems(groups))
    values = [group_value(group) for group in groups]
    return render_values(format, name, values, kubernetes_namespace=kubernetes_namespace, labels=labels)


def render_values(
    format: Format,
    name: str,
    groups: Sequence[Mapping[str, Any]],
    *,
    kubernetes_namespace: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> str:
    """Return the text of one file, of groups as a rule file holds them; arguments as of :func:`render`."""
    if format is Format.MIMIR:
        return document({"namespace": name, "groups": list(groups)})
    if format is Format.GRAFANA:
        board = board_of_rules(name, groups)
        return json.dumps(grafana.dashboard(board, uid=grafana.uid_of(name)), indent=2, ensure_ascii=False) + "\n"
    if format is Format.FILE:
        return document({"groups": list(groups)})
    refuse(
        f"rules {name!r}",
        _name_problems(name),
        _namespace_problems(kubernetes_namespace),
        _label_problems(labels or {}),
    )
    metadata: dict[str, object] = {"name": name}
    if kubernetes_namespace is not None:
        metadata["namespace"] = kubernetes_namespace
    if labels:
        metadata["labels"] = dict(sorted(labels.items()))
    return document(
        {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PrometheusRule",
            "metadata": metadata,
            "spec": {"groups": list(groups)},
        }
    )


def _name_problems(name: str) -> Iterator[Problem]:
    if not (_KUBERNETES_NAME.fullmatch(name) and len(name) <= _MAX_KUBERNETES_NAME):
        allowed = "Kubernetes wants small letters, digits and -, at most 253"
        yield Problem("name", repr(name), allowed, "Rename the pack.")


def _namespace_problems(namespace: str | None) -> Iterator[Problem]:
    """Yield what is wrong with a namespace; Kubernetes takes a DNS label (RFC 1123)."""
    if namespace is not None and not (_KUBERNETES_LABEL.fullmatch(namespace) and len(namespace) <= _MAX_LABEL):
        allowed = f"Kubernetes wants small letters, digits and -, at most {_MAX_LABEL}"
        yield Problem("kubernetes_namespace", repr(namespace), allowed, "Write the name of a namespace: monitoring.")


def _label_problems(labels: Mapping[str, str]) -> Iterator[Problem]:
    """Yield what is wrong with labels.

    Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set.
    """
    allowed = f"Kubernetes wants letters and digits, with -, _ and . between them, at most {_MAX_LABEL}"
    for name, value in labels.items():
        prefix, slash, key = name.rpartition("/")
        is_prefix = _KUBERNETES_NAME.fullmatch(prefix) and len(prefix) <= _MAX_KUBERNETES_NAME
        if not _LABEL_TEXT.fullmatch(key) or (slash and not is_prefix):
            yield Problem("labels", repr(name), f"the name of a label: {allowed}", "Write a name such as release.")
        if value and not _LABEL_TEXT.fullmatch(value):
            yield Problem(f"labels.{name}", repr(value), f"the value of a label: {allowed}", "Correct the value.")


def _token_problems(groups: Sequence[RuleGroup]) -> Iterator[Problem]:
    """Refuse rules with values that only Terraform knows: a file is not filled in by Terraform."""
    for group in groups:
        for rule in group.rules:
            texts = rule_file([RuleGroup(group.name, [rule], labels=group.labels)])
            if "TfToken[" in texts and is_token(texts):
                yield Problem(
                    f"groups[{group.name!r}].rules[{rule.name!r}]",
                    "a value that Terraform computes",
                    "a file is read without Terraform",
                    "Write the value itself, or declare the rules with PrometheusRules.",
                )
