"""The rules that ``[prometheus]`` must keep, beyond types; all but one are the library's own."""

from __future__ import annotations

from collections.abc import Iterator

from northsouth.alerts.prometheus.amp import namespace_problems, workspace_problems
from northsouth.alerts.prometheus.declared import read_packs
from northsouth.alerts.rules import text_problems
from northsouth.errors import Problem
from stacks.prometheus_settings import PrometheusSection, WorkspaceSection
from stacks.prometheus_wording import series_limits

_OF_A_NEW_ONE = ("alias", "kms_key_arn", "log_retention_days", "retention_days", "series_limits", "protect")


def check_prometheus(section: PrometheusSection | None) -> Iterator[Problem]:
    """Yield what is wrong with the workspace and its rules."""
    if section is None:
        return
    yield from text_problems(summary="-", because="-", runbook=section.runbook)
    yield from (problem.within("workspace") for problem in _check_workspace(section.workspace))
    packs, problems = read_packs(section.packs, runbook=section.runbook)
    yield from (problem.within("packs") for problem in problems)
    if not section.packs:
        yield Problem("packs", "none", "a workspace is declared for its rules", "Add a pack, or remove this section.")
    elif not problems:
        namespaces = {pack.name: pack.groups() for pack in packs}
        for problem in namespace_problems(namespaces, max_rules=section.workspace.max_rules):
            yield problem.within("packs")


def _check_workspace(section: WorkspaceSection) -> Iterator[Problem]:
    if section.id is not None:
        for key in _OF_A_NEW_ONE:
            if key in section.model_fields_set:
                fix = f"Remove {key}, or the id."
                yield Problem(key, repr(getattr(section, key)), "id names a workspace that is made elsewhere", fix)
        return
    yield from workspace_problems(
        alias=section.alias,
        log_retention_days=section.log_retention_days,
        retention_days=section.retention_days,
        series_limits=series_limits(section),
    )
