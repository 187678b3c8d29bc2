"""Packs as a TOML file declares them: a table for each pack, whose keys are the pack's parameters; pure.

What is left out keeps the pack's default. Quantities are text with a unit ("3 %", "5 count/s", "7 days"), counts are
numbers, and a label that is matched by an expression is ``{ pattern = "kube-.*", example = "kube-apiserver" }``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from northsouth.alerts.prometheus.pack import RulePack
from northsouth.alerts.prometheus.packs.completeness import PipelineCompleteness
from northsouth.alerts.prometheus.packs.elasticsearch import ElasticsearchRules
from northsouth.alerts.prometheus.packs.filebeat import FilebeatRules
from northsouth.alerts.prometheus.packs.hosts import HostRules
from northsouth.alerts.prometheus.packs.kubernetes_api import KubernetesApiRules
from northsouth.alerts.prometheus.packs.logstash import LogstashRules
from northsouth.alerts.prometheus.packs.models import ModelRules
from northsouth.alerts.prometheus.packs.pools import PoolRules
from northsouth.alerts.prometheus.packs.silent_clusters import SilentClusterRules
from northsouth.alerts.prometheus.packs.targets import TargetRules
from northsouth.alerts.tables import BROKEN, TableReader, unknown_key
from northsouth.errors import Problem

PACKS: Mapping[str, type[Any]] = {
    "elasticsearch": ElasticsearchRules,
    "filebeat": FilebeatRules,
    "hosts": HostRules,
    "kubernetes_api": KubernetesApiRules,
    "logstash": LogstashRules,
    "models": ModelRules,
    "pipeline": PipelineCompleteness,
    "pools": PoolRules,
    "silent_clusters": SilentClusterRules,
    "targets": TargetRules,
}
"""The packs by the key of their table."""


def read_packs(tables: Mapping[str, object], *, runbook: str) -> tuple[list[RulePack], list[Problem]]:
    """Return the packs that tables declare, and what is wrong with the others.

    Args:
        tables: the parameters of each pack by the pack's key.
        runbook: the page that says what to do; a pack's own page lies below it: ``<runbook>/kubernetes-api``.

    """
    packs: list[RulePack] = []
    # The packs check texts and units themselves, because programs make them too.
    reader = TableReader(judged=False)
    for key, value in tables.items():
        if key not in PACKS:
            reader.problems.append(unknown_key(key, key, PACKS, "pack"))
            continue
        table = reader.table(value, key)
        if table is None:
            continue
        known = len(reader.problems)
        page = f"{runbook.rstrip('/')}/{key.replace('_', '-')}"
        pack = reader.build(PACKS[key], {"runbook": page, **table}, key)
        if pack is not BROKEN and len(reader.problems) == known:
            packs.append(pack)
    return packs, reader.problems
